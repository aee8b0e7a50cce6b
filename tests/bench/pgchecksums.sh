#!/usr/bin/env bash
# pgchecksums.sh - pgchecksums and pg_checksums side by side, on a cluster of HOLDFAST_BENCH_MB megabytes (1000)
. "$(dirname "$0")/../lib/cluster.sh"
. "$TEST_LIB/bench.sh"

cluster_require 15
cluster_init main --set 'max_wal_size = 8GB' --set 'wal_level = minimal' --set 'max_wal_senders = 0'
cluster_start main
cluster_sql main "create table big as
    select g, md5(g::text) || repeat('y', 900) as filler
    from generate_series(1, ${HOLDFAST_BENCH_MB:-1000} * 1000) g"
cluster_stop main
data=$(cluster_dir main)
tool=$(cluster_tool main pg_checksums)

theirs() { as_owner "$tool" --check -D "$data"; }
ours() { as_owner "$HOLDFAST_BIN/pgchecksums" --check -D "$data"; }
ours_alone() { as_owner "$HOLDFAST_BIN/pgchecksums" --check -j 1 -D "$data"; }

bench_compare "pgchecksums --check, cached" theirs ours
bench_compare "pgchecksums --check -j 1, cached" theirs ours_alone
