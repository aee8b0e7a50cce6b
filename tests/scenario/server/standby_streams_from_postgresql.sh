#!/usr/bin/env bash
# standby_streams_from_postgresql.sh - a standby of ours follows a real primary under load
#
# Who reads from it meanwhile sees all of each transaction or nothing. After the primary's stop all files are equal, and
# the standby takes over.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/../../redo/rebuild.sh"

cluster_require 15
seconds=${HOLDFAST_WORLD:+60}
seconds=${seconds:-6}

cluster_init main "${rebuild_settings[@]}" --set "autovacuum = off"
cluster_start main
cluster_run main pgbench -i -q -s 2 postgres >init.log 2>&1 || fail "pgbench -i: $(tail -3 init.log)"
mkdir ours
owner_path ours
cluster_run main pg_basebackup --pgdata="$TEST_DIR/ours/data" --no-sync --checkpoint=fast --wal-method=stream >/dev/null 2>&1
cluster_adopt ours "$TEST_DIR/ours/data" --bin "$(server_bin)"
cluster_set ours "hot_standby = on" "max_standby_streaming_delay = -1" "wal_retrieve_retry_interval = 200ms" "log_min_messages = info"
cluster_follow ours main
cluster_start ours
cluster_wait_sql main "select count(*) = 1 from pg_stat_replication where state = 'streaming'" "the stream"
ok "it streams"

ddl()
{
    local n=0
    while [ ! -e stop ]; do
        n=$((n + 1))
        cluster_psql main -q >/dev/null 2>&1 <<SQL
create table d$n (i int primary key, t text); insert into d$n select g, repeat(g::text, 100) from generate_series(1, 300) g;
update d$n set t = 'new' where i % 7 = 0; begin; insert into d$n values (-1); savepoint a; insert into d$n values (-2); rollback to a; commit;
delete from d$n where i > 200; vacuum (truncate on) d$n; create index on d$n (t); alter table d$n add x int default 3;
truncate d$((n - 1)); drop table if exists d$((n - 2));
do \$\$ begin for i in 1..100 loop begin insert into d$n values (1000 + i); exception when others then null; end; end loop; end \$\$;
SQL
    done
}
(cluster_run main pgbench -n -c 4 -T "$seconds" postgres >load.log 2>&1 || true) &
load=$!
ddl &
other=$!

# In one snapshot the sums are those of whole transactions.
checks=0
until process_is_gone $load; do
    answer=$(cluster_sql ours "select (select sum(abalance) from pgbench_accounts) - coalesce((select sum(delta) from pgbench_history), 0),
        (select sum(tbalance) from pgbench_tellers) - (select sum(bbalance) from pgbench_branches)")
    [ "$answer" = "0|0" ] || fail "a snapshot that does not add up: $answer"
    checks=$((checks + 1))
    if [ $checks = 3 ]; then
        cluster_kill ours
        cluster_start ours
    fi
done
touch stop
wait $load $other || true
[ $checks -ge 3 ] || fail "only $checks looks"
ok "$checks looks at the standby add up, which was killed once"
note "$(grep -E 'tps|processed' load.log | tr '\n' ' ')"

cluster_stop main
rebuild_judge_standby ours main
cluster_start ours
cluster_promote ours
assert_eq "$(cluster_sql ours "select pg_is_in_recovery(), (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)")" \
    "f|t" "it takes over"
cluster_run ours pgbench -n -c 2 -t 50 postgres >after.log 2>&1 || fail "pgbench afterwards: $(tail -3 after.log)"
cluster_stop ours

# The old primary follows the new one, from where they parted.
cluster_follow main ours
cluster_start ours
cluster_start main
lsn=$(cluster_lsn ours)
cluster_wait_replay main "$lsn"
assert_eq "$(cluster_sql main "select count(*) from pgbench_history")" "$(cluster_sql ours "select count(*) from pgbench_history")" "the old primary follows the new one"
