#!/usr/bin/env bash
# looks_ahead_in_recovery_as_postgresql_does.sh - recovery after a crash asks for the blocks that a real server's asks for
#
# Both are killed after the same load, and count what they looked at in the log: about as many blocks each way. Without
# recovery_prefetch nothing is looked at, and the same is recovered.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init theirs
cluster_init ours --bin "$(server_bin)"
for side in theirs ours; do
    cluster_set $side "autovacuum = off" "full_page_writes = off" "checkpoint_timeout = 1h" "max_wal_size = 4GB"
    cluster_start $side
    assert_eq "$(cluster_sql $side "select stats_reset is not null, prefetch, hit, skip_init, skip_new, skip_fpw, skip_rep, wal_distance, block_distance, io_depth from pg_stat_recovery_prefetch")" \
        "t|0|0|0|0|0|0|0|0|0" "$side: nothing was looked at"
    cluster_run $side "$bin/pgbench" -i -q -s 1 postgres >init.out 2>&1 || fail "init: $(cat init.out)"
    cluster_sql $side checkpoint
    cluster_run $side "$bin/pgbench" -n -c 1 -t 500 --random-seed=7 postgres >bench.out 2>&1 || fail "bench: $(cat bench.out)"
    cluster_sql $side "select sum(delta), count(*) from pgbench_history" >$side.sums
    cluster_kill $side
    cp -a $side/data $side.off
    rm -f $side.off/postmaster.pid
done

options=(--bin "$(server_bin)")
for side in theirs ours; do
    cluster_start $side
    assert_eq "$(cluster_sql $side "select sum(delta), count(*) from pgbench_history")" "$(cat $side.sums)" "$side: all is there"
    cluster_sql $side "select unnest(array[prefetch, hit, skip_rep]) from pg_stat_recovery_prefetch" >$side.counts
done
paste theirs.counts ours.counts | while read -r theirs ours; do
    [ $((ours * 10)) -ge $((theirs * 7)) ] && [ $((theirs * 10)) -ge $((ours * 7)) ] || fail "counts are far apart: $theirs there, $ours here"
done
[ "$(head -1 ours.counts)" -gt 100 ] || fail "hardly anything was asked for: $(tr '\n' ' ' <ours.counts)"
ok "it asked for $(head -1 ours.counts) blocks, a real server for $(head -1 theirs.counts)"
cluster_sql ours "select pg_stat_reset_shared('recovery_prefetch')" >/dev/null
assert_eq "$(cluster_sql ours "select prefetch + hit + skip_rep from pg_stat_recovery_prefetch")" 0 "the counts begin anew"

cluster_adopt off "$TEST_DIR/ours.off" "${options[@]}"
cluster_set off "recovery_prefetch = off"
cluster_start off
assert_eq "$(cluster_sql off "select sum(delta), count(*) from pgbench_history")" "$(cat ours.sums)" "all is there without looking ahead"
assert_eq "$(cluster_sql off "select prefetch + hit + skip_rep from pg_stat_recovery_prefetch")" 0 "and nothing was looked at"
