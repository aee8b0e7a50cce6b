#!/usr/bin/env bash
# streams_its_log_to_postgresql.sh - a real standby and the real pg_receivewal follow our server under load
#
# The standby compares each page with its image in the log (wal_consistency_checking). Commits wait for it where that is
# asked for; senders are killed; slots keep what is still needed over a crash; a shutdown leaves nothing behind.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)

cluster_init ours --bin "$(server_bin)" --set "wal_consistency_checking = all" --set "max_wal_size = 512MB" \
    --set "restart_after_crash = on" --set "autovacuum = off"
cluster_start ours
sql()
{
    cluster_run ours "$bin/psql" -X -A -t -q -d postgres -v ON_ERROR_STOP=1 -c "$1"
}

mkdir standby received
owner_path standby
owner_path received
cluster_run ours "$bin/pg_basebackup" --pgdata="$TEST_DIR/standby/data" --no-sync --checkpoint=fast --wal-method=stream \
    --create-slot --slot=standby >backup.out 2>&1 || fail "base backup: $(cat backup.out)"
cluster_adopt standby "$TEST_DIR/standby/data" --bin "$bin"
cluster_set standby "hot_standby = off" "primary_slot_name = 'standby'" "log_min_messages = info" \
    "wal_receiver_status_interval = 1" "wal_retrieve_retry_interval = 100ms"
cluster_set standby "primary_conninfo = 'host=$(cluster_socket_dir ours) port=$(cluster_port ours) user=postgres application_name=standby'"
as_owner touch "$TEST_DIR/standby/data/standby.signal"
cluster_start_nowait standby

cluster_run ours "$bin/pg_receivewal" -D "$TEST_DIR/received" -S received --create-slot >receive.out 2>&1 ||
    fail "slot: $(cat receive.out)"
receive()
{
    cluster_run ours "$bin/pg_receivewal" -D "$TEST_DIR/received" -S received --synchronous >>receive.out 2>&1 &
    receiver=$!
}
receive
stop_receiver()
{
    kill "$receiver" 2>/dev/null || true
}
at_end stop_receiver
caught_up()
{
    [ "$(sql "select count(*) from pg_stat_get_wal_senders() where state = 'streaming' and flush_lsn = pg_current_wal_lsn()")" = "$1" ]
}
wait_until "both are there" caught_up 2

load()
{
    cluster_run ours "$bin/pgbench" -n -c 4 -j 2 -t "$1" postgres >load.out 2>&1 || fail "pgbench: $(tail -3 load.out)"
}
cluster_run ours "$bin/pgbench" -i -q -s 1 postgres >load.out 2>&1 || fail "pgbench: $(cat load.out)"
load 300
wait_until "all is there after the load" caught_up 2
ok "a standby and an archive follow"

# The slots have moved, and say so.
[ "$(sql "select count(*) from pg_get_replication_slots() where active and restart_lsn = pg_current_wal_lsn()")" = 2 ] ||
    fail "slots: $(sql "select * from pg_get_replication_slots()")"

# Commits wait for the standby: while it is stopped none comes back, a cancelled one warns.
sql "alter system set synchronous_standby_names = 'FIRST 1 (standby)'"
cluster_reload ours
is_sync()
{
    [ "$(sql "select sync_state from pg_stat_get_wal_senders() where sync_priority = 1")" = sync ]
}
wait_until "the standby is synchronous" is_sync
load 50
cluster_stop standby immediate
cluster_run ours "$bin/psql" -X -d postgres -c "create table waits (a int)" >wait.out 2>&1 &
waiter=$!
is_waiting()
{
    [ "$(cluster_run ours "$bin/psql" -X -A -t -d postgres -c "set synchronous_commit = local; select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted" | tail -1)" -ge 1 ]
}
wait_until "somebody waits for the standby" is_waiting
! process_is_gone "$waiter" || fail "nobody waited: $(cat wait.out)"
kill -INT "$waiter"
pkill -INT -P "$waiter" 2>/dev/null || true
wait_until "the end of the wait" process_is_gone "$waiter"
assert_contains "$(cat wait.out)" "canceling wait for synchronous replication due to user request" "a cancel warns"
assert_contains "$(cat wait.out)" "might not have been replicated to the standby" "and says why"
sql "set synchronous_commit = local; select count(*) from waits" >/dev/null || fail "what was committed is gone"
cluster_run ours "$bin/psql" -X -q -d postgres -c "create table waits2 (a int)" >wait.out 2>&1 &
waiter=$!
wait_until "somebody waits again" is_waiting
cluster_start_nowait standby
wait_until "the standby lets it go" process_is_gone "$waiter"
[ ! -s wait.out ] || fail "the wait ended with: $(cat wait.out)"
sql "alter system reset synchronous_standby_names"
cluster_reload ours
ok "commits wait for a synchronous standby"

# A sender that is killed takes the server through a crash; all come back, and nothing is missing.
pid=$(sql "select pid from pg_stat_get_wal_senders() order by pid limit 1")
cluster_run ours "$bin/pgbench" -n -c 4 -T 20 postgres >lost.out 2>&1 &
loader=$!
kill -KILL "$pid"
wait "$loader" 2>/dev/null || true
answers()
{
    sql "select 1" >/dev/null 2>&1
}
wait_until "the server is up after the crash" answers
wait_until "both are back" caught_up 2
load 100
wait_until "all is there after the crash" caught_up 2
! grep -E 'FATAL.*(inconsistent|invalid|PANIC)' "$(cluster_log standby)" || fail "the standby found other pages"
ok "senders may be killed"

# The last checkpoint reaches both before the server is gone.
cluster_stop ours
wait_until "the end of the stream" grep -q "replication stream was terminated" receive.out
stop_receiver
cluster_stop standby
last=$("$bin/pg_controldata" "$(cluster_dir ours)" | sed -n 's/^Latest checkpoint location: *//p')
"$bin/pg_controldata" "$(cluster_dir standby)" | grep -q "Latest checkpoint location: *$last" ||
    fail "the standby has another checkpoint than $last"
for file in received/0*; do
    name=$(basename "${file%.partial}")
    [ ! -f "$(cluster_dir ours)/pg_wal/$name" ] || cmp "$file" "$(cluster_dir ours)/pg_wal/$name" || fail "$file differs"
done
ok "a shutdown leaves nothing behind"

# What slots are on disk a real server reads.
cluster_copy ours real_run --bin "$bin" 2>/dev/null || {
    mkdir real_run
    cp -a "$(cluster_dir ours)" real_run/data
    cluster_adopt real_run "$TEST_DIR/real_run/data" --bin "$bin"
}
cluster_start real_run
[ "$(cluster_sql real_run "select string_agg(slot_name || ' ' || slot_type || ' ' || (restart_lsn is not null), ',' order by slot_name) from pg_replication_slots")" = \
    "received physical true,standby physical true" ] || fail "slots by a real server"
ok "slots are read by PostgreSQL"
