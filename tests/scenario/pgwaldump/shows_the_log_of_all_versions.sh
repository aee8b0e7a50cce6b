#!/usr/bin/env bash
# shows_the_log_of_all_versions.sh - what SQL says was done stands in the log of 13 to 18
#
# There is no pg_waldump of those versions here, so the judge is the server: transaction numbers,
# commit times, file numbers, names and LSNs that SQL tells must be those of the records. Under a load
# that writes every kind of heap and transaction record, check_layout finds no byte left over.
. "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15
program=${HOLDFAST_BIN:?}/pgwaldump

sql()
{
    cluster_sql "c$major" "$1"
}

# dump WHERE-TO-START [option...]: to dump.out, up to the end of the log
dump()
{
    as_owner "$program" -p "$(cluster_dir "c$major")" -s "$@" >dump.out 2>dump.err || true
    grep -q "invalid record length at .*: wanted 24, got 0" dump.err ||
        fail "$major: the end of the log: $(cat dump.err)"
    ! grep -aE 'UNKNOWN|unexpected end|has no end' dump.out || fail "$major: records that do not fit"
}

# seen RMGR PATTERN WHAT: some record of that manager has it
seen()
{
    grep -aqE "^rmgr: $1 .*desc: $2" dump.out || fail "$major: no $1 record with $2"
    ok "$major: $3"
}

# 13 lacks a clause, none of these servers has lz4, and tablespaces in place are switched off.
run_load()
{
    local topic
    sql "create database workload"
    cluster_sql "c$major" "create extension pageinspect" -d workload
    session_open a "c$major" -d workload
    session_open b "c$major" -d workload
    mkdir -p "$TEST_DIR/tablespace$major"
    owner_path "$TEST_DIR/tablespace$major"
    for topic in xact heap heap2 storage; do
        cluster_sql_file "c$major" "$TOP_SRCDIR/tests/redo/workload/$topic.sql" -d workload \
            -v tablespace_dir="$TEST_DIR/tablespace$major" >load.out 2>&1 || true
        if grep -E '^(psql:.*)?(ERROR|FATAL|PANIC):' load.out |
            grep -vE 'method lz4 not supported|at or near "compression"|must be an absolute path'; then
            fail "$major: topic $topic"
        fi
    done
    session_close a
    session_close b
    [ "$major" -lt 15 ] || sql "create database copied strategy file_copy"
}

# check_layout KIND...: all of those were written, and all records are just as long as their kind
check_layout()
{
    local kind
    as_owner "$HOLDFAST_BUILD/tests/scenario/pgwaldump/check_layout" "$(cluster_dir "c$major")/pg_wal" \
        "$start" >layout.out 2>&1 || fail "$major: $(grep -vE '^[A-Z][A-Za-z0-9]+/.. [0-9]+$' layout.out | head -5)"
    for kind; do
        grep -q "^$kind " layout.out || fail "$major: no $kind among $(cut -d ' ' -f 1 layout.out | tr '\n' ' ')"
    done
    ok "$major: the layouts of $(wc -l <layout.out) kinds leave no byte over"
}

