#!/usr/bin/env bash
# pgwaldump.sh - pgwaldump and pg_waldump side by side, on the WAL of pgbench and of bulk loads
. "$(dirname "$0")/../lib/cluster.sh"
. "$TEST_LIB/bench.sh"

cluster_require 15
cluster_init main --set 'max_wal_size = 8GB' --set 'wal_keep_size = 8GB' --set 'synchronous_commit = off'
cluster_start main
cluster_run main pgbench -i -s 10 -q postgres >/dev/null 2>&1
cluster_run main pgbench -c 4 -t "${HOLDFAST_BENCH_TRANSACTIONS:-60000}" -n postgres >/dev/null 2>&1
last=$(cluster_sql main "select pg_walfile_name(pg_switch_wal())")
cluster_stop main
wal=$(cluster_dir main)/pg_wal
first=000000010000000000000001
tool=$(cluster_tool main pg_waldump)
note "$((16 * (16#${last:16} - 16#${first:16} + 1))) MB of WAL"

theirs() { as_owner "$tool" -p "$wal" "$first" "$last" || true; }
ours() { as_owner "$HOLDFAST_BIN/pgwaldump" -p "$wal" "$first" "$last" || true; }
theirs_sums() { as_owner "$tool" --stats -p "$wal" "$first" "$last" || true; }
ours_sums() { as_owner "$HOLDFAST_BIN/pgwaldump" --stats -p "$wal" "$first" "$last" || true; }
theirs_stats() { as_owner "$tool" --stats=record -p "$wal" "$first" "$last" || true; }
ours_stats() { as_owner "$HOLDFAST_BIN/pgwaldump" --stats=record -p "$wal" "$first" "$last" || true; }
theirs_blocks() { as_owner "$tool" -b -p "$wal" "$first" "$last" || true; }
ours_blocks() { as_owner "$HOLDFAST_BIN/pgwaldump" -b -p "$wal" "$first" "$last" || true; }

# Only what gives the same text may be compared.
theirs >theirs.out
ours >ours.out
cmp theirs.out ours.out || fail "the outputs differ"
note "$(wc -l <ours.out) records"

bench_compare "pgwaldump" theirs ours
bench_compare "pgwaldump --stats" theirs_sums ours_sums
bench_compare "pgwaldump --stats=record" theirs_stats ours_stats
bench_compare "pgwaldump -b" theirs_blocks ours_blocks
