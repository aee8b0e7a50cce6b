#!/usr/bin/env bash
# copies_agree.sh - COPY reads and writes what a real server does, and says what it says
#
# HOLDFAST_COPIES statements are tried (1000; 20000 in check-world), made from the seed.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --set 'autovacuum = off' --set 'fsync = off' --set 'log_min_messages = fatal'
cluster_start a
copies=${HOLDFAST_COPIES:-1000}
[ -z "${HOLDFAST_WORLD-}" ] || copies=${HOLDFAST_COPIES:-20000}
mkdir -m 777 "$TEST_DIR/files"
"$HOLDFAST_BUILD/tests/copy/compare_copy" "$(cluster_conninfo a)" "$TEST_DIR/files" "$copies" \
    >"$TEST_DIR/differences.txt" || fail "$(cat "$TEST_DIR/differences.txt")"
ok "$(tail -1 "$TEST_DIR/differences.txt")"
