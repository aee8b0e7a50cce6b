#!/bin/bash
# runner_test.sh - a test that fails is reported, with the reason, and fails the run
set -u
: "${HOLDFAST_BUILD:?}"

runner=$HOLDFAST_BUILD/tests/unit/unit_tests
output=$("$runner" failing_unit 2>&1)
status=$?
wrong=0

wants() {
    grep -qF -- "$1" <<<"$output" || { echo "missing in the output: $1"; wrong=1; }
}

[ $status = 1 ] || { echo "exit code $status in place of 1"; wrong=1; }
wants 'a_false_assertion_fails: CU_ASSERT_EQUAL(1,2)'
wants 'a_fatal_assertion_ends_the_test: CU_ASSERT_EQUAL_FATAL(3,4)'
wants 'a_fatal_assertion_leaves_a_frame: CU_ASSERT_EQUAL_FATAL(5,6)'
wants 'a_stray_raise_fails: raised 42602: stray'
wants 'raised 42602: other, expected 42601: any message'
wants 'raised 42602: that, expected 42602: this'
wants 'no raise, expected 42602'
wants 'a_leak_into_the_root_fails: the test leaves memory behind in the root context'
wants '1 suites, 9 tests, '
wants ' 8 tests failed, 0 skipped'
! grep -q 'not reached' <<<"$output" || { echo "a fatal assertion did not end its test"; wrong=1; }

"$runner" no_such_suite >/dev/null 2>&1 && { echo "an unknown suite is no error"; wrong=1; }
"$runner" --list | grep -q '^failing_' && { echo "the failing suite is in the list"; wrong=1; }

[ $wrong = 0 ] || echo "$output"
exit $wrong
