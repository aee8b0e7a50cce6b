-- vacuumed.sql - tables that are to be vacuumed: dead rows here and there, at the end, out of line

CREATE EXTENSION amcheck;
CREATE EXTENSION pg_visibility;

CREATE TABLE many (id int PRIMARY KEY, k int, t text);
CREATE INDEX many_k ON many (k);
CREATE INDEX many_lower ON many (lower(t)) WHERE k > 50;
INSERT INTO many SELECT i, i % 100, repeat('x', i % 50) FROM generate_series(1, 20000) i;
DELETE FROM many WHERE id % 3 = 0;
UPDATE many SET k = k + 1 WHERE id % 5 = 0;
UPDATE many SET t = 'y' WHERE id % 7 = 0;
DELETE FROM many WHERE id > 15000;

CREATE TABLE long (id int, t text);
INSERT INTO long SELECT i, string_agg(md5((i * 1000 + j)::text), '')
    FROM generate_series(1, 100) i, generate_series(1, 200) j GROUP BY i;
DELETE FROM long WHERE id % 2 = 0;

CREATE TABLE cut (id int);
INSERT INTO cut SELECT generate_series(1, 5000);
DELETE FROM cut WHERE id > 100;

-- So few dead rows that the indexes are left alone.
CREATE TABLE few (id int PRIMARY KEY);
INSERT INTO few SELECT generate_series(1, 30000);
DELETE FROM few WHERE id IN (7, 8, 9);

-- Once vacuumed, then changed in places: most pages need not be looked at.
CREATE TABLE again (id int PRIMARY KEY, t text);
INSERT INTO again SELECT i, repeat('z', 100) FROM generate_series(1, 20000) i;
VACUUM again;
DELETE FROM again WHERE id BETWEEN 3000 AND 3100;
UPDATE again SET t = 'w' WHERE id BETWEEN 17000 AND 17200;

-- Locks and multixacts.
CREATE TABLE locked (id int PRIMARY KEY, t text);
INSERT INTO locked SELECT i, 'v' FROM generate_series(1, 500) i;
BEGIN;
SELECT FROM locked WHERE id % 2 = 0 FOR KEY SHARE;
SAVEPOINT s;
UPDATE locked SET t = 'u' WHERE id % 4 = 0;
SELECT FROM locked WHERE id % 3 = 0 FOR SHARE;
COMMIT;
BEGIN;
UPDATE locked SET t = 'gone' WHERE id % 5 = 0;
ROLLBACK;

CREATE TABLE empty (id int PRIMARY KEY);
CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY);
INSERT INTO unlogged SELECT generate_series(1, 1000);
DELETE FROM unlogged WHERE id % 2 = 0;
