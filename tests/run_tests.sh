#!/bin/bash
# run_tests.sh - run tests, print a line for each and the count of all
#
#     run_tests.sh [-j JOBS] TEST...
#
# TEST is the path of a script in the source tree or of a program in the build tree; "unit" stands for every suite of
# tests/unit/unit_tests. Tests run side by side, JOBS at a time (HOLDFAST_TEST_JOBS, else the number of processors),
# so none may rely on another or on fixed ports and paths.
#
# A test gets, besides its own environment:
#   HOLDFAST_SRC, HOLDFAST_BUILD  the trees, as absolute paths; programs are in HOLDFAST_BIN, which is on the PATH
#   HOLDFAST_SEED                 what chance there is comes from it; 1 unless set, so that a run can be repeated. In
#                                 check-world (HOLDFAST_WORLD) each test takes another one and prints it.
#   HOLDFAST_SHARED               folder with sample databases in data/, or empty
# It reports by its exit code: 0 passed, 77 skipped, anything else failed. A line "SKIP: reason" on its output says
# what was left out; it is shown, and each such line of a test that passed counts as one skipped.
# After HOLDFAST_TEST_TIMEOUT seconds (600; 0 is no limit) a test has failed.
#
# The last line is "N passed, N failed, N skipped". Exit code: 0 when none failed and any passed.
set -u

jobs=${HOLDFAST_TEST_JOBS:-$(nproc)}
timeout=${HOLDFAST_TEST_TIMEOUT:-600}
if [ "${1-}" = -j ]; then
    jobs=$2
    shift 2
fi

: "${HOLDFAST_SRC:?}" "${HOLDFAST_BUILD:?}"
export HOLDFAST_SRC HOLDFAST_BUILD
export HOLDFAST_SHARED=${HOLDFAST_SHARED-}
[ -n "${HOLDFAST_WORLD-}" ] || export HOLDFAST_SEED=${HOLDFAST_SEED-1}
export HOLDFAST_BIN=$HOLDFAST_BUILD/bin
export PATH=$HOLDFAST_BIN:$PATH
export LC_ALL=C.UTF-8 TZ=UTC
export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=0:allocator_may_return_null=1}
export LSAN_OPTIONS=${LSAN_OPTIONS-suppressions=$HOLDFAST_SRC/tests/lib/lsan.supp:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1:abort_on_error=1}
# What the user's own sessions use must not steer a test.
unset "${!PG@}" "${!AWS_@}"
unset HOLDFAST_REPO HOLDFAST_CLUSTER HOLDFAST_CONFIG

work=$(mktemp -d "${TMPDIR:-/tmp}/hfr.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'trap - INT TERM; kill $(jobs -p) 2>/dev/null; wait; exit 130' INT TERM

# The command that runs test $1, in the array command.
find_command() {
    case $1 in
    unit/*) command=("$HOLDFAST_BUILD/tests/unit/unit_tests" "${1#unit/}") ;;
    *.sh) command=(bash "$HOLDFAST_SRC/$1") ;;
    *_fuzz)
        command=("$HOLDFAST_BUILD/$1")
        # libFuzzer would not end by itself.
        if [ -n "${HOLDFAST_LIBFUZZER-}" ] && [ -n "${HOLDFAST_FUZZ_SECONDS-}" ]; then
            command+=("-max_total_time=$HOLDFAST_FUZZ_SECONDS")
        elif [ -n "${HOLDFAST_LIBFUZZER-}" ]; then
            command+=("-runs=${HOLDFAST_FUZZ_COUNT:-10000}")
        fi
        ;;
    *) command=("$HOLDFAST_BUILD/$1") ;;
    esac
}

# Run test $2 and leave its verdict and its number of skips in $work/$1.
run_one() {
    local number=$1 test=$2 output=$work/$1.out began verdict status skips
    local -a command

    find_command "$test"
    began=$EPOCHREALTIME
    # The outer redirection keeps the shell's own "Aborted" off the screen.
    { timeout -k 20 "$timeout" "${command[@]}" >"$output" 2>&1 </dev/null; } 2>/dev/null
    status=$?

    skips=$(grep -c '^SKIP: ' "$output")
    case $status in
    0) verdict=PASS ;;
    77) verdict=SKIP skips=1 ;;
    124) verdict=FAIL; echo "no end after $timeout seconds" >>"$output" ;;
    *) verdict=FAIL; echo "exit code $status" >>"$output" ;;
    esac
    echo "$verdict $skips" >"$work/$number"
    report "$verdict" "$test" "$began" "$output" "$skips"
}

# Print the line of a test, and under it what the reader must know. One at a time, so that they do not mix.
report() {
    local verdict=$1 test=$2 began=$3 output=$4 skips=$5 hundredths

    hundredths=$(((${EPOCHREALTIME/./} - ${began/./}) / 10000))
    {
        flock 9
        printf '%s  %-64s %4d.%02d s\n' "$verdict" "$test" $((hundredths / 100)) $((hundredths % 100))
        if [ "${test%%/*}" = unit ] && [ "$hundredths" -gt 100 ]; then
            echo "      slow: a unit suite should take a second at most"
        fi
        case $verdict in
        FAIL) sed 's/^/      | /' "$output" ;;
        *) [ "$skips" = 0 ] || sed -n 's/^SKIP: /      skipped: /p' "$output" ;;
        esac
        if [ "$verdict" = SKIP ] && ! grep -q '^SKIP: ' "$output"; then
            echo "      skipped: $(tail -n 1 "$output")"
        fi
    } 9>"$work/lock"
}

tests=()
for test in "$@"; do
    if [ "$test" = unit ]; then
        suites=$("$HOLDFAST_BUILD/tests/unit/unit_tests" --list) || exit 1
        for suite in $suites; do
            tests+=("unit/$suite")
        done
    else
        tests+=("$test")
    fi
done

running=0
for number in "${!tests[@]}"; do
    if [ "$running" -ge "$jobs" ]; then
        wait -n
        running=$((running - 1))
    fi
    run_one "$number" "${tests[$number]}" &
    running=$((running + 1))
done
wait

passed=0 failed=0 skipped=0
for number in "${!tests[@]}"; do
    verdict=FAIL skips=0
    [ ! -f "$work/$number" ] || read -r verdict skips <"$work/$number"
    case $verdict in
    PASS) passed=$((passed + 1)) ;;
    FAIL) failed=$((failed + 1)); echo "failed: ${tests[$number]}" ;;
    esac
    skipped=$((skipped + skips))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