check_version()
{
    local start xid time table index path prepared other redo level="" relmap=512 create=CREATE
    cluster_init "c$major" --major "$major" --set "wal_level = logical" \
        --set "track_commit_timestamp = on" --set "max_prepared_transactions = 5" \
        --set "wal_keep_size = 1GB" --set "timezone = UTC" --set "autovacuum = off" --set "$1"
    cluster_start "c$major"
    start=$(sql "checkpoint; select pg_current_wal_insert_lsn()")

    note "$major: transactions, files, times"
    sql "create table t (id int primary key, v text)"
    table=$(sql "select pg_relation_filepath('t')")
    index=$(sql "select pg_relation_filepath('t_pkey')")
    xid=$(sql "begin; insert into t select i, 'x' from generate_series(1, 1000) i; savepoint a;
               insert into t values (0, 'sub'); select pg_current_xact_id()::xid; commit")
    time=$(sql "select to_char(pg_xact_commit_timestamp('$xid'::xid), 'YYYY-MM-DD HH24:MI:SS.US')")
    sql "begin; drop table t; prepare transaction 'the gid'"
    prepared=$(sql "select transaction from pg_prepared_xacts")
    sql "commit prepared 'the gid'"
    sql "begin; create table never (id int)"
    sql "select pg_create_restore_point('the point')"
    sql "select pg_logical_emit_message(true, 'the prefix', 'abc')"

    note "$major: rows and pages"
    sql "create table u (id int primary key, v text) with (fillfactor = 50)"
    sql "insert into u select i, 'x' from generate_series(1, 400) i"
    sql "update u set v = 'y' where id % 2 = 0"
    sql "update u set v = 'z' where id % 2 = 0"
    sql "delete from u where id <= 100"
    sql "vacuum (freeze, truncate) u"
    sql "truncate u"
    path=$(sql "select pg_relation_filepath('u')")
    sql "insert into u values (1, 'x'); select * from u for update; vacuum full pg_class"
    other=$(sql "create database other; select oid from pg_database where datname = 'other'")
    sql "drop database other"
    sql "checkpoint"
    redo=$(sql "select redo_lsn from pg_control_checkpoint()")
    [ "$major" -lt 15 ] || create=CREATE_WAL_LOG
    [ "$major" -lt 16 ] || relmap=524
    run_load
    cluster_stop "c$major"

    check_layout Transaction/{10,20,50,80,A0,B0,C0} Storage/{10,20} Database/{00,10} \
        Heap/{00,10,20,30,40,50,60,70,80,A0} Heap2/{00,10,20,30,40,50,70,D0}
    dump "$start"
    seen Storage "CREATE ${table}$" "the file of a table is made"
    seen Storage "CREATE ${index}$" "the file of an index is made"
    seen "Transaction .*tx: +$xid," "COMMIT $time UTC; subxacts: [0-9]+$" \
        "transaction $xid committed at $time, with its child"
    seen Transaction "PREPARE gid the gid: .*rels\(commit\):.* $table" "a prepared drop names its files"
    seen Transaction "COMMIT_PREPARED $prepared: .*rels:.* $table" "and its commit, by its own xid"
    seen XLOG "RESTORE_POINT the point" "the restore point"
    seen LogicalMessage 'MESSAGE transactional, prefix "the prefix"; payload \(3 bytes\): 61 62 63' \
        "the message"
    seen Storage "CREATE ${path}$" "the new file of a truncated table"
    if [ "$major" -le 15 ]; then
        seen Heap "HOT_UPDATE off [0-9]+ xmax [0-9]+ flags 0x" "updates in place"
        seen Heap "DELETE off [0-9]+ flags 0x[0-9A-F]+ KEYS_UPDATED" "deletes"
        seen Heap "LOCK off 1: xid [0-9]+: flags 0x00 LOCK_ONLY EXCL_LOCK" "row locks"
        seen Heap2 "VISIBLE cutoff xid [0-9]+ flags 0x0[1-3]" "visibility"
    else
        seen Heap "HOT_UPDATE old_xmax: [0-9]+, old_off: [0-9]+, old_infobits: " "updates in place"
        seen Heap "DELETE xmax: [0-9]+, off: [0-9]+, infobits: \[KEYS_UPDATED\]" "deletes"
        seen Heap "LOCK xmax: [0-9]+, off: 1, infobits: \[LOCK_ONLY, EXCL_LOCK" "row locks"
        seen Heap2 "VISIBLE snapshotConflictHorizon: [0-9]+, flags: 0x0[1-7]" "visibility"
    fi
    case $major in
        13) seen Heap2 "CLEAN latestRemovedXid [0-9]+ nredirected [0-9]+ ndead 100" "dead rows" ;;
        14 | 15) seen Heap2 "PRUNE latestRemovedXid [0-9]+ nredirected [0-9]+ ndead 100" "dead rows" ;;
        16) seen Heap2 "PRUNE snapshotConflictHorizon: [0-9]+, nredirected: [0-9]+, ndead: 100" \
            "dead rows" ;;
        *) seen Heap2 "PRUNE_VACUUM_SCAN snapshotConflictHorizon: [0-9]+, .*ndead: 100," "dead rows" ;;
    esac
    seen RelMap "UPDATE database [0-9]+ tablespace 1663 size $relmap" "the relation map"
    seen Database "$create (copy dir [0-9]+/[0-9]+ to|create dir) 1663/$other" "a database is made"
    seen Database "DROP dir 1663/$other" "and dropped"
    [ "$major" -lt 17 ] || level="wal_level logical; "
    seen XLOG "CHECKPOINT_ONLINE redo $redo; tli 1; prev tli 1; fpw true; ${level}xid .*; online" \
        "the checkpoint's redo is what pg_control says"
    [ "$major" -lt 17 ] || seen XLOG "CHECKPOINT_REDO wal_level logical" "where redo begins is marked"
}

for major in 13 14 15 16 17 18; do
    if ! cluster_find_bin "$major" >/dev/null; then
        echo "SKIP: needs PostgreSQL $major: set HOLDFAST_TEST_PG_$major to its directory"
        continue
    fi
    # Images that are compressed have their own header, other in 15 and later than before.
    check_version "wal_compression = on"
done
