#!/usr/bin/env bash
# senders_are_counted_as_in_postgresql.sh - who gets one of the last connections, and how many send at once
#
# The same connections come, one after the other, to a real server and to ours: plain ones, those of superusers, those for
# replication. What each is told is compared; then as many receive the log at once as may, while it grows.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init theirs
cluster_init ours --bin "$(server_bin)"
for side in theirs ours; do
    cluster_set $side "max_connections = 5" "superuser_reserved_connections = 2" "max_wal_senders = 3" "autovacuum = off"
    cluster_start $side
    cluster_sql $side "create role plain login; create role sender login replication; create table t (n int)"
done

# hold SIDE NUMBER USER [parameter]: a connection that stays until its file goes, when it is let in
hold()
{
    local side=$1 number=$2 user=$3
    touch "held.$side.$number"
    {
        cluster_run "$side" "$bin/psql" -X -A -t -q "dbname=postgres user=$user ${4-}" 2>&1 <<SQL || true
\\echo here
\\! while [ -e $TEST_DIR/held.$side.$number ]; do sleep 0.05; done
SQL
    } >"said.$side.$number" &
    holders+=($!)
    wait_until "an answer to connection $number" test -s "said.$side.$number"
}
number=0
# comes USER [parameter]: to both; what each was told is the same
comes()
{
    local side
    number=$((number + 1))
    for side in theirs ours; do
        hold $side $number "$@"
        sed -E "s/^.*failed: //" "said.$side.$number" >answer.$side
    done
    diff answer.theirs answer.ours >diff.out || fail "connection $number, $*: $(cat diff.out)"
    ok "connection $number, $*: $(head -1 answer.ours)"
}
comes plain
comes plain
comes sender "replication=true"
comes plain
comes plain
comes plain "replication=true"
comes sender "replication=database"
comes postgres
comes postgres "replication=true"
comes sender "replication=true"
comes postgres "replication=true"
comes postgres
comes postgres
comes plain
rm held.*
wait "${holders[@]}"
free()
{
    [ "$(cluster_sql "$1" "select count(*) from pg_stat_activity where backend_type in ('client backend', 'walsender')")" = 1 ]
}
for side in theirs ours; do wait_until "the connections have ended" free $side; done
comes plain
rm held.*
wait "${holders[@]}"

# As many as may, at once: all get the same bytes.
cluster_set ours "max_wal_senders = 12" "max_connections = 20" "wal_keep_size = 1GB"
cluster_restart ours
receivers=()
for ((i = 1; i <= 12; i++)); do
    as_owner mkdir received.$i 2>/dev/null || { mkdir received.$i && owner_path received.$i; }
    { cluster_run ours "$bin/pg_receivewal" -D "$TEST_DIR/received.$i" --no-loop --status-interval=1 || true; } >receive.$i 2>&1 &
    receivers+=($!)
done
cluster_wait_sql ours "select count(*) = 12 from pg_stat_replication where state = 'streaming'" "twelve streams"
for ((i = 1; i <= 3; i++)); do
    cluster_sql ours "insert into t select generate_series(1, 20000)"
    cluster_sql ours "select pg_switch_wal()" >/dev/null
done
segment=$(cluster_sql ours "select pg_walfile_name(pg_current_wal_lsn() - 1)")
cluster_wait_sql ours "select count(*) = 12 from pg_stat_replication where write_lsn >= pg_current_wal_lsn()" "all of it with everybody"
cluster_stop ours
wait "${receivers[@]}"
for ((i = 1; i <= 12; i++)); do
    for file in received.$i/*[0-9A-F]; do
        cmp -s "$file" "$(cluster_dir ours)/pg_wal/$(basename "$file")" || fail "receiver $i: $file differs"
    done
    [ "$(find received.$i -name '*[0-9A-F]' | wc -l)" -ge 3 ] || fail "receiver $i has $(ls received.$i), the log is in $segment"
done
ok "twelve receivers have the same log"
