# bench.sh - two programs side by side: medians of alternating rounds, and their ratio
#
# Source it after cluster.sh. Rounds alternate, so that what else the machine does meets both. A ratio over 1 means that
# ours is faster. What $BENCH_BEFORE names is called before each round, outside the time that is measured.

BENCH_ROUNDS=${HOLDFAST_BENCH_ROUNDS:-5}

# bench_ms COMMAND...: how long it takes, in milliseconds; what it prints is dropped, a failure ends the bench.
bench_ms()
{
    local began=$EPOCHREALTIME
    "$@" >/dev/null 2>"$TEST_DIR/.bench.err" || fail "$*: $(tail -3 "$TEST_DIR/.bench.err")"
    echo $(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
}

bench_median()
{
    printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# bench_compare WHAT THEIRS OURS: names of two functions; prints medians, ratio and all rounds.
bench_compare()
{
    local theirs=() ours=() round a b
    if [ -z "${BENCH_BEFORE:-}" ]; then
        "$2" >/dev/null 2>&1 || true
        "$3" >/dev/null 2>&1 || true
    fi
    for ((round = 0; round < BENCH_ROUNDS; round++)); do
        ${BENCH_BEFORE:-:}
        theirs+=("$(bench_ms "$2")")
        ${BENCH_BEFORE:-:}
        ours+=("$(bench_ms "$3")")
    done
    a=$(bench_median "${theirs[@]}") b=$(bench_median "${ours[@]}")
    printf '%-44s theirs %6d ms, ours %6d ms, ratio %d.%02d  (%s | %s)\n' "$1" "$a" "$b" \
        $((a / b)) $((a * 100 / b % 100)) "${theirs[*]}" "${ours[*]}"
}
