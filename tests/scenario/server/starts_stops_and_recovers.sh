#!/usr/bin/env bash
# starts_stops_and_recovers.sh - pgserver on a cluster of pginit: every way to stop it, to kill it, and to refuse a start
#
# Real PostgreSQL says what it thinks of what is left: pg_controldata, pg_waldump, pg_checksums, and a start.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)
bin=$(server_bin)
cluster_init ours --bin "$bin" --wal-segsize 1 --set "log_min_messages = info"
data=$(cluster_dir ours)

state()
{
    as_owner "$theirs/pg_controldata" "$data" | sed -n 's/^Database cluster state: *//p'
}

checkpoint()
{
    as_owner "$theirs/pg_controldata" "$data" | sed -n 's/^Latest checkpoint location: *//p'
}

assert_eq "$(state)" "shut down" "a new cluster is shut down"
assert_exit 0 "$theirs/pg_checksums" --check -D "$data"

# ---- Stops in order ----

for mode in smart fast; do
    cluster_start ours
    assert_eq "$(state)" "in production" "it is in production"
    before=$(checkpoint)
    cluster_stop ours $mode
    assert_eq "$(state)" "shut down" "a $mode stop is a shutdown"
    [ "$(checkpoint)" != "$before" ] || fail "a $mode stop made no checkpoint"
done
# A checkpoint that takes its time, half an hour here, takes none when the server is to end.
cluster_start ours -c checkpoint_timeout=1h
cluster_sql ours "create table many (x text); insert into many select repeat('x', 1000) from generate_series(1, 10000)"
cluster_sql ours "select pg_backup_start('slow', false)" >slow.out 2>&1 &
wait_until "a slow checkpoint" server_logged ours "checkpoint starting: force wait"
cluster_stop ours
assert_eq "$(state)" "shut down" "a stop does not wait for the pace of a checkpoint"
cluster_start ours
cluster_sql ours "drop table many"
cluster_stop ours immediate
assert_eq "$(state)" "in production" "an immediate stop is a crash"

# ---- Crashes ----

