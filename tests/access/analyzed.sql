-- analyzed.sql - tables of few enough rows that a sample has all of them

CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE TABLE s (id int PRIMARY KEY, k int, t text, v varchar(20), n numeric, f float8, b bool, c char(5), nm name, d date, ts timestamptz, o oid, x xid, allnull int, wide text, dup bigint, p posint, u uuid, by bytea, iv interval, js json, pt point, nn float4, ch "char", tm time, dropme int, notarget int);
INSERT INTO s SELECT i, i % 37, 'text ' || (i * 7919 % 1000), CASE WHEN i % 3 = 0 THEN NULL ELSE 'v' || i % 500 END, (i * 31 % 1777) / 7.0, sqrt(i), i % 4 = 0, chr(97 + i % 26), 'n' || i % 12, '2020-01-01'::date + i % 300, '2020-01-01 00:00:00+00'::timestamptz + i * interval '1 hour', i % 50, (i % 20)::text::xid, NULL, repeat(md5((i % 40)::text), 1 + i % 60), CASE WHEN i < 1500 THEN 5 ELSE i END, 1 + i % 100, md5(i::text)::uuid, decode(md5((i % 90)::text), 'hex'), (i % 70) * interval '1 day', json_build_object('a', i % 11), point(i, i), (i % 19)::float4, chr(65 + i % 20)::"char", '00:00'::time + i * interval '1 second', 1, i FROM generate_series(1, 3000) i;
ALTER TABLE s DROP COLUMN dropme;
ALTER TABLE s ALTER COLUMN notarget SET STATISTICS 0;
ALTER TABLE s ALTER COLUMN dup SET STATISTICS 10;
CREATE INDEX s_k ON s (k) WHERE k > 0;
CREATE TABLE one (a int, b text); INSERT INTO one VALUES (1, 'x');
CREATE TABLE two (a int, b text); INSERT INTO two VALUES (1, NULL), (1, 'y'); DELETE FROM two WHERE b = 'y';
CREATE TABLE none (a int);
CREATE TABLE sorted AS SELECT i AS up, -i AS down, i / 10 AS steps, (i * 7919) % 10007 AS mixed FROM generate_series(1, 10000) i;
INSERT INTO none SELECT 1;
DELETE FROM none;
CREATE INDEX s_expression ON s ((k % 10), id, (k * 2)) WHERE id < 2000;

-- So many rows that a sample has but some.
CREATE TABLE large (id int, few int, half int);
ALTER TABLE large ALTER id SET STATISTICS 3, ALTER few SET STATISTICS 3, ALTER half SET STATISTICS 3;
INSERT INTO large SELECT i, i % 5, CASE WHEN i % 2 = 0 THEN i END FROM generate_series(1, 40000) i;
