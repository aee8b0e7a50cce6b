-- EXPLAIN of expressions of all kinds: the texts are those of definitions, columns those of the plan.

\set VERBOSITY default
CREATE TYPE ek_pair AS (x integer, y text);
CREATE DOMAIN ek_positive AS integer CHECK (VALUE > 0);
CREATE TABLE ek (a integer, b text, c integer[], p ek_pair, d date, v varchar(10), f double precision);
CREATE TABLE ek_other (a integer, b text);

EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE c[1] = 2 AND c[1:2] = '{1,2}';
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE (p).x = 1 OR (p).y IS NULL;
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE (a, b) < (1, 'x');
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE c::text[] = '{1}' AND c::bigint[] @> ARRAY[1::bigint];
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE b COLLATE "C" < 'x' AND v LIKE 'a%';
EXPLAIN (COSTS OFF, VERBOSE) SELECT a::ek_positive, ROW(a, b)::ek_pair, ek, ek.*::text FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT EXTRACT(year FROM d), TRIM(b), POSITION('a' IN b), d AT TIME ZONE 'UTC' FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT CASE a WHEN 1 THEN 'x' WHEN 2 THEN b END, CASE WHEN a > 1 THEN 1 END FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT NULLIF(a, 1), COALESCE(a, 2), GREATEST(a, 3), ARRAY[a, 1], ARRAY[]::integer[] FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT a IS DISTINCT FROM 1, p IS NULL, ROW(a, b) IS NOT NULL, a > 1 IS TRUE FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT count(*), sum(a) FILTER (WHERE a > 1), string_agg(b, ',' ORDER BY a DESC NULLS LAST, b || 'x'),
    count(DISTINCT v), percentile_cont(0.5) WITHIN GROUP (ORDER BY f) FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT sum(f + a) OVER (PARTITION BY lower(b) ORDER BY a::bigint) FROM ek;
EXPLAIN (COSTS OFF) SELECT max(a) FROM ek GROUP BY b || v, a + f ORDER BY b || v, max(a) + 1;
EXPLAIN (COSTS OFF) SELECT 1 FROM ek JOIN ek_other o ON ek.a + 1 = o.a AND ek.v = o.b ORDER BY ek.v, o.b, ek.a + f;
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE a = ANY (c) AND a NOT IN (1, 2) AND b = ANY (SELECT b FROM ek_other o WHERE o.a = ek.a);
EXPLAIN (COSTS OFF, VERBOSE) SELECT (SELECT count(*) FROM ek_other o WHERE o.a = ek.a AND o.b = ek.v), (SELECT max(a) FROM ek_other) FROM ek;
EXPLAIN (COSTS OFF) SELECT 1 FROM ek WHERE a = (SELECT max(a) FROM ek_other) AND v::text || 'x' = b;
EXPLAIN (COSTS OFF, VERBOSE) SELECT s.a, s.b FROM (SELECT a + 1 AS a, upper(b) AS b FROM ek OFFSET 0) s WHERE s.a = 3;
EXPLAIN (COSTS OFF, VERBOSE) SELECT pg_catalog.lower(b), format('%s', VARIADIC c), a OPERATOR(pg_catalog.+) 1, -a, @ a, f FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT CURRENT_DATE, CURRENT_USER, LOCALTIME(3), nextval('pg_class') FROM ek;
EXPLAIN (COSTS OFF, VERBOSE) SELECT (x).a, (x).b FROM (SELECT o AS x FROM ek_other o OFFSET 0) s;
EXPLAIN (COSTS OFF, VERBOSE) VALUES (1, 'a'), (2, 'b');
EXPLAIN (COSTS OFF, VERBOSE) SELECT grouping(a, b), count(*) FROM ek GROUP BY ROLLUP (a, b);
EXPLAIN (COSTS OFF, VERBOSE) UPDATE ek SET c[1] = a, p.x = 2;
EXPLAIN (COSTS OFF, VERBOSE) UPDATE ek SET c[1:2] = '{3,4}', p.x = a + f, p.y = v;
EXPLAIN (COSTS OFF, VERBOSE) UPDATE ek SET c[1] = 1, c[a] = o.a FROM ek_other o WHERE o.b = v;
EXPLAIN (COSTS OFF, VERBOSE) INSERT INTO ek (c[1], c[2], p.y) SELECT a, a + 1, b FROM ek_other;
PREPARE ek_p(integer, text) AS SELECT 1 FROM ek WHERE a = $1 AND b = $2;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE ek_p(1, 'x');
RESET plan_cache_mode;
DEALLOCATE ek_p;

DROP TABLE ek, ek_other;
DROP DOMAIN ek_positive;
DROP TYPE ek_pair;
