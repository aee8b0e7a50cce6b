#!/usr/bin/env bash
# the_log_can_die_anywhere.sh - the server's write-ahead log killed, or its disk failing, at any fault point
#
# Whatever happens, all that it was told to be flushed is in the files, every record there is whole, and the log can go
# on behind them. A failure while it is written out is a panic.

. "$(dirname "$0")/crash_lib.sh"

crash_check_build
worker=$CRASH_BIN/log_worker
crash_error_code=134 # abort

work=$TEST_DIR/work
mkdir "$work"
owner_path "$work"
crash_list passed "$worker" work "$work"
crash_plan passed 1
visits=0
for case in "${crash_cases[@]}"; do
    rm -rf "$work"
    mkdir "$work"
    owner_path "$work"
    crash_run "$case" "$worker" work "$work"
    crash_ended "$case"
    flushed=$(tail -1 <<<"$run_out")
    run "$worker" check "$work" "${flushed:-0}"
    [ "$run_code" = 0 ] || fail "$case: $run_err"
    visits=$((visits + 1))
done
ok "$visits visits"
