#!/usr/bin/env bash
# settings_are_taken_while_a_checkpoint_writes.sh - who waits for a standby is let go at a reload, though a checkpoint has time
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off" --set "checkpoint_timeout = 1h" --set "synchronous_standby_names = nobody"
cluster_start ours
sql()
{
    cluster_sql ours "set synchronous_commit = local; $1" | tail -n 1
}
sql "create table t as select n, repeat('x', 500) from generate_series(1, 20000) n" >/dev/null

# Backups begin with a checkpoint, and this one may take an hour.
cluster_run ours "$psql" -X -d postgres -c "select pg_backup_start('slow', false)" >backup.out 2>&1 &
backup=$!
wait_until "a checkpoint" grep -q "checkpoint starting: force wait" "$(cluster_log ours)"
cluster_run ours "$psql" -X -q -d postgres -c "create table waits (a int)" >wait.out 2>&1 &
waiter=$!
is_waiting()
{
    [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'SyncRep'")" = 1 ]
}
wait_until "somebody waits for the standby" is_waiting
lsn=$(sql "select pg_current_wal_insert_lsn()")
sql "alter system set synchronous_standby_names = ''" >/dev/null
sql "alter system set full_page_writes = off" >/dev/null
cluster_reload ours
wait_until "the end of the wait" process_is_gone "$waiter"
[ ! -s wait.out ] || fail "the wait ended with: $(cat wait.out)"
is_logged()
{
    sql "create table if not exists flushed (); drop table flushed" >/dev/null
    # It ends with an error, where the log does.
    cluster_run ours "$(cluster_find_bin 15)/pg_waldump" --path="$(cluster_dir ours)/pg_wal" --start="$lsn" --rmgr=XLOG >records 2>&1 || true
    grep -q "FPW_CHANGE false" records
}
wait_until "a record of the change" is_logged
! process_is_gone "$backup" || fail "the checkpoint was over: $(cat backup.out)"
ok "settings count while a checkpoint writes"
cluster_stop ours
