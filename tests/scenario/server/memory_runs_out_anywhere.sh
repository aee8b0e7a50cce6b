#!/usr/bin/env bash
# memory_runs_out_anywhere.sh - sessions that get less and less memory, whatever they do
#
# The scripts of tests/sql, each in a session that may have a few kilobytes more than it has, then some more, and so on.
# (Not by the limit of addresses: a stack that cannot grow is a crash in any program.)
# A statement may fail, with "out of memory", and a session may be refused; no process dies of it, nobody else notices,
# and with memory again all is as it should be. Programs that COPY starts may die of it: of
# these, the log tells no PID. HOLDFAST_SQL names scripts, of all that there are.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
! server_is_sanitized || skip "a sanitizer needs memory of its own, and aborts without"
bin=$(cluster_find_bin 15)
scripts=${HOLDFAST_SQL:-$(cd "$HOLDFAST_SRC/tests/sql" && echo *.sql command/*.sql)}
sizes="0 40 100 200 300 500 800 1200 1800 2500 4000 6000"

cluster_init ours --bin "$(server_bin)"
cluster_start ours
supervisor=$(cluster_pid ours)
ran_out=0
for script in $scripts; do
    for size in $sizes; do
        mkfifo in
        owner_path in
        exec 9<>in
        as_owner_in_background env PGHOST="$(cluster_socket_dir ours)" PGPORT="$(cluster_port ours)" stdbuf -oL "$bin/psql" \
            -X -A -t -U postgres -d postgres <in >out 2>&1 9>&- # which a COPY that was to be refused reads to its end
        client=$!
        echo "select 'backend', pg_backend_pid();" >&9
        wait_until "a backend" grep -q '^backend' out
        backend=$(sed -n 's/^backend|//p' out)
        is=$(sed -n 's/^VmData:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$backend/status")
        as_owner prlimit --pid "$backend" --data=$(((is + size) * 1024))
        cat "$HOLDFAST_SRC/tests/sql/$script" - >&9 <<<'\q'
        exec 9>&-
        wait_until "the end of $script with $size kB" process_is_gone "$client"
        wait "$client" || true
        rm in
        ! grep -q "out of memory" out || ran_out=$((ran_out + 1))
        [ "$(cluster_pid ours)" = "$supervisor" ] || fail "$script with $size kB: the server is gone"
        for bad in ") was terminated by signal" PANIC "assertion failed" "terminating any other active" Sanitizer "not given back" "to the resource owner"; do
            ! server_logged ours "$bad" || fail "$script with $size kB: the log has \"$bad\": $(grep -m 3 -A 2 "$bad" "$(cluster_log ours)")"
        done
    done
    ok "$script"
    cluster_sql ours "drop schema public cascade; create schema public" 2>/dev/null
done
[ "$ran_out" -ge 5 ] || fail "memory ran out $ran_out times only"
note "memory ran out in $ran_out sessions"
cluster_stop ours
cluster_adopt real "$(cluster_dir ours)"
cluster_start real
cluster_run real "$bin/pg_amcheck" --all --install-missing --heapallindexed --parent-check >amcheck.out 2>&1 || fail "amcheck: $(head -5 amcheck.out)"
ok "every index agrees with its table, and every table is in order"
