-- vacuum.sql - VACUUM and ANALYZE: options, where they may stand, what they find

CREATE TABLE vacuumed (a int, b text, c int);
CREATE UNIQUE INDEX ON vacuumed (a);
INSERT INTO vacuumed VALUES (1, 'x', 7), (2, 'y', 7), (3, NULL, 7), (4, 'z', 8), (5, 'y', NULL);
DELETE FROM vacuumed WHERE a = 2;
UPDATE vacuumed SET c = 9 WHERE a = 3;
VACUUM vacuumed;
SELECT relname, relpages, reltuples, relallvisible FROM pg_class WHERE relname ~ '^vacuumed' ORDER BY 1;
SELECT ctid, * FROM vacuumed;
INSERT INTO vacuumed VALUES (6, 'w', 1);
SELECT ctid, a FROM vacuumed WHERE a = 6;
ANALYZE VERBOSE vacuumed;
ANALYZE VERBOSE vacuumed (c, b);
SELECT staattnum, stanullfrac, stawidth, stadistinct, stakind1, stanumbers1, stanumbers2 FROM pg_statistic
    WHERE starelid = 'vacuumed'::regclass ORDER BY staattnum;
SELECT relname, relpages, reltuples, relallvisible FROM pg_class WHERE relname ~ '^vacuumed' ORDER BY 1;

-- Where they may stand.
BEGIN;
ANALYZE vacuumed;
VACUUM vacuumed;
ROLLBACK;
BEGIN;
ANALYZE vacuumed, vacuumed;
COMMIT;
VACUUM (ANALYZE, FREEZE, SKIP_LOCKED, DISABLE_PAGE_SKIPPING, PARALLEL 0) vacuumed (a), vacuumed;
VACUUM (INDEX_CLEANUP off, TRUNCATE false, PROCESS_TOAST 0) vacuumed;
VACUUM FREEZE ANALYZE vacuumed (b);

-- Mistakes.
VACUUM nosuch;
ANALYZE nosuch;
ANALYZE vacuumed (nosuch);
ANALYZE vacuumed (a, b, a);
VACUUM vacuumed (a);
VACUUM (nosuch) vacuumed;
ANALYZE (full) vacuumed;
VACUUM (PARALLEL) vacuumed;
VACUUM (PARALLEL 1025) vacuumed;
VACUUM (PARALLEL -1) vacuumed;
VACUUM (FULL, PARALLEL 2) vacuumed;
VACUUM (FULL, DISABLE_PAGE_SKIPPING) vacuumed;
VACUUM (FULL, PROCESS_TOAST false) vacuumed;
VACUUM (INDEX_CLEANUP perhaps) vacuumed;
VACUUM vacuumed_a_idx;
ANALYZE vacuumed_a_idx;
DROP TABLE vacuumed;
