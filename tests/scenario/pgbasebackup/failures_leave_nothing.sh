#!/usr/bin/env bash
# failures_leave_nothing.sh - whatever ends a backup early, nobody can take the rest for a backup
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main

# begin OPTION...: a backup that is slow enough to be met in the middle; $backup_pid is its process.
begin()
{
    cluster_run main true # fails early when the cluster is gone
    (
        export PGHOST PGPORT PGUSER=postgres
        PGHOST=$(cluster_socket_dir main) PGPORT=$(cluster_port main)
        exec "${owner_prefix[@]}" "$BACKUP" -cfast -r 1M "$@"
    ) 2>messages &
    backup_pid=$!
    cluster_wait_sql main "select count(*) = 2 from pg_stat_replication" "both connections"
}

# end CODE: the backup has ended with that code, and the server is alone again.
end()
{
    local code=0
    wait "$backup_pid" || code=$?
    assert_eq "$code" "$1" "exit code $1: $(tail -1 messages)"
    cluster_wait_sql main "select count(*) = 0 from pg_stat_replication" "end of the connections"
    cluster_wait_sql main "select count(*) = 0 from pg_replication_slots" "end of the slot"
}

as_owner mkdir "empty space"
for signal in INT:130 TERM:143 HUP:129; do
    begin -D copy -T "$SPACE=$TEST_DIR/empty space" --waldir="$TEST_DIR/wal"
    kill -s "${signal%:*}" "$backup_pid"
    end "${signal#*:}"
    assert_contains "$(<messages)" 'removing data directory "copy"' "the removal is told"
    backup_left_nothing copy wal
    assert_eq "$(ls -A "empty space")" "" "a folder that was there is emptied"
done

as_owner mkdir tars
begin -D tars -Ft
kill -s TERM "$backup_pid"
end 143
assert_contains "$(<messages)" 'removing contents of data directory "tars"' "as for tars"
assert_eq "$(ls -A tars)" "" "no tars are left"

# --no-clean keeps what is there, without the names of something complete.
begin -D kept -T "$SPACE=$TEST_DIR/kept space" --no-clean
wait_until "first file" test -e kept/pg_wal
kill -s TERM "$backup_pid"
end 143
assert_contains "$(<messages)" "not removed at user's request" "what is kept is named"
[ -d kept ] || fail "it is not kept"
[[ ! -e kept/global/pg_control && ! -e kept/backup_manifest ]] || fail "it looks complete"
rm -rf kept "kept space"

# Nobody reads the rest of standard output.
cluster_sql main "drop table u"
cluster_sql main "drop tablespace s"
code=0
backup -D - -Ft -X none 2>messages | head -c 100000 >part || code=$?
assert_eq "$code" 1 "a closed pipe is an error"
assert_contains "$(<messages)" 'could not write to file "standard output": Broken pipe' "and said to be one"
as_owner rm -rf "$SPACE"
as_owner mkdir "$SPACE"
cluster_sql main "create tablespace s location '$SPACE'"
cluster_sql main "create table u tablespace s as select g as x from generate_series(1, 1000) g"

# A killed process cannot clean, but its rest does not start either, and the next one says what it is.
told()
{
    backup_fails "directory \"$1\" exists but is not empty" "${@:2}"
    assert_contains "$run_err" "left of a base backup that was not completed" "the rest is told from other things"
    assert_contains "$run_err" "hint: Remove it, unless" "and what to do"
}
begin -D killed -T "$SPACE=$TEST_DIR/killed space"
wait_until "first file" test -e killed/pg_wal
kill -s KILL "$backup_pid"
end 137 2>/dev/null
[[ ! -e killed/global/pg_control && ! -e killed/backup_manifest ]] || fail "it looks complete"
told killed -D killed -T "$SPACE=$TEST_DIR/other"
told "$TEST_DIR/killed space" -D other -T "$SPACE=$TEST_DIR/killed space"
backup_left_nothing other
begin -D killed_tars -Ft
wait_until "first file" test -e "killed_tars/pg_wal.tar.tmp"
kill -s KILL "$backup_pid"
end 137 2>/dev/null
assert_eq "$(find killed_tars -type f ! -name '*.tmp')" killed_tars/backup_incomplete "tars have temporary names"
told killed_tars -D killed_tars -Ft

# Lost connections: that of the backup, and that of the WAL.
for state in backup streaming; do
    begin -D lost -T "$SPACE=$TEST_DIR/lost space"
    cluster_sql main "select pg_terminate_backend(pid) from pg_stat_replication
        where state = '$state'" >/dev/null
    end 1
    assert_contains "$(<messages)" "terminating connection due to administrator command" \
        "the reason is told: $state"
    backup_left_nothing lost "lost space"
done
# A slot that was made for the backup goes with it, or is named.
begin -D lost -T "$SPACE=$TEST_DIR/lost space" -C -S made
cluster_sql main "select pg_terminate_backend(pid) from pg_stat_replication
    where state = 'backup'" >/dev/null
end 1
assert_contains "$(<messages)" 'removing replication slot "made"' "the slot is removed"
begin -D lost -T "$SPACE=$TEST_DIR/lost space" -C -S made
cluster_wait_sql main "select bool_or(active) from pg_replication_slots" "the slot"
kill -s TERM "$backup_pid"
cluster_wait_sql main "select not bool_or(active) from pg_replication_slots" "end of its use"
cluster_sql main "select pg_drop_replication_slot('made')" >/dev/null
end 143
assert_contains "$(<messages)" 'replication slot "made" was created and is still there' "the slot is named"

begin -D lost -T "$SPACE=$TEST_DIR/lost space"
cluster_kill main
code=0
wait "$backup_pid" || code=$?
assert_eq "$code" 1 "a crash of the server is an error"
assert_contains "$(<messages)" "server closed the connection unexpectedly" "and said to be one"
backup_left_nothing lost "lost space"
