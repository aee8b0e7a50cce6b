#!/usr/bin/env bash
# survives_any_bytes.sh - clients that break the rules end their own session at most, in order
. "$(dirname "$0")/../lib/cluster.sh"

tiny=$HOLDFAST_BUILD/tests/session/tiny_server
mkdir own
"$tiny" "$TEST_DIR/own" 5432 authentication_timeout=2 2>own.log &
tiny_pid=$!
at_end kill "$tiny_pid"
wait_until "start of the tiny server" grep -qs "ready to accept" own.log

rounds=1500
[ -z "${HOLDFAST_WORLD:-}" ] || rounds=50000
"$HOLDFAST_BUILD/tests/session/wire_storm" "$TEST_DIR/own/.s.PGSQL.5432" "$rounds" || fail "the storm has ended early"
process_is_gone "$tiny_pid" && fail "the server has ended: $(tail -3 own.log)"
if grep -E 'assertion failed|by signal|Sanitizer' own.log >bad.log; then
    fail "a backend has crashed: $(head -3 bad.log)"
fi
grep -q 08P01 own.log || fail "no rule was broken"
wait_until "no backend left" sh -c "! pgrep -P $tiny_pid >/dev/null"
ok "$rounds connections, and no backend has crashed"
