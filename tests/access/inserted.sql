-- Rows go into tables that have their indexes already, in the order of the first column, in all kinds of order by the others.
SELECT setseed(0.17) AS seed \gset

CREATE TABLE ints (n int, up int, down int, mixed int, few int2, one int, nothing int, same_few int);
CREATE UNIQUE INDEX ON ints (up);
CREATE INDEX ON ints (down);
CREATE INDEX ON ints (mixed);
CREATE INDEX ON ints (few);
CREATE INDEX ON ints (one);
CREATE INDEX ON ints (nothing);
CREATE INDEX ON ints (same_few);
CREATE INDEX ON ints (few, mixed);
CREATE INDEX ON ints (few, up);
CREATE INDEX ON ints (same_few, up);
CREATE INDEX ON ints (mixed DESC, few);
CREATE INDEX ON ints (few) WITH (deduplicate_items = off);
CREATE INDEX ON ints (up) WITH (fillfactor = 50);
CREATE INDEX ON ints (one) WITH (deduplicate_items = off);
CREATE INDEX ON ints (few) INCLUDE (up);
CREATE INDEX ON ints (nothing, one, few);
INSERT INTO ints SELECT i, i, -i, (random() * 1e9)::int, (random() * 30)::int, 7, NULL, i / 1000 % 20
FROM generate_series(1, 50000) i;

CREATE TABLE numbers (n int, a numeric, b float8);
CREATE INDEX ON numbers (a);
CREATE INDEX ON numbers (b);
INSERT INTO numbers SELECT i, (random() * 300)::numeric(10, 2), (random() * 100)::int FROM generate_series(1, 20000) i;

-- No index on (b, a): where two places for a split are equally good, it is PostgreSQL's qsort() that chooses.
CREATE TABLE texts (n int, a text, b text, c uuid);
CREATE INDEX ON texts (a);
CREATE INDEX ON texts (b);
CREATE INDEX ON texts (c);
CREATE INDEX ON texts (b, n);
INSERT INTO texts SELECT i, left(noise, (random() * random() * 480)::int), left(noise, (random() * 3)::int), md5(i::text)::uuid
FROM generate_series(1, 15000) i, LATERAL
    (SELECT string_agg(md5(i::text || j || random()), '') noise FROM generate_series(1, 15) j) x;
