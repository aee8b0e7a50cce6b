#!/bin/bash
# counts_are_those_of_postgresql.sh - cumulative statistics after the same work are those of a real server
#
# The work and the questions are SQL, for both. Then each server takes the counts that the other has saved.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
cluster_require 15

# work CLUSTER
work()
{
    cluster_psql "$1" -q <<'END' >/dev/null
create table t (id int primary key, v text, n int);
create index t_n on t (n);
insert into t select g, 'v' || g, g % 10 from generate_series(1,1000) g;
update t set v = v || 'x' where id <= 100;
update t set n = n + 1 where id <= 50;
delete from t where id > 950;
begin; insert into t select g, 'y', 1 from generate_series(2000, 2099) g; rollback;
begin; insert into t select g, 'y', 1 from generate_series(3000, 3009) g; savepoint s;
delete from t where id between 3000 and 3004; rollback to s; update t set v = 'q' where id = 3005; release s; commit;
select count(*) from t;
set enable_seqscan = off;
select count(*) from t where id = 5;
select v from t where id = 7;
select v from t where id in (1, 2, 3);
select count(v) from t where n = 3;
set enable_seqscan = on;
select v from t limit 3;
insert into t values (1,'c',1) on conflict do nothing;
insert into t values (1,'c',1) on conflict (id) do update set v = 'd';
create table tr (a int); insert into tr select generate_series(1,50);
begin; truncate tr; insert into tr values (1),(2); commit;
begin; truncate tr; insert into tr values (1),(2),(3); rollback;
begin; savepoint a; truncate tr; rollback to a; insert into tr values (9); commit;
begin; insert into tr values (5); savepoint a; truncate tr; insert into tr values (6); release a; insert into tr values (7); commit;
begin; insert into tr values (8),(9); prepare transaction 'p';
begin; insert into tr values (10); prepare transaction 'q';
commit prepared 'p'; rollback prepared 'q';
create table v (a int); insert into v select generate_series(1,100); delete from v where a < 11; analyze v;
create table w (a int); insert into w select generate_series(1,100); delete from w where a < 11; vacuum w; insert into w values (1);
create table d (a int); insert into d values (1); drop table d;
END
}

# ask CLUSTER
ask()
{
    cluster_psql "$1" -At 2>&1 <<'END'
select relname, pg_stat_get_numscans(oid), pg_stat_get_tuples_returned(oid), pg_stat_get_tuples_fetched(oid), pg_stat_get_tuples_inserted(oid), pg_stat_get_tuples_updated(oid), pg_stat_get_tuples_deleted(oid), pg_stat_get_tuples_hot_updated(oid), pg_stat_get_live_tuples(oid), pg_stat_get_dead_tuples(oid), pg_stat_get_mod_since_analyze(oid), pg_stat_get_ins_since_vacuum(oid), pg_stat_get_vacuum_count(oid), pg_stat_get_analyze_count(oid), pg_stat_get_last_vacuum_time(oid) is null, pg_stat_get_last_autovacuum_time(oid) is null from pg_class where oid >= 16384 and relname !~ 'pg_toast' order by 1;
END
}

# compare NAME: what both say
compare()
{
    ask ours >"ours.$1"
    ask real >"real.$1"
    diff "real.$1" "ours.$1" || fail "$1: counts differ"
    grep -q '^t|7|' "ours.$1" || fail "$1: nothing was counted: $(cat "ours.$1")"
}

for cluster in ours real; do
    if [ "$cluster" = ours ]; then
        cluster_init ours --bin "$(server_bin)"
    else
        cluster_init real
    fi
    cluster_set "$cluster" "autovacuum = off" "max_prepared_transactions = 5"
    cluster_start "$cluster"
    work "$cluster"
done
compare worked

# How far a COPY is can be seen meanwhile, by both in the same words.
for cluster in ours real; do
    mkfifo "$cluster.rows"
    cluster_psql "$cluster" -q -c "copy tr from stdin" <"$cluster.rows" &
    client=$!
    exec 9>"$cluster.rows"
    seq 20000 >&9
    cluster_wait_sql "$cluster" "select command = 'COPY FROM' and type = 'PIPE' and tuples_processed > 1000 and bytes_processed > 5000
        and bytes_total = 0 and tuples_excluded = 0 from pg_stat_progress_copy where relid = 'tr'::regclass"
    exec 9>&-
    wait "$client"
    [ "$(cluster_sql "$cluster" "select count(*) from pg_stat_progress_copy")" = 0 ] || fail "$cluster: a COPY goes on for ever"
done

# A clean stop saves them, in a form that both read.
cluster_stop ours
cluster_stop real
cp "$(cluster_dir ours)/pg_stat/pgstat.stat" saved.ours
cp "$(cluster_dir real)/pg_stat/pgstat.stat" saved.real
cp saved.real "$(cluster_dir ours)/pg_stat/pgstat.stat"
cp saved.ours "$(cluster_dir real)/pg_stat/pgstat.stat"
cluster_start ours
cluster_start real
compare exchanged

# A crash loses them.
cluster_kill ours
cluster_start ours
ask ours | grep -q '^t|0|' || fail "counts were there after a crash"
