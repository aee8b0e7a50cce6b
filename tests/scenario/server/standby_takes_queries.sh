#!/usr/bin/env bash
# standby_takes_queries.sh - a standby of ours follows the archive of a real server, and answers meanwhile
#
# Read-only statements, what they may not do, pauses, conflicts, promotion: both servers say the same.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
archive=$TEST_DIR/archive

cluster_init primary --wal-segsize 1 --set "autovacuum = off"
cluster_archive_to primary "$archive"
cluster_start primary
cluster_sql primary "create table t (id int primary key, v text); insert into t select n, 'v' || n from generate_series(1, 1000) n"
mkdir base
owner_path base
cluster_run primary pg_basebackup --pgdata="$TEST_DIR/base/data" --no-sync --checkpoint=fast --wal-method=none >/dev/null 2>&1
rm -f base/data/postmaster.*

for side in theirs ours; do
    mkdir -p $side
    cp -a base/data $side/data
    options=()
    [ $side = theirs ] || options=(--bin "$(server_bin)")
    cluster_adopt $side "$TEST_DIR/$side/data" "${options[@]}"
    cluster_set $side "archive_mode = off" "log_min_messages = info" "restore_command = 'cp $archive/%f %p 2>/dev/null'" \
        "hot_standby = on" "wal_retrieve_retry_interval = 100ms" "max_standby_archive_delay = 300ms"
    as_owner touch $side/data/standby.signal
done

# both WHAT SQL: the same answer, SQLSTATE included
both()
{
    local side
    for side in theirs ours; do
        cluster_psql $side -A -t -q -v VERBOSITY=verbose <<<"$2" 2>&1 | grep -v '^LOCATION' >"$side.answer" || true
    done
    diff -u theirs.answer ours.answer || fail "$1"
    ok "$1: $(head -3 ours.answer | tr '\n' ' ')"
}

# what the primary has is replayed on both
follow()
{
    local lsn side
    lsn=$(cluster_sql primary "select pg_switch_wal()")
    for side in theirs ours; do
        cluster_wait_replay $side "$lsn"
    done
}

cluster_sql primary "insert into t values (1001, 'later'); select pg_switch_wal()" >/dev/null
for side in theirs ours; do
    cluster_start $side
done
follow
both "rows" "select count(*), max(v) from t"
both "is in recovery" "select pg_is_in_recovery(), pg_is_wal_replay_paused(), pg_get_wal_replay_pause_state(); show in_hot_standby; show transaction_read_only"
both "writes" "insert into t values (1, 'x'); delete from t; create table u (a int); truncate t; vacuum t; select nextval('nowhere')"
both "what recovery forbids" "begin read write; commit; begin; set transaction read write; rollback; begin isolation level serializable; select 1; rollback; lock table t in exclusive mode; begin; lock table t in exclusive mode; rollback; begin; lock t in row exclusive mode; rollback; select pg_current_xact_id(); select * from t for update; select pg_switch_wal(); select pg_create_restore_point('x'); create temp table x (a int); prepare transaction 'x'; analyze t; reindex table t; select pg_current_wal_lsn()"
both "functions with wrong arguments" "select pg_promote(true, 0); select pg_wal_replay_resume()"

# What began and has not ended is not seen, its children neither; nor what was rolled back.
cluster_psql primary -q >/dev/null <<SQL
begin; insert into t values (2001, 'a'); savepoint a; insert into t values (2002, 'b'); savepoint b; insert into t values (2003, 'c');
rollback to b; select pg_switch_wal(); savepoint c; insert into t values (2004, 'd'); commit;
begin; insert into t values (3001, 'never'); rollback;
do \$\$ begin for i in 1..200 loop begin insert into t values (4000 + i, 'sub'); exception when others then null; end; end loop; end \$\$;
SQL
follow
both "after subtransactions" "select count(*), max(id) from t; select * from t where id between 2000 and 4000 order by 1"

# DDL: caches follow
cluster_sql primary "alter table t add column w int default 7; create view tv as select id, w from t where id < 5; create index on t (v)"
follow
both "after DDL" "select * from tv order by 1; select v, w from t where v = 'v500'"

# Pause
for side in theirs ours; do
    cluster_sql $side "select pg_wal_replay_pause()"
    cluster_wait_sql $side "select pg_get_wal_replay_pause_state() = 'paused'"
done
cluster_sql primary "insert into t values (5001, 'paused'); select pg_switch_wal()" >/dev/null
both "while paused" "select count(*) from t where id = 5001; select pg_is_wal_replay_paused()"
for side in theirs ours; do
    cluster_sql $side "select pg_wal_replay_resume()"
done
follow
both "after that" "select count(*) from t where id = 5001; select pg_get_wal_replay_pause_state()"

readers=()
# Conflicts: a snapshot that rows are removed for, and a lock.
conflict()
{
    local side what=$1 sql=$2
    shift 2
    readers=()
    for side in theirs ours; do
        { echo "begin isolation level repeatable read; select count(*) from t;"
          echo "\\! touch $TEST_DIR/$side.holds"
          echo "\\! until [ -e $TEST_DIR/$side.go ]; do sleep 0.05; done"
          echo "select count(*) from t; rollback;"; } | cluster_psql $side -A -t -q -v VERBOSITY=verbose >"$side.held" 2>&1 &
        readers+=($!)
    done
    for side in theirs ours; do
        wait_until "a reader on $side" test -e "$TEST_DIR/$side.holds"
    done
    cluster_sql primary "$sql"
    follow_waits=$(cluster_sql primary "select pg_switch_wal()")
    for side in theirs ours; do
        cluster_wait_replay $side "$follow_waits"
        touch "$side.go"
    done
    wait "${readers[@]}" || true
    for side in theirs ours; do
        grep -v '^LOCATION\|^[0-9]*$' $side.held >$side.said || true
        rm -f $side.go $side.holds
    done
    diff -u theirs.said ours.said || fail "$what"
    ok "$what: $(head -3 ours.said | tr '\n' ' ')"
}
conflict "a snapshot in the way" "delete from t where id < 500; vacuum t"
conflict "a lock in the way" "alter table t add column x int"
readers=()

# A statement that runs is cancelled; the session stays.
for side in theirs ours; do
    { echo "begin isolation level repeatable read; select count(*) from t;"
      echo "\\! touch $TEST_DIR/$side.holds"
      echo "select pg_sleep(60);"
      echo "select 1; rollback; select 'still here';"; } | cluster_psql $side -A -t -q -v VERBOSITY=verbose >"$side.held" 2>&1 &
    readers+=($!)
done
for side in theirs ours; do
    wait_until "a reader on $side" test -e "$TEST_DIR/$side.holds"
done
cluster_sql primary "delete from t where id < 700; vacuum t"
follow
wait "${readers[@]}" || true
for side in theirs ours; do
    grep -v '^LOCATION\|^[0-9]*$' $side.held >$side.said || true
done
diff -u theirs.said ours.said || fail "a statement in the way"
ok "a statement in the way: $(head -2 ours.said | tr '\n' ' ')"

# Promotion
for side in theirs ours; do
    assert_eq "$(cluster_sql $side "select pg_promote()")" t "promotion of $side"
done
both "promoted" "select pg_is_in_recovery(); insert into t values (9001, 'new'); select count(*) from t; select timeline_id from pg_control_checkpoint(); select pg_promote()"
