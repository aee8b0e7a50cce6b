#!/usr/bin/env bash
# full_disks_lose_nothing.sh - no room for a table fails the statement, no room for the log ends the server
#
# What was committed is there afterwards, what was not is not, and with room again all goes on. What a real server says of
# the table is what ours says.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
[ "$(id -u)" = 0 ] || skip "mounting a small file system needs root"
mkdir small
mount -t tmpfs -o size=60m tmpfs small 2>/dev/null || skip "mounting a tmpfs is not allowed here"
at_end umount "$TEST_DIR/small"
owner_path small

# room SIZE: of the small disk.
room()
{
    mount -o "remount,size=$1" small
}

# on_small NAME FOLDER: that folder of the cluster lies on the small disk.
on_small()
{
    local dir
    dir=$(cluster_dir "$1")
    as_owner cp -a "$dir/$2" "small/$1.$2"
    rm -r "${dir:?}/$2"
    as_owner ln -s "$TEST_DIR/small/$1.$2" "$dir/$2"
}

# try NAME SQL: what the server says, with the SQLSTATE.
try()
{
    as_owner env PGHOST="$(cluster_socket_dir "$1")" PGPORT="$(cluster_port "$1")" "$(cluster_find_bin 15)/psql" \
        -X -A -t -U postgres -d postgres -v VERBOSITY=verbose -c "$2" 2>&1 | grep -v '^LOCATION: ' || true
}

for name in theirs ours; do
    if [ "$name" = ours ]; then
        cluster_init ours --bin "$(server_bin)"
    else
        cluster_init theirs
    fi
    on_small "$name" base
    room 400m
    cluster_start "$name"
    try "$name" "create table t (a int, b text); insert into t select g, repeat('x', 1000) from generate_series(1, 5000) g" >"$name.full"
    try "$name" "create index on t (a); checkpoint" >>"$name.full"
    room "$(($(df --output=used small | tail -1) + 2000))k"
    try "$name" "insert into t select g, repeat('y', 1000) from generate_series(1, 100000) g" |
        sed 's/base\/[0-9]*\/[0-9]*/FILE/' >>"$name.full"
    try "$name" "select count(*), sum(a) from t" >>"$name.full"
    try "$name" "insert into t select g, repeat('z', 4000) from generate_series(1, 100000) g" | cut -c 1-40 >>"$name.full"
    room 400m
    try "$name" "insert into t select g, repeat('y', 1000) from generate_series(5001, 6000) g" >>"$name.full"
    try "$name" "checkpoint; select count(*), sum(a) from t" >>"$name.full"
    cluster_kill "$name"
    cluster_start "$name"
    try "$name" "select count(*), sum(a) from t; select count(*) from t where a between 1 and 10000" >>"$name.full"
    cluster_stop "$name"
    rm -rf small/*
done
assert_contains "$(cat theirs.full)" 53100 "a real server has run out of room"
assert_eq "$(cat ours.full)" "$(cat theirs.full)" "a table without room"

# The log: nothing can be promised any more.
cluster_init log --bin "$(server_bin)" --wal-segsize 1 --set "min_wal_size = 2MB" --set "max_wal_size = 1GB"
on_small log pg_wal
room 30m
cluster_start log
try log "create table t (a int primary key, b text)" >created
room "$(($(df --output=used small | tail -1) + 4000))k"
for ((i = 1; i < 200; i++)); do
    said=$(try log "insert into t select g, repeat('x', 500) from generate_series($((i * 1000)), $((i * 1000 + 99))) g")
    [ "$said" = "INSERT 0 100" ] || break
done
[ "$i" -gt 1 ] && [ "$i" -lt 200 ] || fail "the log's disk was not filled: $i statements, then $said"
log=$(cat "$(cluster_log log)")
assert_contains "$log" "PANIC:  could not write to file \"pg_wal/xlogtemp" "the log says why"
assert_contains "$log" "No space left on device" "the log says why"
room 200m
! cluster_is_up log || cluster_kill log
cluster_start log
rows=$(try log "select count(*) from t")
[ "$rows" = $(((i - 1) * 100)) ] || [ "$rows" = $((i * 100)) ] || fail "$rows rows of $((i - 1)) statements that were acknowledged"
assert_eq "$(try log "insert into t values (1, 'more')")" "INSERT 0 1" "it goes on"
cluster_stop log
