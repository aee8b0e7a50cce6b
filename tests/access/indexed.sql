-- indexed.sql - a table with rows of all ages, for indexes that are made when it has them

CREATE EXTENSION amcheck;
CREATE TABLE t (id int, k int, t text, n numeric, f float8, o int) WITH (fillfactor = 70);
CREATE INDEX t_id ON t (id);
INSERT INTO t SELECT i, i % 500, 'text ' || i, i / 7.0, sqrt(i), i FROM generate_series(1, 20000) i;
UPDATE t SET o = o + 1 WHERE id % 3 = 0;
UPDATE t SET o = o + 1 WHERE id % 6 = 0;
DELETE FROM t WHERE id % 10 = 0;
UPDATE t SET id = id + 100000 WHERE id % 11 = 0;
BEGIN;
UPDATE t SET o = 0;
DELETE FROM t WHERE id % 2 = 0;
ROLLBACK;
INSERT INTO t VALUES (NULL, NULL, NULL, NULL, NULL, NULL), (NULL, 3, '', 'NaN', 'NaN', 0);
CREATE TABLE empty (a int);
