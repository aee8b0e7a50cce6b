#!/usr/bin/env bash
# records_read_as_in_pg_walinspect.sh - every record of 16, 17 and 18, as the server itself tells it
#
# pg_walinspect is the extension by which a server describes its own log. Kind, lengths, transaction
# and description of each record must be those that it gives, but for the records of index methods,
# of which the description is left out.
. "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15
program=${HOLDFAST_BIN:?}/pgwaldump
workload=$TOP_SRCDIR/tests/redo/workload

sql()
{
    cluster_sql "$name" "$@"
}

# How psql tells of a server that was built without lz4, which is no error of the load.
run_topic()
{
    cluster_sql_file "$name" "$workload/$1.sql" -d workload -v tablespace_dir="$TEST_DIR/tablespace" \
        >"$1.out" 2>&1 || true
    if grep -E '^(psql:.*)?(ERROR|FATAL|PANIC):' "$1.out" | grep -v 'compression method lz4 not supported'; then
        fail "$major: topic $1"
    fi
}

run_load()
{
    local topic
    sql "create database workload"
    sql "create extension pageinspect" -d workload
    session_open a "$name" -d workload
    session_open b "$name" -d workload
    for topic in xact heap heap2 storage; do
        run_topic "$topic"
    done
    # Enough transactions for another page of their status.
    sql "create table burnt (i int)" -d workload
    sql "do 'begin for i in 1..33000 loop insert into burnt values (i); commit; end loop; end'" -d workload
    session_run a "select pg_backup_start('a backup', true)" >/dev/null
    sql "create database copied strategy file_copy"
    sql "drop database copied; select pg_create_restore_point('a restore point')" >/dev/null
    session_run a "select length(labelfile) from pg_backup_stop(false)" >/dev/null
    session_close a
    session_close b
    sql "select pg_switch_wal(); checkpoint" >/dev/null

    # Without full pages records carry all of their data; the checkpointer logs the change.
    switch_full_pages off
    for topic in heap2 heap; do
        sql "drop database workload" && sql "create database workload"
        sql "create extension pageinspect" -d workload
        run_topic "$topic"
    done
    switch_full_pages on
    cluster_restart "$name" -c max_connections=90 -c wal_log_hints=on
    cluster_restart "$name"
}

switch_full_pages()
{
    sql "alter system set full_page_writes = $1"
    sql "select pg_reload_conf()" >/dev/null
    cluster_wait_sql "$name" "select current_setting('full_page_writes') = '$1'"
    sql "checkpoint"
}

# compare_from LSN TIMELINE: all from there to what is on disk now
compare_from()
{
    local end
    end=$(sql "select pg_current_wal_flush_lsn()")
    sql "select format('%s %s %s %s/%s %s', start_lsn, resource_manager, xid, record_length - fpi_length,
            record_length, rtrim(format('%s %s', record_type, description)))
        from pg_get_wal_records_info('$1', '$end')" >theirs.out
    TZ=UTC as_owner "$program" -b -t "$2" -p "$(cluster_dir "$name")" -s "$1" -e "$end" >lines.out
    # Our times are those of pg_waldump, which prints all of their digits and the name of the zone.
    sed -nE 's|^rmgr: (\S+) +len \(rec/tot\): +([0-9]+)/ *([0-9]+), tx: +([0-9]+), lsn: ([0-9A-F]+)/0*([0-9A-F]+), .* desc: (.*)$|\5/\6 \1 \4 \2/\3 \7|p' \
        lines.out | sed -E 's/ +$//; s/(:[0-9]{2}\.[0-9]{6}) UTC/\1+00/g; s/(\.[0-9]*[1-9])0+\+00/\1+00/g; s/\.0+\+00/+00/g' >ours.out
    if ! diff <(without_indexes <theirs.out) <(without_indexes <ours.out) >differences; then
        fail "$major: $(grep -c '^<' differences) records differ: $(head -8 differences)"
    fi
    cat ours.out >>all.out
}

