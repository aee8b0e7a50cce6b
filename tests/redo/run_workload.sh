#!/usr/bin/env bash
# run_workload.sh - make a real PostgreSQL 15 write every kind of WAL record that it can be made to
#
#   run_workload.sh [option...] DIR
#
# Leaves in DIR (made here): data/, a cluster that was shut down, with all WAL since its making in
# data/pg_wal; log, what the server said; kinds, which records were met (list_kinds.sh). With
# wal_consistency_checking, records carry the pages as they are after them.
#
#   --base-copy DIR2    also copy the cluster as it was before the topics: replaying data/pg_wal over
#                       it gives data (DIR/tablespace, empty, has to stay for that)
#   --compression HOW   wal_compression: off (default), pglz, lz4, zstd
#   --wal-segsize MB    16 by default
#   --set 'a = b'       a line of postgresql.conf; no verdict on kinds, nor with the following
#   --no-checksums      then heap pages that become all-visible are not logged, nor hint bits
#   --topics "NAME..."  only these files of workload/, in the given order
#   --single-timeline   leave out the promotion at the end
set -u

redo_dir=$(cd "$(dirname "$0")" && pwd -P)
WORKLOAD_DIR=$redo_dir/workload
topics="xids freeze xact heap heap2 heap_concurrent storage btree hash gin gist spgist brin generic
    xlog no_fpw replica parameters crash timeline"
options=()
dir="" base_copy="" compression=off segsize=16 chosen=""

usage()
{
    sed -n '/^#  *run_workload.sh/,/^$/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
        --base-copy) base_copy=$(realpath -m "${2:?}") && shift ;;
        --compression) compression=${2:?} && shift ;;
        --wal-segsize) segsize=${2:?} && shift ;;
        --set) options+=("$1" "${2:?}") && chosen=yes && shift ;;
        --no-checksums) options+=("$1") && chosen=yes ;;
        --topics) topics=${2:?} && chosen=yes && shift ;;
        --single-timeline) topics=${topics/timeline/} && chosen=yes ;;
        -*) usage ;;
        *)
            [ -z "$dir" ] || usage
            dir=$(realpath -m "$1")
            ;;
    esac
    shift
done
[ -n "$dir" ] || usage

# shellcheck source=tests/lib/cluster.sh
. "$redo_dir/../lib/cluster.sh"

make_directory()
{
    mkdir -p "$1"
    [ -z "$(ls -A "$1")" ] || fail "$1 is not empty"
    owner_path "$1"
}

# Everything logged and kept; nothing happens by the clock.
make_cluster()
{
    cluster_init main --data "$dir/data" --wal-segsize "$segsize" \
        --set "wal_level = logical" --set "wal_consistency_checking = 'all'" \
        --set "wal_compression = $compression" --set "wal_keep_size = '64GB'" \
        --set "max_wal_size = '64GB'" --set "checkpoint_timeout = '1d'" \
        --set "autovacuum = off" --set "track_commit_timestamp = on" \
        --set "max_prepared_transactions = 10" --set "max_parallel_workers = 0" \
        --set "bgwriter_lru_maxpages = 0" --set "jit = off" --set "log_checkpoints = off" \
        --set "client_min_messages = warning" --set "allow_in_place_tablespaces = on" \
        ${options[@]+"${options[@]}"}
}

# Let the counters of transactions and multixacts begin shortly before the end of a page of the
# logs that they index, instead of burning a million of them: 32768 transactions to a page of
# pg_xact and 32 pages to a file; 2048 and 1636 multixacts and members to a page.
age_cluster()
{
    local data=$dir/data
    as_owner truncate -s $((32 * 8192)) "$data/pg_xact/0000"
    cluster_run main pg_resetwal -D "$data" -x $((32 * 32768 - 2000)) -m 1900,1900 -O 1400 \
        >"$TEST_DIR/resetwal.log"
}

run_minimal_phase()
{
    cluster_start main -c wal_level=minimal -c max_wal_senders=0
    cluster_sql main "create database workload"
    cluster_sql_file main "$WORKLOAD_DIR/minimal.sql" -d workload >/dev/null
    cluster_stop main
}

# The start at the level of the topics is what lets the cluster be replayed from here on.
prepare_database()
{
    local extension
    cluster_start main
    for extension in bloom btree_gist intarray pg_trgm pageinspect; do
        cluster_sql main "create extension $extension" -d workload
    done
    cluster_stop main
}

copy_base()
{
    make_directory "$base_copy"
    as_owner cp -a "$dir/data/." "$base_copy/"
    chmod 700 "$base_copy"
}

run_topic()
{
    local begun=${EPOCHREALTIME/./} lsn
    lsn=$(cluster_lsn main)
    if [ -f "$WORKLOAD_DIR/$1.sh" ]; then
        # shellcheck disable=SC1090
        . "$WORKLOAD_DIR/$1.sh" >>"$dir/output"
    else
        cluster_sql_file main "$WORKLOAD_DIR/$1.sql" -d workload \
            -v tablespace_dir="$dir/tablespace" >>"$dir/output"
    fi
    # psql does not end a session at an error, nor may one go unseen.
    ! grep -E -m 3 '^(psql:.*)?(ERROR|FATAL|PANIC):' "$dir/output" ||
        fail "errors in topic $1: see $dir/output"
    note "$(printf '%-16s %6d ms  %8s of WAL' "$1" $(((${EPOCHREALTIME/./} - begun) / 1000)) \
        "$(cluster_sql main "select pg_size_pretty('$(cluster_lsn main)'::pg_lsn - '$lsn'::pg_lsn)")")"
}

cluster_require 15
make_directory "$dir"
as_owner mkdir "$dir/tablespace"
at_end cp "$TEST_DIR/main/log" "$dir/log"
make_cluster
age_cluster
run_minimal_phase
prepare_database
[ -z "$base_copy" ] || copy_base
cluster_start main
session_open a main -d workload
session_open b main -d workload
for topic in $topics; do
    run_topic "$topic"
done
cluster_stop main
note "$(du -sm "$dir/data/pg_wal" | cut -f 1) MiB of WAL in all"

# A choice of topics reaches a choice of kinds only, which is no failure.
"$redo_dir/list_kinds.sh" "$dir/data" >"$dir/kinds" 2>&1 || [ -n "$chosen" ] ||
    fail "$(grep -E 'though|not in the table' "$dir/kinds" || tail -3 "$dir/kinds")"
note "$(tail -1 "$dir/kinds"); those not met:"
grep 'not seen' "$dir/kinds" || true
