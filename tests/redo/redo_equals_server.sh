#!/usr/bin/env bash
# redo_equals_server.sh - each record, applied by us to its pages, gives what the real server had
#
# Options are those of run_workload.sh. The workload reaches every kind of record, each with the
# pages as they were after it, and redo_check holds ours against them.
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
mkdir made
"$TEST_SRC/run_workload.sh" --base-copy "$TEST_DIR/made/base" "$@" "$TEST_DIR/made/run" \
    >workload.log 2>&1 || fail "run_workload.sh: $(tail -3 workload.log)"
"$HOLDFAST_BUILD/tests/redo/redo_check" -b "$TEST_DIR/made/base" \
    -k "$TEST_SRC/record_kinds.txt" "$TEST_DIR/made/run/data" >check.log 2>&1 ||
    fail "redo_check: $(grep -v '^[A-Z][A-Za-z0-9]* .* [0-9-]*$' check.log | head -60)"
ok "$(tail -1 check.log)"
grep '^not met:' check.log | sed 's/^/# /' || true
