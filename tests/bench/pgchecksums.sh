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

# To switch on has to write all pages, and to sync them: each round does it to a new copy.
cluster_init none --no-checksums --set 'max_wal_size = 8GB' --set 'wal_level = minimal' --set 'max_wal_senders = 0'
cluster_start none
cluster_sql none "create table big as
    select g, md5(g::text) || repeat('y', 900) as filler
    from generate_series(1, ${HOLDFAST_BENCH_MB:-1000} * 1000) g"
cluster_stop none
copy=$TEST_DIR/copy

copy_anew()
{
    rm -rf "$copy"
    cp -a "$(cluster_dir none)" "$copy"
    sync
}

theirs_enable() { as_owner "$tool" --enable -D "$copy"; }
ours_enable() { as_owner "$HOLDFAST_BIN/pgchecksums" --enable -D "$copy"; }
theirs_enable_only() { as_owner "$tool" --enable --no-sync -D "$copy"; }
ours_enable_only() { as_owner "$HOLDFAST_BIN/pgchecksums" --enable --no-sync -D "$copy"; }

BENCH_BEFORE=copy_anew
bench_compare "pgchecksums --enable" theirs_enable ours_enable
bench_compare "pgchecksums --enable --no-sync" theirs_enable_only ours_enable_only
