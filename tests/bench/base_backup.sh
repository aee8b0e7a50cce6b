#!/usr/bin/env bash
# base_backup.sh - pgbasebackup and pg_basebackup side by side, seconds of each and their ratio
#
# Rounds alternate between the two, so that what else the machine does meets both. The cluster has
# HOLDFAST_BENCH_MB megabytes in one table (default 1000) and HOLDFAST_BENCH_TABLES small ones (1000).
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
ROUNDS=${HOLDFAST_BENCH_ROUNDS:-5}
OURS=${HOLDFAST_BIN:-$TOP_SRCDIR/bin}/pgbasebackup
cluster_init main --set 'max_wal_size = 8GB' --set 'shared_buffers = 256MB'
cluster_start main
THEIRS=$(cluster_tool main pg_basebackup)
cluster_sql main "create unlogged table big as
    select g, md5(g::text) || repeat('y', 900) as filler
    from generate_series(1, ${HOLDFAST_BENCH_MB:-1000} * 1000) g;
    alter table big set logged"
for ((i = 0; i < ${HOLDFAST_BENCH_TABLES:-1000}; i++)); do
    echo "create table small_$i as select $i as x;"
done | cluster_sql main "$(cat)"
cluster_sql main "checkpoint"

# seconds PROGRAM OPTION...: how long one backup takes, in milliseconds.
milliseconds()
{
    local began
    rm -rf copy
    sync
    began=$EPOCHREALTIME
    cluster_run main "$@" -D copy --checkpoint=fast
    echo $(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
}

median()
{
    printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# compare OPTION...
compare()
{
    local theirs=() ours=() round a b
    for ((round = 0; round < ROUNDS; round++)); do
        theirs+=("$(milliseconds "$THEIRS" "$@")")
        ours+=("$(milliseconds "$OURS" "$@")")
    done
    a=$(median "${theirs[@]}") b=$(median "${ours[@]}")
    printf '%-34s pg_basebackup %6d ms, pgbasebackup %6d ms, ratio %d.%02d  (%s | %s)\n' "$*" \
        "$a" "$b" $((a / b)) $((a * 100 / b % 100)) "${theirs[*]}" "${ours[*]}"
}

compare
compare --no-sync
compare -X fetch
compare -Ft
compare -Ft -Z gzip:1
compare -Z server-zstd:1
