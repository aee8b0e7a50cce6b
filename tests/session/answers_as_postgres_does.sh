#!/usr/bin/env bash
# answers_as_postgres_does.sh - the same messages to a real server and to ours, answers compared one by one
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
tiny=$HOLDFAST_BUILD/tests/session/tiny_server
play=$HOLDFAST_BUILD/tests/session/wire_play

cluster_init real
cluster_start real
cluster_sql real "create table t (a int)" >/dev/null
mkdir own
"$tiny" "$TEST_DIR/own" 5432 2>own.log &
tiny_pid=$!
at_end kill "$tiny_pid"
wait_until "start of the tiny server" grep -qs "ready to accept" own.log

for script in "$TOP_SRCDIR"/tests/session/scripts/*.wire; do
    name=$(basename "$script" .wire)
    [ "$name" != login ] || continue # of lets_in_as_postgres_does.sh
    "$play" "$(cluster_socket_dir real)/.s.PGSQL.$(cluster_port real)" <"$script" >"$name.real" &
    real_play=$!
    "$play" "$TEST_DIR/own/.s.PGSQL.5432" <"$script" >"$name.own" || fail "$name: could not be played to ours"
    wait "$real_play" || fail "$name: could not be played to the real server"
    # Answers, beside the script's own lines.
    [ "$(grep -vc '^>' "$name.real")" -gt 30 ] || fail "$name: the real server has hardly answered"
    diff "$name.real" "$name.own" >"$name.diff" || fail "$name: answers differ: $(head -20 "$name.diff")"
    ok "$name: $(grep -vc '^>' "$name.real") answers are the same"
done

# Programs that other people wrote.
own()
{
    psql -X -A -t -h "$TEST_DIR/own" -p 5432 -U postgres -d postgres "$@"
}
assert_eq "$(own -c 'select generate_series(1,3)' | tr '\n' ' ')" "1 2 3 " "psql, simple protocol"
assert_eq "$(own -c 'set application_name to xyz' -c 'show application_name' | tail -1)" xyz "psql, settings"

# Many clients of libpq at once, in each of its ways to ask.
bench=$(dirname "$(cluster_find_bin 15)/x")/pgbench
if [ -x "$bench" ]; then
    printf '%s\n' '\set n random(1, 100)' 'begin;' 'select :n as n, generate_series(1,20);' 'commit;' >load.sql
    for mode in simple extended prepared; do
        "$bench" -n -M "$mode" -c 8 -j 2 -t 100 -f load.sql -h "$TEST_DIR/own" -p 5432 -U postgres postgres \
            >bench.log 2>&1 || fail "pgbench -M $mode: $(tail -5 bench.log)"
        grep -q 'actually processed: 800/800' bench.log || fail "pgbench -M $mode: $(cat bench.log)"
        ok "pgbench -M $mode"
    done
fi
wait_until "no backend left" sh -c "! pgrep -P $tiny_pid >/dev/null"

# A client that leaves amid a statement: noticed when that is asked for, and by nobody's wait.
printf '%s\n' 'start user=postgres|database=postgres' wait 'Q set client_connection_check_interval to 100' wait \
    'Q select pg_sleep(300)' 'some 0' | "$play" "$TEST_DIR/own/.s.PGSQL.5432" >leaving.out
grep -q 'Z I' leaving.out || fail "the client has not come in"
wait_until "end of the backend whose client has left" sh -c "! pgrep -P $tiny_pid >/dev/null"
grep -q '08006: connection to client lost' own.log || fail "the log does not say why the backend has left"
ok "a backend leaves when its client has left amid a statement"
