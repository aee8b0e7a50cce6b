#!/usr/bin/env bash
# workload_reaches_every_kind.sh - run_workload.sh reaches all kinds, and its WAL can be replayed
#
# The real server judges the second: it replays over the base copy and compares each page with the
# after-image in the record, then dumps of both clusters are compared.
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
mkdir made
"$TEST_SRC/run_workload.sh" --base-copy "$TEST_DIR/made/base" "$@" "$TEST_DIR/made/run" ||
    fail "run_workload.sh ended with code $?"
ok "every kind of record was written"

cluster_adopt base "$TEST_DIR/made/base"
cluster_adopt run "$TEST_DIR/made/run/data"
cluster_set base "restore_command = 'cp $TEST_DIR/made/run/data/pg_wal/%f %p'" \
    "recovery_target_timeline = latest"
as_owner touch "$(cluster_dir base)/recovery.signal"
cluster_start base
cluster_wait_sql base "select not pg_is_in_recovery()"
ok "the server replays all of it, and finds each page as the record has it"

# Unlogged tables are empty after a replay, and sequences ahead by the values logged in advance;
# \restrict has a random word.
dump()
{
    cluster_run "$1" pg_dumpall --no-unlogged-table-data |
        sed -E '/^\\(un)?restrict /d; s/(pg_catalog.setval.*), [0-9]+, /\1, /' >"$1.sql"
}
cluster_start run
dump run
dump base
diff run.sql base.sql >diff.out || fail "the replayed cluster differs: $(head -20 diff.out)"
ok "the replayed cluster holds what the other holds"
