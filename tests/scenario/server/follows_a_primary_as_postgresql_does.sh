#!/usr/bin/env bash
# follows_a_primary_as_postgresql_does.sh - our standby streams from a real server, others stream from it, and it is promoted
#
#     theirs (real primary) --> ours (standby) --> below (real standby)
#
# Then ours is promoted: what follows it goes on to the new timeline by its own, so does the real pg_receivewal; and the
# real primary, made a standby of ours, comes along too.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)

cluster_init theirs --set "autovacuum = off" --set "wal_keep_size = 256MB" --set "wal_sender_timeout = 10s"
cluster_start theirs
cluster_sql theirs "create table t as select n, repeat('x', 100) v from generate_series(1, 1000) n; create index on t (n)"

# follow NAME OF BIN: a standby from a base backup of the real primary, which streams from OF
follow()
{
    mkdir -p "$1"
    owner_path "$1"
    cluster_run theirs "$bin/pg_basebackup" --pgdata="$TEST_DIR/$1/data" --no-sync --checkpoint=fast >"$1.backup" 2>&1 ||
        fail "base backup: $(cat "$1.backup")"
    cluster_adopt "$1" "$TEST_DIR/$1/data" --bin "$3"
    cluster_set "$1" "log_min_messages = info" "wal_receiver_status_interval = 1" "wal_retrieve_retry_interval = 100ms" \
        "primary_conninfo = 'host=$(cluster_socket_dir "$2") port=$(cluster_port "$2") user=postgres application_name=$1'" \
        "recovery_target_timeline = 'latest'" "hot_standby = on"
    as_owner touch "$TEST_DIR/$1/data/standby.signal"
}
follow ours theirs "$(server_bin)"
cluster_sql theirs "select pg_create_physical_replication_slot('ours', true)" >/dev/null
cluster_set ours "primary_slot_name = 'ours'" "hot_standby_feedback = on"
cluster_start ours
follow below ours "$bin"
cluster_start below

# has NAME LSN: has it replayed that much?
has()
{
    [ "$(cluster_sql "$1" "select pg_last_wal_replay_lsn() >= '$2'" 2>/dev/null)" = t ]
}
# spread FROM NAME...: what FROM has by now arrives everywhere
spread()
{
    local from=$1 lsn
    shift
    lsn=$(cluster_sql "$from" "select pg_current_wal_lsn()")
    for name; do wait_until "$name has $lsn" has "$name" "$lsn"; done
}
content="select count(*), sum(n), md5(string_agg(v, '' order by n)) from t"
equal()
{
    local expected
    expected=$(cluster_sql "$1" "$content")
    shift
    for name; do assert_eq "$(cluster_sql "$name" "$content")" "$expected" "rows of $name"; done
}

cluster_sql theirs "insert into t select n, 'more' || n from generate_series(1001, 20000) n; delete from t where n % 7 = 0; update t set v = v || '!' where n % 5 = 0"
cluster_sql theirs "select pg_switch_wal()" >/dev/null
cluster_sql theirs "insert into t values (-1, 'last')"
spread theirs ours below
equal theirs ours below
knows()
{
    [ "$(cluster_sql theirs "select state, sync_state, flush_lsn = pg_current_wal_lsn(), replay_lsn = pg_current_wal_lsn() from pg_stat_replication where application_name = 'ours'")" = \
        "streaming|async|t|t" ]
}
wait_until "the primary knows how far ours is" knows
assert_eq "$(cluster_sql ours "select status, receive_start_tli, received_tli, slot_name, flushed_lsn = latest_end_lsn from pg_stat_get_wal_receiver()")" \
    "streaming|1|1|ours|t" "ours tells of its receiver"
has_xmin()
{
    [ "$(cluster_sql theirs "select xmin is not null from pg_replication_slots where slot_name = 'ours'")" = t ]
}
wait_until "feedback of ours" has_xmin
ok "the slot holds what queries of ours need"

# The primary goes away and comes back; the receiver is killed: nothing is lost.
cluster_restart theirs
cluster_sql theirs "insert into t values (-2, 'after a restart')"
spread theirs ours below
kill -TERM "$(cluster_sql ours "select pid from pg_stat_get_wal_receiver()")"
cluster_sql theirs "insert into t values (-3, 'after the end of a receiver')"
spread theirs ours below
equal theirs ours below

# Ours becomes a primary. Who follows it comes along to the new timeline.
mkdir received
owner_path received
cluster_run ours "$bin/pg_receivewal" -D "$TEST_DIR/received" >receive.out 2>&1 &
receiver=$!
stop_receiver()
{
    kill "$receiver" 2>/dev/null || true
}
at_end stop_receiver
receives()
{
    compgen -G "$TEST_DIR/received/$1*" >/dev/null
}
wait_until "pg_receivewal has begun" receives 00000001
cluster_stop theirs
cluster_promote ours
cluster_sql ours "insert into t values (-4, 'on a new timeline')"
spread ours below
equal ours below
wait_until "pg_receivewal has gone on" receives 00000002
cluster_set theirs "primary_conninfo = 'host=$(cluster_socket_dir ours) port=$(cluster_port ours) user=postgres application_name=theirs'" \
    "recovery_target_timeline = 'latest'" "wal_retrieve_retry_interval = 100ms"
as_owner touch "$(cluster_dir theirs)/standby.signal"
cluster_start theirs
cluster_sql ours "insert into t select n, 'of ours' from generate_series(100000, 101000) n"
spread ours below theirs
equal ours below theirs
assert_eq "$(cluster_sql below "select received_tli from pg_stat_wal_receiver")" 2 "below is on timeline 2"
