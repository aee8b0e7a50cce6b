#!/bin/bash
# ends_of_transactions_are_logged_alike.sh - commit and abort records of ours are those of a real server, byte for byte
#
# A real server runs transactions of many shapes. transaction_records takes what it logged of their ends apart, and
# makes it again with the functions that log ours.
source "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15

# many_savepoints N: statements for one transaction with N subtransactions that write.
many_savepoints()
{
    local i
    for ((i = 0; i < $1; i++)); do
        echo "savepoint s; insert into t values ($i);"
    done
}

# run_workload CLUSTER
run_workload()
{
    cluster_psql "$1" -q -v ON_ERROR_STOP=1 >/dev/null <<END
create table t (i int primary key, x text);
insert into t values (-1, 'x');
begin; insert into t values (-2); rollback;
begin; create table gone (i int, x text); insert into gone values (1); rollback;
create table dropped (i serial primary key, x text);
insert into dropped select 1;
drop table dropped;
truncate t;
vacuum full t;
begin; lock table t in access exclusive mode; insert into t values (-3); rollback;
begin; $(many_savepoints 3) commit;
begin; delete from t; $(many_savepoints 200) commit;
begin; delete from t; savepoint a; create table sub (i int); insert into sub values (1); rollback to a; commit;
begin; delete from t; $(many_savepoints 70) rollback;
set synchronous_commit = remote_apply;
insert into t values (-4);
set synchronous_commit = on;
alter table t add column y int default random();
create database other;
drop database other;
select pg_replication_origin_create('elsewhere');
select pg_replication_origin_session_setup('elsewhere');
begin; select pg_replication_origin_xact_setup('7/77', '2001-02-03 04:05:06'); insert into t values (-5); commit;
begin; insert into t values (-6); rollback;
select pg_replication_origin_session_reset();
END
}

# run_prepared CLUSTER
run_prepared()
{
    cluster_psql "$1" -q -v ON_ERROR_STOP=1 >/dev/null <<END
begin; insert into t values (-10); prepare transaction 'a';
begin; create table p (i int); savepoint s; insert into p values (1); prepare transaction 'a longer name';
begin; insert into t values (-11); savepoint s; insert into t values (-12); prepare transaction 'c';
commit prepared 'a';
commit prepared 'a longer name';
rollback prepared 'c';
begin; drop table p; prepare transaction 'd';
commit prepared 'd';
begin; create table q (i int); prepare transaction 'e';
rollback prepared 'e';
END
}

# check LEVEL: what a server at that wal_level logs.
check()
{
    local start line
    cluster_init "$1"
    cluster_set "$1" "wal_level = $1" "max_prepared_transactions = 10" "autovacuum = off"
    cluster_start "$1"
    # What initdb logged was at a level of its own.
    start=$(cluster_sql "$1" "select (pg_current_wal_lsn() - '0/0')::bigint")
    run_workload "$1"
    run_prepared "$1"
    cluster_stop "$1"
    mkdir "made.$1"
    "$HOLDFAST_BUILD/tests/scenario/server/transaction_records" "$(cluster_dir "$1")/pg_wal" "$start" \
        "$TEST_DIR/made.$1" "$1" >check.log 2>&1 || fail "$(cat check.log)"
    while read -r line; do
        note "$line"
    done <check.log
    ok "$(tail -1 check.log), at wal_level $1"
}

check replica
check logical
