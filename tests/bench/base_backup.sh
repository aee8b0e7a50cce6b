#!/usr/bin/env bash
# base_backup.sh - pgbasebackup and pg_basebackup side by side
#
# The cluster has HOLDFAST_BENCH_MB megabytes in one table (1000) and HOLDFAST_BENCH_TABLES small ones (1000). With
# HOLDFAST_BENCH_OPTIONS those options alone are measured.
. "$(dirname "$0")/../lib/cluster.sh"
. "$TEST_LIB/bench.sh"

cluster_require 15
cluster_init main --set 'max_wal_size = 8GB' --set 'shared_buffers = 256MB'
cluster_start main
tool=$(cluster_tool main pg_basebackup)
cluster_sql main "create unlogged table big as
    select g, md5(g::text) || repeat('y', 900) as filler
    from generate_series(1, ${HOLDFAST_BENCH_MB:-1000} * 1000) g;
    alter table big set logged"
for ((i = 0; i < ${HOLDFAST_BENCH_TABLES:-1000}; i++)); do
    echo "create table small_$i as select $i as x;"
done | cluster_sql main "$(cat)"
cluster_sql main "checkpoint"

# Each backup begins with nothing of the one before, on disk or still on its way there.
remove_copy()
{
    rm -rf "$TEST_DIR/copy"
    sync
}

theirs() { cluster_run main "$tool" -D "$TEST_DIR/copy" --checkpoint=fast "${options[@]}"; }
ours() { cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/copy" --checkpoint=fast "${options[@]}"; }

BENCH_BEFORE=remove_copy
if [ -n "${HOLDFAST_BENCH_OPTIONS+x}" ]; then
    measured=("$HOLDFAST_BENCH_OPTIONS")
else
    measured=("" "--no-sync" "-X fetch" "-Ft" "-Ft -Z gzip:1" "-Z server-zstd:1")
fi
for words in "${measured[@]}"; do
    read -ra options <<<"$words"
    bench_compare "pgbasebackup $words" theirs ours
done
