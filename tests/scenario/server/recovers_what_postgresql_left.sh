#!/usr/bin/env bash
# recovers_what_postgresql_left.sh - pgserver and real PostgreSQL recover the same crashed cluster to the same bytes
#
# HOLDFAST_TEST_CRASHES rounds (3; with HOLDFAST_WORLD 20), each killed at another moment of a load of pgbench and DDL.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/../../redo/rebuild.sh"

cluster_require 15
crashes=${HOLDFAST_TEST_CRASHES:-${HOLDFAST_WORLD:+20}}
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_TEST_CRASHES=${crashes:=3}"

cluster_init main "${rebuild_settings[@]}" --set "autovacuum = off" --set "checkpoint_timeout = '1d'"
cluster_start main
cluster_run main pgbench -i -q -s 2 postgres >pgbench.log 2>&1 || fail "pgbench -i: $(tail -3 pgbench.log)"

ddl()
{
    local n=0
    while cluster_psql main -q -v ON_ERROR_STOP=1 >/dev/null 2>&1 <<END; do n=$((n + 1)); done
create table d$1_$n (i int primary key, t text, x point);
create index on d$1_$n using gist (x);
create index on d$1_$n using hash (t);
insert into d$1_$n select g, repeat(g::text, 200), point(g, g) from generate_series(1, 500) g;
create unlogged table u$1_$n as select g from generate_series(1, 100) g;
update d$1_$n set t = 'new' where i % 7 = 0;
begin; insert into d$1_$n values (-1); savepoint a; insert into d$1_$n values (-2); rollback to a; commit;
delete from d$1_$n where i > 300; vacuum (truncate on) d$1_$n; truncate u$1_$n;
select 1 from d$1_$n for share;
drop table if exists d$1_$((n - 2)), u$1_$((n - 1));
$([ $((n % 3)) != 1 ] || echo "create database b$1_$n strategy wal_log;")
$([ $((n % 3)) != 2 ] || echo "create database c$1_$n strategy file_copy; drop database if exists b$1_$((n - 1));")
END
}

for ((round = 1; round <= crashes; round++)); do
    (cluster_run main pgbench -n -c 4 -T 60 postgres >/dev/null 2>&1 || true) &
    load=$!
    (ddl $round) &
    other=$!
    sleep $((1 + RANDOM % 3)).$((RANDOM % 10))
    cluster_kill main
    wait $load $other 2>/dev/null || true

    rm -rf one
    mkdir one
    cp -a "$(cluster_dir main)" one/data
    owner_path one
    : >one.log
    cluster_adopt "ours$round" "$TEST_DIR/one/data" --bin "$(server_bin)"
    cluster_start "ours$round"
    cluster_stop "ours$round"
    cluster_start main
    cluster_stop main
    for side in one main; do
        cluster_run main pg_controldata "$TEST_DIR/$side/data" | grep '^Latest' >"$side.control"
    done
    diff main.control one.control >control.diff || fail "pg_controldata differs: $(cat control.diff)"
    rebuild_judge one main -c -e
    ok "crash $round: ours recovered it to the bytes of the real server"
    cluster_start main
done

cluster_stop main
cluster_adopt final "$TEST_DIR/one/data"
cluster_start final
assert_eq "$(cluster_sql final "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)
    and (select sum(tbalance) from pgbench_tellers) = (select sum(bbalance) from pgbench_branches)")" t \
    "what was recovered adds up"
cluster_run final pg_amcheck --all --install-missing --heapallindexed >amcheck.log 2>&1 ||
    fail "pg_amcheck: $(tail -5 amcheck.log)"
ok "tables and indexes are right"
