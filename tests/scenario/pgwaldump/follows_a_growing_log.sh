#!/usr/bin/env bash
# follows_a_growing_log.sh - pgwaldump --follow beside a server that writes
. "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15
program=${HOLDFAST_BIN:?}/pgwaldump

cluster_init main --wal-segsize 1
cluster_start main
# A record has to be there to start with.
start=$(cluster_sql main "select redo_lsn from pg_control_checkpoint()")
wal=$(cluster_dir main)/pg_wal

follow()
{
    as_owner_in_background "$program" -f -p "$wal" -s "$start" "${@:2}" >"$1.out" 2>"$1.err"
    follow_pid=$!
    at_end end_follower "$follow_pid"
}

end_follower()
{
    process_is_gone "$1" || kill "$1"
}

has_line()
{
    ! process_is_gone "$follow_pid" || fail "it ended: $(cat "$1.err")"
    grep -qa "$2" "$1.out"
}

# It sleeps, and has not used the processor since it was last asked.
is_at_rest()
{
    local stat before=$rest_ticks
    read -r stat <"/proc/$follow_pid/stat" || fail "it ended: $(cat ./*.err)"
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    rest_ticks="$1 ${12} ${13}"
    [ "$1" = S ] && [ "$rest_ticks" = "$before" ]
}

note "records appear as they are written, over segments"
follow plain
cluster_sql main "create table t as select i, repeat('x', 500) as v from generate_series(1, 3000) i"
cluster_sql main "select pg_create_restore_point('the first')"
wait_until "the first restore point" has_line plain "RESTORE_POINT the first"
for i in 1 2 3; do
    cluster_sql main "select pg_switch_wal(); insert into t values ($i, 'x')"
done
cluster_sql main "select pg_create_restore_point('the second')"
wait_until "the second restore point" has_line plain "RESTORE_POINT the second"
ok "both were seen"
kill -INT "$follow_pid"
code=0
wait "$follow_pid" || code=$?
assert_eq "$code" 0 "an interrupt ends it without error"

note "statistics are shown when it is interrupted"
follow stats --stats
rest_ticks=""
wait_until "the end of WAL to be reached" is_at_rest
kill -INT "$follow_pid"
code=0
wait "$follow_pid" || code=$?
assert_eq "$code" 0 "exit code"
assert_contains "$(cat stats.out)" "WAL statistics between" "statistics"

note "other signals end it as such"
follow term
wait_until "the second restore point" has_line term "RESTORE_POINT the second"
kill -TERM "$follow_pid"
code=0
wait "$follow_pid" || code=$?
assert_eq "$code" 143 "exit code of SIGTERM"