: >"$(cluster_log ours)"
cluster_start ours
server_logged ours "automatic recovery in progress" || fail "there was no recovery after a crash"
ok "it recovers after a crash"
for victim in 1 2 3; do
    # The supervisor ends the others and begins anew; it does so as often as needed.
    : >"$(cluster_log ours)"
    read -r -a children <<<"$(server_children ours)"
    [ ${#children[@]} -ge 3 ] || fail "the server has ${#children[@]} children"
    kill -KILL "${children[victim - 1]}"
    wait_until "recovery after a child was killed" server_logged ours "database system is ready to accept connections"
    server_logged ours "was terminated by signal 9: Killed" || fail "nobody told of the killed child"
    server_logged ours "all server processes terminated; reinitializing" || fail "the others lived on"
done
ok "whichever child is killed, it recovers"

# ended_by COMMAND...: what a client is told whose server process is ended by that, while it waits.
ended_by()
{
    cluster_psql ours -c "select pg_sleep(1000)" >sleeper.out 2>&1 &
    local sleeper=$!
    wait_until "a query that waits" cluster_sql_is_true ours "select count(*) = 1 from pg_stat_activity where wait_event = 'PgSleep'"
    "$@"
    ! wait "$sleeper" || fail "its query ended well"
    grep -v '^server closed\|^connection to server\|before or while' sleeper.out
}

kill_first_child()
{
    : >"$(cluster_log ours)"
    kill -KILL "$(server_children ours | cut -d ' ' -f 1)"
    wait_until "recovery after a child was killed" server_logged ours "database system is ready to accept connections"
}

assert_contains "$(ended_by kill_first_child)" \
    "WARNING:  terminating connection because of crash of another server process" "a client is told of a crash"
kill_sleeper()
{
    : >"$(cluster_log ours)"
    kill -KILL "$(cluster_sql ours "select pid from pg_stat_activity where wait_event = 'PgSleep'")"
    wait_until "recovery after a backend was killed" server_logged ours "database system is ready to accept connections"
}

ended_by kill_sleeper >/dev/null
server_logged ours "Failed process was running: select pg_sleep(1000)" || fail "nobody told what the killed process did"
ok "the log tells what a killed process did"
assert_contains "$(ended_by cluster_stop ours immediate)" \
    "WARNING:  terminating connection due to immediate shutdown command" "and of an immediate stop"
cluster_start ours
cluster_kill ours
cluster_start ours
cluster_stop ours
ok "it recovers after all were killed"

cluster_start ours
children=$(server_children ours)
cluster_kill_postmaster ours
for child in $children; do
    wait_until "end of orphan $child" process_is_gone "$child"
done
ok "children end with their supervisor"
cluster_start ours

# ---- Clients ----

: >"$(cluster_log ours)"
for ((client = 1; client <= 20; client++)); do
    run "$theirs/psql" -X -h "$(cluster_socket_dir ours)" -U postgres -d postgres -At -c "SHOW server_encoding"
    assert_eq "$run_out" UTF8 "client $client is served"
done
! server_logged ours "terminating any other active server processes" || fail "a client brought the server down"
ok "clients do not bring the server down"

# ---- A second server ----

run "$bin/postgres" -D "$data" -p 5432 -c listen_addresses=
assert_eq "$run_code" 1 "a second server does not start"
assert_contains "$run_err" 'lock file "postmaster.pid" already exists' "and says why"
run "$theirs/postgres" -D "$data" -p 5432 -c listen_addresses=
assert_contains "$run_err" 'lock file "postmaster.pid" already exists' "nor does a real one"

# Of several addresses one that cannot be had is told, and the others serve.
cluster_stop ours
: >"$(cluster_log ours)"
cluster_start ours -c listen_addresses="203.0.113.7,127.$((RANDOM % 255)).$((RANDOM % 255)).1" # one of our own
server_logged ours 'could not create listen socket for "203.0.113.7"' || fail "nobody told of the address"
ok "it starts on the addresses that there are"
cluster_stop ours
run timeout 20 "$bin/postgres" -D "$data" -p 5432 -c listen_addresses=203.0.113.7
assert_contains "$run_err" "could not create any TCP/IP sockets" "with none of them it does not"
cluster_start ours

# With the supervisor killed, and one child stopped but alive, nobody may start.
read -r -a children <<<"$(server_children ours)"
kill -STOP "${children[0]}"
cluster_kill_postmaster ours
for server in "$bin" "$theirs"; do
    run timeout 20 "$server/postgres" -D "$data" -p 5432 -c listen_addresses=
    assert_eq "$run_code" 1 "beside an orphan no server of $server starts"
    assert_contains "$run_err" "pre-existing shared memory block" "and says why"
    assert_contains "$run_err" "Terminate any old server processes" "and what to do"
done
kill -KILL "${children[0]}"
wait_until "end of the orphan" process_is_gone "${children[0]}"
cluster_start ours
cluster_stop ours
ok "once the orphan is gone, it starts"

# ---- What it must not start on ----

# refused TEXT [COMMAND...]: after the commands the server does not start, and says TEXT; then all is put back.
refused()
{
    local text=$1
    shift
    rm -rf copy
    cp -a "$data" copy
    "$@"
    owner_path copy
    run timeout 20 "$bin/postgres" -D "$TEST_DIR/copy" -p 5432 -c listen_addresses= -c unix_socket_directories="$(cluster_socket_dir ours)"
    [[ "$run_code" = [1-9] ]] || fail "it did not end by itself, with a code of its own: $run_code: $*"
    assert_contains "$run_err" "$text" "refused: $text"
}

flip()
{
    printf '\377' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

refused "incorrect checksum in control file" flip copy/global/pg_control 100
refused "No such file or directory" rm copy/global/pg_control
lsn=$(checkpoint)
refused "could not locate a valid checkpoint record" \
    flip "copy/pg_wal/$(printf '0000000100000000%08X' $((16#${lsn#*/} >> 20)))" $((16#${lsn#*/} % 1048576 + 30))
refused "required WAL directory \"pg_wal\" does not exist" rm -r copy/pg_wal
refused "The data directory was initialized by PostgreSQL version 14" sh -c 'echo 14 >copy/PG_VERSION'
refused "has invalid permissions" chmod 755 copy

# Settings that each are fine, in words of a real server.
disagree()
{
    printf '%s\n' "$@" >>copy/postgresql.conf
}

refused "superuser_reserved_connections (30) must be less than max_connections (30)" \
    disagree "superuser_reserved_connections = 30" "max_connections = 30"
refused 'WAL archival cannot be enabled when wal_level is "minimal"' disagree "wal_level = minimal" "archive_mode = on"
refused 'WAL streaming (max_wal_senders > 0) requires wal_level "replica" or "logical"' disagree "wal_level = minimal"

run "$bin/postgres" -D "$TEST_DIR/nowhere"
assert_eq "$run_code" 2 "a data directory that is missing is exit code 2"
if [ "$(id -u)" = 0 ]; then
    "$bin/postgres" -D "$data" >root.out 2>&1 && fail "it ran as root"
    assert_contains "$(cat root.out)" '"root" execution of the PostgreSQL server is not permitted' "never as root"
fi

# ---- Real PostgreSQL on what ours wrote ----

assert_exit 0 "$theirs/pg_checksums" --check -D "$data"
cluster_adopt real "$data"
cluster_start real
assert_eq "$(cluster_sql real "select count(*) > 200 from pg_class")" t "a real server runs on it"
cluster_stop real
