#!/usr/bin/env bash
# functions_agree.sh - functions of the data types give what a real server's give
#
# Each function is called HOLDFAST_CALLS times (20; 500 in check-world) with values made from the
# seed, edges among them. HOLDFAST_PATTERN chooses functions by prosrc.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --set 'autovacuum = off' --set 'fsync = off' --set 'log_min_messages = fatal'
cluster_start a
export HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM$RANDOM}
note "HOLDFAST_SEED=$HOLDFAST_SEED"
calls=${HOLDFAST_CALLS:-20}
[ -z "${HOLDFAST_WORLD-}" ] || calls=${HOLDFAST_CALLS:-500}
"$HOLDFAST_BUILD/tests/types/compare_calls" "$(cluster_conninfo a)" "$calls" \
    "${HOLDFAST_PATTERN:-%}" >"$TEST_DIR/differences.txt" ||
    fail "$(grep -vE ', +0 differences' "$TEST_DIR/differences.txt" | head -60)"
cat "$TEST_DIR/differences.txt"
ok "$(tail -1 "$TEST_DIR/differences.txt")"
