-- Tables and indexes whose builds differ in kind: duplicates, lengths, NULLs, columns, directions, storage parameters.
SELECT setseed(0.42) AS seed \gset

CREATE TABLE empty (a int PRIMARY KEY);
CREATE TABLE one (a int PRIMARY KEY);
INSERT INTO one VALUES (1);

CREATE TABLE ints AS SELECT (random() * 5000)::int a, (random() * 100)::int2 b, (random() * 1e12)::int8 c, i d,
    CASE WHEN random() < 0.3 THEN NULL ELSE (random() * 50)::int END e, random() < 0.5 f, (random() * 1000) g,
    ('x' || (random() * 9)::int)::"char" h
FROM generate_series(1, 60000) i;
CREATE INDEX ON ints (a);
CREATE INDEX ON ints (a) WITH (deduplicate_items = off);
CREATE INDEX ON ints (b);
CREATE INDEX ON ints (c);
CREATE INDEX ON ints (c DESC);
CREATE UNIQUE INDEX ON ints (d);
CREATE INDEX ON ints (d) WITH (fillfactor = 100);
CREATE INDEX ON ints (d) WITH (fillfactor = 50);
CREATE INDEX ON ints (d) WITH (fillfactor = 10);
CREATE INDEX ON ints (b) WITH (fillfactor = 30);
CREATE INDEX ON ints (e);
CREATE INDEX ON ints (e NULLS FIRST);
CREATE INDEX ON ints (e DESC);
CREATE INDEX ON ints (f);
CREATE INDEX ON ints (g);
CREATE INDEX ON ints (h, b, e, a);
CREATE INDEX ON ints (b, e DESC NULLS LAST);
CREATE INDEX ON ints (b) INCLUDE (d);
CREATE INDEX ON ints (b, e) INCLUDE (g, a);
CREATE UNIQUE INDEX ON ints (d) INCLUDE (e);
CREATE UNIQUE INDEX ON ints (e, d) NULLS NOT DISTINCT;

-- No opclass of numeric and float says that equal is equal in bytes.
CREATE TABLE numbers AS SELECT (random() * 300 - 150)::numeric(10, 2) a, (random() * 10)::int::numeric b,
    (random() * 100)::int::float8 c, (random() * 50)::int::float4 d
FROM generate_series(1, 20000) i;
CREATE INDEX ON numbers (a);
CREATE INDEX ON numbers (b);
CREATE INDEX ON numbers (c);
CREATE INDEX ON numbers (d);

-- Texts that cannot be compressed in rows, so that no index depends on a compressor.
CREATE TABLE texts AS SELECT CASE WHEN random() < 0.1 THEN NULL ELSE left(noise, (random() * random() * 480)::int) END a,
    left(noise, (random() * 4)::int) b, left(noise, 3)::char(6) c, noise::bytea d, left(noise, 30)::varchar e,
    md5(i::text)::uuid f, now() + i % 777 * interval '1 second' g, (now() + i % 77 * interval '1 day')::date h
FROM generate_series(1, 30000) i, LATERAL
    (SELECT string_agg(md5(i::text || j || random()), '') noise FROM generate_series(1, 15) j) n;
CREATE INDEX ON texts (a);
CREATE INDEX ON texts (b);
CREATE INDEX ON texts (c);
CREATE INDEX ON texts (d);
CREATE INDEX ON texts (e);
CREATE INDEX ON texts (f);
CREATE INDEX ON texts (g);
CREATE INDEX ON texts (h);
CREATE INDEX ON texts (b, a);
CREATE INDEX ON texts (a, b, f);
CREATE INDEX ON texts (b DESC, h);
CREATE INDEX ON texts (b COLLATE "C") INCLUDE (a);
CREATE INDEX ON texts (b text_pattern_ops);
CREATE INDEX ON texts (a, b) WITH (deduplicate_items = off);

-- Rows near the longest that an index takes: few on a page, pivots with heap TIDs as long as the page allows.
CREATE TABLE wide (a text, c int);
ALTER TABLE wide ALTER a SET STORAGE plain;
INSERT INTO wide SELECT left(noise, 2600 + i % 70), i % 3
FROM generate_series(1, 500) i, LATERAL (SELECT string_agg(md5(i / 4 || ' ' || j), '') noise FROM generate_series(1, 90) j) n;
CREATE INDEX ON wide (a);
CREATE INDEX ON wide (c, a);
CREATE INDEX ON wide (a) WITH (deduplicate_items = off);
CREATE TABLE wide2 (b text, c int);
ALTER TABLE wide2 ALTER b SET STORAGE plain;
INSERT INTO wide2 SELECT left(noise, 900), i % 3
FROM generate_series(1, 500) i, LATERAL (SELECT string_agg(md5(i / 4 || ' ' || j), '') noise FROM generate_series(1, 90) j) n;
CREATE INDEX ON wide2 (b, c);
CREATE INDEX ON wide2 (c, b);
CREATE INDEX ON wide2 (c) INCLUDE (b);

CREATE TABLE same AS SELECT 1 a, 'all the same'::text b, NULL::int c FROM generate_series(1, 100000);
CREATE INDEX ON same (a);
CREATE INDEX ON same (b);
CREATE INDEX ON same (c);
CREATE INDEX ON same (a, b, c);
CREATE INDEX ON same (a) WITH (deduplicate_items = off);

-- Columns that came and went; many columns; versions of rows in chains.
CREATE TABLE changed AS SELECT i a, i % 10 b, 'x' || i c FROM generate_series(1, 5000) i;
ALTER TABLE changed ADD d int, ADD e text, DROP b;
UPDATE changed SET e = 'y' || a % 5 WHERE a % 3 = 0;
CREATE INDEX ON changed (d, e);
CREATE INDEX ON changed (c, a);
