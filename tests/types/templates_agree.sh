#!/usr/bin/env bash
# templates_agree.sh - to_char(), to_date(), to_timestamp() and to_number() do what a real server does
#
# Random templates of all patterns with values that fit, more or less: HOLDFAST_CALLS of each
# function (2000; 50000 in check-world).
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --set 'autovacuum = off' --set 'fsync = off' --set 'log_min_messages = fatal'
cluster_start a
export HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM$RANDOM}
note "HOLDFAST_SEED=$HOLDFAST_SEED"
calls=${HOLDFAST_CALLS:-2000}
[ -z "${HOLDFAST_WORLD-}" ] || calls=${HOLDFAST_CALLS:-50000}
for pattern in '%!_to!_char' 'numeric!_to!_number' 'to!_date' 'to!_timestamp'; do
    "$HOLDFAST_BUILD/tests/types/compare_calls" "$(cluster_conninfo a)" "$calls" \
        "${pattern//!/\\}" >"$TEST_DIR/differences.txt" ||
        fail "$(head -60 "$TEST_DIR/differences.txt")"
    ok "$(tail -1 "$TEST_DIR/differences.txt")"
done
