#!/usr/bin/env bash
# what_cannot_be_is_said.sh - what server, slots or folders refuse in the course of a backup is said as by pg_basebackup,
# and nothing is left
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
cluster_init main --wal-segsize 1 --set 'min_wal_size = 2MB' --set 'max_wal_size = 4MB' --set 'max_wal_senders = 1' \
    --set 'max_replication_slots = 1' --set 'wal_keep_size = 0' --set 'allow_in_place_tablespaces = on'
cluster_start main
theirs=$(cluster_tool main pg_basebackup)
as_owner mkdir ours
as_owner ln -s "$BACKUP" ours/pg_basebackup
ours=$TEST_DIR/ours/pg_basebackup

# said PROGRAM OPTION...: exit code, messages and what is left, without what ours says more or differs on purpose.
said()
{
    local program=$1
    shift
    as_owner rm -rf x x.a x.b "sp ace/ü/z y"
    [ -n "${receiver-}" ] ||
        cluster_wait_sql main "select count(*) = 0 from pg_stat_replication" "end of earlier connections"
    run cluster_run main "$program" -D x -cfast -N "$@"
    echo "$run_code"
    sed -E '/error: background process terminated unexpectedly|tablespace director(y|ies)/d; s/_[0-9]+"/_PID"/
        s/^(HINT|DETAIL): /pg_basebackup: \L\1:/' <<<"$run_err"
    [ ! -e x ] || find x -type l -printf '%p %l\n' -o -type d -printf '%p\n' | sort
}

# same WHAT OPTION...: both programs.
same()
{
    local what=$1 expected
    shift
    expected=$(said "$theirs" "$@")
    assert_eq "$(said "$ours" "$@")" "$expected" "$what: $(sed -n 2p <<<"$expected")"
}

same "no second connection"
same "no room for a slot's connection" -C -S one
same "one connection is enough" -X fetch
cluster_set main 'max_wal_senders = 4'
cluster_restart main
cluster_sql main "select pg_create_physical_replication_slot('there', true)" >/dev/null
same "no room for a temporary slot"
same "no slot is wanted" --no-slot
same "a slot that is there" -C -S there
same "a slot that is missing" -S gone
same "a slot's name that cannot be" -C -S Gone
same "a slot that is there, used" -S there
as_owner_in_background "$(cluster_tool main pg_receivewal)" -h "$(cluster_socket_dir main)" -U postgres -S there -D "$TEST_DIR" \
    2>/dev/null
receiver=$!
cluster_wait_sql main "select active from pg_replication_slots" "use of the slot"
run said "$ours" -S there
assert_contains "$run_out" 'ERROR:  replication slot "there" is active for PID' "a slot in use"
assert_contains "$run_out" 'removing data directory "x"' "leaves nothing"
kill "$receiver"
wait "$receiver" || true
receiver=
cluster_wait_sql main "select not active from pg_replication_slots" "end of its use"
cluster_sql main "select pg_drop_replication_slot('there')" >/dev/null

# Folders.
as_owner mkdir -p closed "sp ace/ü" a b
as_owner chmod 500 closed
same "a folder that takes nothing" -D closed/x
backup_fails "could not create file \"closed/backup_incomplete\": Permission denied" -D closed -X none
same "a path that is not plain" -D "sp ace/ü/z y"
as_owner rm -rf "sp ace"
as_owner touch file
same "a file in the way" -D file/x
cluster_sql main "create tablespace a location '$TEST_DIR/a'"
cluster_sql main "create tablespace b location '$TEST_DIR/b'"
same "tablespaces inside of each other" -T "$TEST_DIR/a=$TEST_DIR/x.a" -T "$TEST_DIR/b=$TEST_DIR/x.a/in"
same "the other way round" -T "$TEST_DIR/a=$TEST_DIR/x.a/in" -T "$TEST_DIR/b=$TEST_DIR/x.a"
same "in the data directory" -T "$TEST_DIR/a=$TEST_DIR/x/in" -T "$TEST_DIR/b=$TEST_DIR/x.b"
same "no mapping where there must be one"
backup_fails "is wanted twice" -D x -T "$TEST_DIR/a=$TEST_DIR/x.a" -T "$TEST_DIR/b=$TEST_DIR/x.a"
backup_left_nothing x x.a

# WAL that is gone when it is fetched.
cluster_run main "$BACKUP" -D x -cfast -X fetch -r 4M -T "$TEST_DIR/a=$TEST_DIR/x.a" -T "$TEST_DIR/b=$TEST_DIR/x.b" \
    2>messages &
pid=$!
cluster_wait_sql main "select phase like 'streaming%' from pg_stat_progress_basebackup" "the backup"
for ((n = 0; n < 12; n++)); do
    cluster_sql main "select pg_logical_emit_message(true, 'x', repeat('y', 500000)), pg_switch_wal()" >/dev/null
done
cluster_sql main "checkpoint"
code=0
wait "$pid" || code=$?
assert_eq "$code" 1 "WAL that was removed: $(tail -1 messages)"
grep -Eq 'ERROR: +(could not find any WAL files|could not find WAL file|requested WAL segment [0-9A-F]+ has already)' messages ||
    fail "the reason is not told: $(<messages)"
backup_left_nothing x x.a x.b

cluster_set main 'wal_level = minimal' 'max_wal_senders = 0'
cluster_restart main
same "a server without WAL senders"