# The description is left out, and the kind stays.
without_indexes()
{
    sed -E 's/^(\S+ (Btree|Hash|Gin|Gist|SPGist|BRIN) \S+ \S+ \S+).*/\1/'
}

check_version()
{
    local name=c$major start switch
    cluster_init "$name" --major "$major" --set "wal_level = logical" \
        --set "track_commit_timestamp = on" --set "max_prepared_transactions = 5" \
        --set "wal_keep_size = 1GB" --set "timezone = UTC" --set "autovacuum = off" \
        --set "allow_in_place_tablespaces = on" --set "$1"
    cluster_start "$name"
    if [ -z "$(sql "select 1 from pg_available_extensions where name = 'pg_walinspect'")" ]; then
        echo "SKIP: PostgreSQL $major has no pg_walinspect here"
        return
    fi
    sql "create extension pg_walinspect"
    start=$(sql "checkpoint; select pg_current_wal_insert_lsn()")
    mkdir -p "$TEST_DIR/tablespace"
    owner_path "$TEST_DIR/tablespace"
    run_load
    : >all.out
    compare_from "$start" 1

    cluster_stop "$name"
    as_owner touch "$(cluster_dir "$name")/standby.signal"
    cluster_start "$name"
    cluster_promote "$name"
    sql "create table on_timeline_2 as select 1 as x; checkpoint"
    switch=$(sed -n 's|^1\t\(\S*\)\t.*|\1|p' "$(cluster_dir "$name")/pg_wal/00000002.history")
    compare_from "$switch" 2
    cluster_stop "$name"

    # What is not there proves nothing.
    for kind in $2; do
        grep -qE "^\S+ ${kind%%/*} \S+ \S+ ${kind#*/}( |\$)" all.out || fail "$major: no $kind was written"
    done
    ok "$major, $1: $(wc -l <all.out) records of $(cut -d ' ' -f 2,5 all.out | sort -u | wc -l) kinds"
}

always="XLOG/CHECKPOINT_SHUTDOWN XLOG/CHECKPOINT_ONLINE XLOG/NEXTOID XLOG/SWITCH XLOG/BACKUP_END
    XLOG/PARAMETER_CHANGE XLOG/RESTORE_POINT XLOG/FPW_CHANGE XLOG/END_OF_RECOVERY XLOG/FPI
    XLOG/FPI_FOR_HINT Transaction/COMMIT Transaction/ABORT Transaction/PREPARE
    Transaction/COMMIT_PREPARED Transaction/ABORT_PREPARED Transaction/ASSIGNMENT
    Transaction/INVALIDATION Storage/CREATE Storage/TRUNCATE Database/CREATE_FILE_COPY
    Database/CREATE_WAL_LOG Database/DROP Heap/INSERT Heap/INSERT\+INIT Heap/DELETE Heap/UPDATE
    Heap/UPDATE\+INIT Heap/HOT_UPDATE Heap/TRUNCATE Heap/HEAP_CONFIRM Heap/LOCK Heap/INPLACE
    CLOG/ZEROPAGE CommitTs/ZEROPAGE MultiXact/CREATE_ID Standby/RUNNING_XACTS Standby/LOCK RelMap/UPDATE
    Heap2/MULTI_INSERT Heap2/MULTI_INSERT\+INIT Heap2/NEW_CID Heap2/REWRITE Heap2/VISIBLE"
to_16="Heap2/PRUNE Heap2/VACUUM Heap2/FREEZE_PAGE"
from_17="XLOG/CHECKPOINT_REDO Heap2/PRUNE_ON_ACCESS Heap2/PRUNE_VACUUM_SCAN Heap2/PRUNE_VACUUM_CLEANUP"

for major in 16 17 18; do
    if ! cluster_find_bin "$major" >/dev/null; then
        echo "SKIP: needs PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        continue
    fi
    if [ "$major" -lt 17 ]; then
        check_version "wal_compression = off" "$always $to_16"
    else
        check_version "wal_compression = off" "$always $from_17"
    fi
done
