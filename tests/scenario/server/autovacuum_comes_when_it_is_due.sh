#!/bin/bash
# autovacuum_comes_when_it_is_due.sh - tables are vacuumed and analyzed by themselves; workers give way, crash, are shown
#
# A real server does the same beside ours, where what it does can be compared: which tables get a vacuum or an analyze.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
cluster_require 15

# work CLUSTER: each table for one reason, or none
work()
{
    cluster_psql "$1" -q -v ON_ERROR_STOP=1 <<'END' >/dev/null
create table dead (i int primary key); insert into dead select generate_series(1,2000); delete from dead where i <= 1000;
create table inserted (i int); insert into inserted select generate_series(1,5000);
create table few (i int); insert into few select generate_series(1,40);
create table off (i int) with (autovacuum_enabled = false); insert into off select generate_series(1,5000); delete from off;
create table own (i int) with (autovacuum_vacuum_threshold = 5, autovacuum_vacuum_scale_factor = 0,
    autovacuum_analyze_threshold = 3, autovacuum_analyze_scale_factor = 0);
insert into own select generate_series(1,10); delete from own where i < 8;
create table no_inserts (i int) with (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 100000);
insert into no_inserts select generate_series(1,5000);
create table long (i int, t text); alter table long alter t set storage external;
insert into long select g, repeat('x', 9000) from generate_series(1,100) g;
update long set t = repeat('y', 9000);
END
}

due="select count(*) = 4 from pg_stat_user_tables where relname in ('dead', 'inserted', 'own', 'long') and autoanalyze_count > 0"
question="select relname, autovacuum_count > 0, autoanalyze_count > 0, n_live_tup, n_dead_tup from pg_stat_user_tables
    union all select 'toast of long', autovacuum_count > 0, autoanalyze_count > 0, n_live_tup, n_dead_tup
    from pg_stat_all_tables where relid = (select reltoastrelid from pg_class where relname = 'long') order by 1"

cluster_init ours --bin "$(server_bin)"
cluster_init real
for cluster in ours real; do
    cluster_set "$cluster" "autovacuum_naptime = 1s" "log_autovacuum_min_duration = 0" "autovacuum_max_workers = 2"
    cluster_start "$cluster"
    work "$cluster"
done
for cluster in ours real; do
    cluster_wait_sql "$cluster" "$due"
    cluster_wait_sql "$cluster" "select autovacuum_count > 0 from pg_stat_all_tables where relid = (select reltoastrelid from pg_class where relname = 'long')"
    cluster_sql "$cluster" "$question" >"$cluster.done"
done
diff real.done ours.done || fail "tables were treated otherwise"

# What the log says has the same lines.
for cluster in ours real; do
    grep -A 12 'automatic .* of table "postgres.public.dead"' "$(cluster_log "$cluster")" | sed 's/[0-9.]*[0-9]/N/g; s/^.*LOG:/LOG:/' |
        grep -v 'public.[^d]\|index scan\|index "' | grep '^LOG\|^.[a-z]' | head -12 >"$cluster.lines"
done
grep -q 'automatic analyze' ours.lines || fail "nothing is logged"
grep -q 'removable cutoff' ours.lines || fail "the vacuum's report is not logged"

# The launcher is seen, and comes back when it was told to go.
before=$(cluster_sql ours "select pid from pg_stat_activity where backend_type = 'autovacuum launcher' and wait_event = 'AutoVacuumMain'")
[ -n "$before" ] || fail "no launcher is shown"
cluster_sql ours "select pg_terminate_backend($before)" >/dev/null
cluster_wait_sql ours "select pid <> $before from pg_stat_activity where backend_type = 'autovacuum launcher'"

# A worker that naps is shown with what it does, and gives way to who wants the table.
cluster_psql ours -q -v ON_ERROR_STOP=1 <<'END' >/dev/null
create table slow (i int primary key, t text) with (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
insert into slow select g, repeat('x', 300) from generate_series(1,20000) g; delete from slow where i % 2 = 0;
END
cluster_wait_sql ours "select query = 'autovacuum: VACUUM ANALYZE public.slow' from pg_stat_activity where backend_type = 'autovacuum worker' and query ~ 'slow'"
cluster_wait_sql ours "select count(*) > 0 from pg_stat_get_progress_info('VACUUM') where relid = 'slow'::regclass and param1 > 0"
cluster_sql ours "begin; lock table slow in access exclusive mode; alter table slow set (autovacuum_enabled = off); commit" >/dev/null
grep -q 'ERROR:  canceling autovacuum task' "$(cluster_log ours)" || fail "the worker was not cancelled"
# Where it was comes first, a line above.
grep -A2 'CONTEXT:  ' "$(cluster_log ours)" | grep -q 'automatic vacuum of table "postgres.public.slow"' ||
    fail "a cancelled task does not say what it was"

# One that is killed takes the server through a restart; then autovacuum goes on.
cluster_sql ours "alter table slow set (autovacuum_enabled = on)" >/dev/null
cluster_wait_sql ours "select count(*) > 0 from pg_stat_activity where backend_type = 'autovacuum worker' and query ~ 'slow'"
pid=$(cluster_sql ours "select pid from pg_stat_activity where backend_type = 'autovacuum worker' and query ~ 'slow' limit 1")
kill -9 "$pid"
wait_until "the server recovers" grep -q 'all server processes terminated; reinitializing' "$(cluster_log ours)"
wait_until "clients are served" cluster_sql ours "alter table slow reset (autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit)"
cluster_sql ours "delete from slow where i % 3 = 0" >/dev/null
cluster_wait_sql ours "select autovacuum_count > 0 from pg_stat_user_tables where relname = 'slow'"

# Temporary tables of a session that was killed are dropped.
cluster_psql ours -q >/dev/null 2>&1 <<'END' &
create temporary table left_over (i int);
select pg_sleep(100);
END
client=$!
cluster_wait_sql ours "select count(*) > 0 from pg_class where relname = 'left_over'"
pid=$(cluster_sql ours "select pid from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()")
kill -9 "$pid"
wait "$client" || true
wait_until "clients are served" cluster_sql ours "select count(*) from pg_class"
cluster_wait_sql ours "select count(*) = 0 from pg_class where relname = 'left_over'"
grep -q 'autovacuum: dropping orphan temp table "postgres.pg_temp_[0-9]*.left_over"' "$(cluster_log ours)" ||
    fail "nothing tells of the temporary table"

# A stop does not wait for a nap.
cluster_stop ours

# Old xids are frozen though autovacuum is off, also when nothing else is let do anything any more.
data=$(cluster_dir ours)
cluster_set ours "autovacuum = off" "log_autovacuum_min_duration = -1"
as_owner "$(cluster_find_bin 15)/pg_resetwal" -x 2145000000 -D "$data" >/dev/null
as_owner dd if=/dev/zero of="$data/pg_xact/07FD" bs=8192 count=32 status=none
cluster_start ours
cluster_wait_sql ours "select max(age(datfrozenxid)) < 100000000 from pg_database"
cluster_sql ours "insert into few values (1)" >/dev/null
[ "$(cluster_sql ours "select count(*) from few")" = 41 ] || fail "rows are gone"
