#!/usr/bin/env bash
# rebuilt_crashes_are_equal.sh - what a killed server left, brought forward by us, equals its sequel
#
# Without full-page images the WAL since the last checkpoint needs pages that were cut off or dropped
# before the kill. They are missing then, and the end of the log explains it; a page that is missing
# for no reason must be told.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
cluster_init main "${rebuild_settings[@]}" --set "full_page_writes = off" \
    --set "autovacuum = off" --set "checkpoint_timeout = '1d'"
cluster_start main
cluster_sql main "create table dropped as select i, 0 as v from generate_series(1, 5000) i;
    create table cut as select i, 0 as v from generate_series(1, 20000) i;
    create table kept as select i, 0 as v from generate_series(1, 5000) i;
    create unlogged table unlogged as select i from generate_series(1, 100) i"
cluster_sql main "checkpoint"
cluster_sql main "update dropped set v = 1; update cut set v = 1; update kept set v = 1;
    drop table dropped; delete from cut; vacuum (truncate on) cut"
session_open open main
session_run open "begin; insert into kept values (-1, 0); savepoint a; insert into kept values (-2, 0)"
cluster_kill main
session_end open
rebuild_take_cold main crashed
rebuild_take_cold main damaged

# Commit timestamps are switched on in the middle of a page, off, and on again.
cluster_start main -c track_commit_timestamp=on
cluster_sql main "insert into cut select i, 2 from generate_series(1, 500) i;
    create table later as select i from generate_series(1, 100) i"
cluster_kill main
cluster_start main
cluster_sql main "update kept set v = 3; checkpoint; vacuum"
cluster_restart main -c track_commit_timestamp=on
cluster_sql main "update kept set v = 4 where i < 0 or i > 4000; checkpoint;
    do 'begin for n in 1 .. 900 loop perform pg_current_xact_id(); commit; end loop; end'"
kept=$(cluster_sql main "select pg_relation_filepath('kept')")
cluster_stop main

rebuild_judge crashed main
ok "rebuilt from what a crash left, it equals the real cluster"
[[ "$run_out" =~ [1-9][0-9]*\ pages\ were\ missing\ and\ dropped\ later ]] ||
    fail "no page was missing, so the test tests nothing: $run_out"
ok "pages that were missing were dropped later"

rm "damaged/data/$kept"
run "$rebuild_program" "$TEST_DIR/damaged/data" "$TEST_DIR/main/data"
[ "$run_code" = 1 ] || fail "exit code $run_code instead of 1: $run_out $run_err"
assert_contains "$run_out" "missing: block 0 of 1663/5/${kept##*/} main, for Heap" \
    "pages that are missing for no reason are told"

rebuild_start crashed main
