#!/usr/bin/env bash
# plans_are_never_empty.sh - whatever HOLDFAST_CRASH_POINTS says, points are visited or the test fails

. "$(dirname "$0")/crash_lib.sh"

# One point is passed once, the other ten times: 3 and 9 visits.
{
    echo a.point
    printf 'b.point\n%.0s' {1..10}
} >passed

# planned COUNT SHARE: how many visits that makes; in a shell of its own, since the count is read where the library is.
planned()
{
    HOLDFAST_CRASH_POINTS=$1 bash -c '
        cd "$1" && . "$2/crash_lib.sh" >/dev/null && crash_plan "$1/passed" "$3" >/dev/null && echo "${#crash_cases[@]}"
    ' "$TEST_SRC/planned" "$TEST_DIR" "$TEST_SRC" "$2" 2>&1
}

assert_eq "$(planned 1 1)" 1 "one point is one visit"
assert_eq "$(planned 1 2)" 1 "and for each of two halves one"
assert_eq "$(planned 6 2)" 3 "a share is a share"
assert_eq "$(planned 12 1)" 12 "all are all"
assert_eq "$(planned 999999999 2)" 12 "and more than all, too"
for count in 0 00 -1 x 1x 0x10 99999999999999999999; do
    answer=$(planned "$count" 1) && fail "HOLDFAST_CRASH_POINTS=$count gives $answer visits"
    assert_contains "$answer" "is no number of visits" "HOLDFAST_CRASH_POINTS=$count is refused"
done
: >passed
answer=$(planned 12 1) && fail "no point gives $answer visits"
assert_contains "$answer" "names no fault point" "a list without points is refused"
