#!/usr/bin/env bash
# sessions_side_by_side_do_as_in_postgresql.sh - schedules of several sessions, kept ones and others by chance, go on our
# server as on a real PostgreSQL 15: answers, errors, who waits for whom, which locks are held
#
# HOLDFAST_SCHEDULES says how many by chance (40; 3000 in check-world), HOLDFAST_SEED which, HOLDFAST_SCHEDULE=N plays
# number N alone. Kept ones (schedules/) must go alike at once. Who of several waiters is woken first is chance: when a
# schedule differs it is played again, and is excused when the real server, too, does once what ours did.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
player=$HOLDFAST_BUILD/tests/scenario/server/play_schedules
sources=$HOLDFAST_SRC/tests/scenario/server
count=${HOLDFAST_SCHEDULES:-${HOLDFAST_WORLD:+3000}}
first=${HOLDFAST_SCHEDULE:-1}
[ -z "${HOLDFAST_SCHEDULE:-}" ] || count=1
: "${count:=40}"
seed=${HOLDFAST_SEED:-1}
note "HOLDFAST_SEED=$seed"
replays=10

settings=(--set 'autovacuum = off' --set 'checkpoint_timeout = 1d' --set 'max_prepared_transactions = 10')
cluster_init real "${settings[@]}"
cluster_init ours --bin "$(server_bin)" "${settings[@]}"
mkdir schedules real.logs ours.logs
owner_path real.logs ours.logs

# play SERVER NAME...: the logs are in SERVER.logs.
play()
{
    local server=$1
    shift
    cluster_run "$server" "$player" "$(cluster_conninfo "$server")" "$TEST_DIR/$server.logs" "${@/#/schedules/}" \
        >"$server.said" 2>&1 || fail "$server: $(cat "$server.said")"
}

play_both()
{
    play real "$@" &
    local real=$!
    play ours "$@"
    wait "$real"
}

# Does the real server, when it plays the schedule again, do once what ours did?
real_does_so_too()
{
    local i
    for ((i = 0; i < replays; i++)); do
        play real "$1"
        replayed=$((replayed + 1))
        ! cmp -s "real.logs/$1" "ours.logs/$1" || return 0
    done
    return 1
}

tell_difference()
{
    sed 's/^/# /' "schedules/$1"
    diff -U 5 "real.logs/$1" "ours.logs/$1" | sed '1,2d' || true
}

cp "$sources"/schedules/*.txt schedules/
kept=(schedules/*.txt)
kept=("${kept[@]#schedules/}")
awk -v seed="$seed" -v first="$first" -v count="$count" -v dir=schedules -f "$sources/schedules.awk" \
    "$sources/schedule_grammar.txt"
mapfile -t numbers < <(seq "$first" $((first + count - 1)))
for server in real ours; do
    cluster_start $server
done

play_both "${kept[@]}" "${numbers[@]}"
for name in "${kept[@]}"; do
    cmp -s "real.logs/$name" "ours.logs/$name" || fail "schedule $name goes otherwise: $(tell_difference "$name")"
done
ok "${#kept[@]} kept schedules"

alike=0 excused=0 replayed=0 different=()
for name in "${numbers[@]}"; do
    if cmp -s "real.logs/$name" "ours.logs/$name"; then
        alike=$((alike + 1))
    elif real_does_so_too "$name"; then
        excused=$((excused + 1))
    else
        different+=("$name")
    fi
done
note "$count played, $alike alike, $replayed times played again, $excused excused by what the real server did then"
for name in ${different[@]+"${different[@]}"}; do
    note "HOLDFAST_SEED=$seed HOLDFAST_SCHEDULE=$name goes otherwise: $(tell_difference "$name")"
done
[ ${#different[@]} = 0 ] || fail "${#different[@]} schedules go otherwise"
ok "$count schedules by chance"
