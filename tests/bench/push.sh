#!/usr/bin/env bash
# push.sh - CPU of one walarchive push, start to end: nothing to compress, an empty segment, a full one
#
# user + system time in milliseconds, medians; /bin/true stands for what a process costs by itself.
. "$(dirname "$0")/../lib/cluster.sh"
. "$TEST_LIB/bench.sh"

rounds=$((BENCH_ROUNDS * 8 + 1))

# cpu_us COMMAND...: user + system time of one run in microseconds.
cpu_us()
{
    { perf stat -x, -e task-clock "$@" >/dev/null; } 2>&1 | awk -F, '/task-clock/ { printf "%d\n", $1 * 1000 }'
}

# cpu WHAT COMMAND...: the median over all rounds; prepare runs before each.
cpu()
{
    local what=$1 times=() round
    shift
    for ((round = 0; round < rounds; round++)); do
        prepare
        times+=("$(cpu_us "$@")")
    done
    printf '%-44s %6d us CPU (median of %d)\n' "$what" "$(bench_median "${times[@]}")" "$rounds"
}

prepare() { :; }
empty_repo() { rm -rf "$TEST_DIR/fresh/main/wal"; }

command -v perf >/dev/null || skip "perf is not installed"
cluster_require 15
cluster_init main
cluster_archive_to main "$TEST_DIR/plain"
cluster_start main
cluster_sql main "create table t as select g, md5(g::text) from generate_series(1, 400000) g"
cluster_sql main "select pg_switch_wal()" >/dev/null
full=000000010000000000000002
cluster_wait_archived main "$full"
cluster_stop main
printf '1\t0/3000000\tno recovery target specified\n' >00000002.history
push=("$HOLDFAST_BIN/walarchive" push --repo "$TEST_DIR/fresh")

cpu "/bin/true" /bin/true
"${push[@]}" "plain/$full"
cpu "push of a timeline history" "${push[@]}" 00000002.history
cpu "push of a full segment that is there already" "${push[@]}" "plain/$full"
prepare() { empty_repo; }
cpu "push of a full segment, not compressed" "${push[@]}" -Z none "plain/$full"
cpu "push of a full segment, zstd:1" "${push[@]}" "plain/$full"
