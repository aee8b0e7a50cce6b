#!/usr/bin/env bash
# redo_equals_server_under_load.sh - the same as redo_equals_server.sh while clients get in each other's way
#
# Random inserts, updates, deletes and locks on a table with an index of each kind, vacuum running
# all the time: what single statements do not reach, as splits while a vacuum is under way. Every
# second run is without full-page writes. HOLDFAST_TEST_TRANSACTIONS of each client, 200 by default.
#
# The third is a race for one page of the visibility map (early_clears.h).
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
transactions=${HOLDFAST_TEST_TRANSACTIONS:-200}

make_tables()
{
    cluster_sql main "create extension btree_gist; create extension pg_trgm"
    cluster_sql main "
        create table t (id int, k int, v text, a int[], r int4range, p point, u uuid, pad text)
            with (fillfactor = 80);
        create index on t (k);
        create index on t (k, v) with (fillfactor = 60);
        create unique index on t (id);
        create index on t using hash (k);
        create index on t using hash (u);
        create index on t using gin (a) with (fastupdate = on, gin_pending_list_limit = 64);
        create index on t using gin (v gin_trgm_ops) with (fastupdate = off);
        create index on t using gist (r);
        create index on t using gist (p) with (buffering = off);
        create index on t using spgist (p);
        create index on t using spgist (v);
        create index on t using brin (k) with (pages_per_range = 1, autosummarize = on);
        create index on t using brin (v) with (pages_per_range = 2);
        create sequence s"
}

# An inserted row has values that are often met before.
write_scripts()
{
    cat >insert.sql <<'SQL'
\set n random(1, 60)
\set k random_gaussian(1, 300, 3)
insert into t select nextval('s'), :k + g % 7, repeat(md5((:k + g % 11)::text), 1 + g % 3),
    array[:k, g, g % 5], int4range(:k, :k + g), point(:k, g % 17), md5((:k % 50)::text)::uuid,
    repeat('x', g % 90) from generate_series(1, :n) g;
SQL
    cat >update.sql <<'SQL'
\set k random_gaussian(1, 307, 3)
\set d random(1, 20)
begin;
select count(*) from (select from t where k = :k limit 30 for no key update) x;
savepoint a;
update t set pad = repeat('y', :d), v = v where k = :k and id % 20 < :d;
rollback to a;
update t set k = k + 1, p = point(:d, k), a = a || :d where ctid = any (array(
    select ctid from t where k = :k order by id limit :d));
end;
SQL
    cat >delete.sql <<'SQL'
\set k random(1, 307)
delete from t where k between :k and :k + 3 and id % 3 = 0;
select count(*) from t where k = :k and v like '%ab%';
select count(*) from (select from t where id % 97 = 0 limit 5 for key share) x;
SQL
    cat >vacuum.sql <<'SQL'
\set f random(1, 6)
\if :f = 1
vacuum (freeze, index_cleanup on) t;
\elif :f = 2
select gin_clean_pending_list(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am m on m.oid = c.relam where i.indrelid = 't'::regclass and m.amname = 'gin';
\elif :f = 3
delete from t where id < (select min(id) + 400 from t);
\else
vacuum (index_cleanup on, truncate on) t;
\endif
SQL
    owner_path ./*.sql
}

run_load()
{
    make_cluster "$1"
    make_tables
    # A client whose row is gone or locked gives up that transaction.
    cluster_run main pgbench -n -c 4 -j 2 -t "$transactions" --max-tries 5 -f "$PWD/insert.sql@4" \
        -f "$PWD/update.sql@4" -f "$PWD/delete.sql@2" -f "$PWD/vacuum.sql@1" postgres \
        >bench.log 2>&1 || note "pgbench: $(grep -v '^pgbench: client' bench.log | tail -3)"
    cluster_sql main "create index on t using hash (id); create index on t using gist (k, r);
        reindex table t; vacuum t; truncate t"
    judge "full_page_writes $1"
}

# Single rows are updated by many clients while one vacuums.
run_map_race()
{
    local vacuum
    make_cluster off
    cluster_sql main "create table t (id int primary key, x int, pad text) with (fillfactor = 70);
        insert into t select g, 0, repeat('x', 700) from generate_series(1, 20000) g; vacuum t"
    echo "vacuum t" >vacuum_all.sql
    printf '%s\n' '\set i random(1, 20000)' 'update t set x = x + 1 where id = :i;' >update_one.sql
    owner_path ./*.sql
    cluster_run main pgbench -n -T 10 -f "$PWD/vacuum_all.sql" postgres >vacuum.log 2>&1 &
    vacuum=$!
    cluster_run main pgbench -n -c 24 -j 2 -T 10 -f "$PWD/update_one.sql" postgres >bench.log 2>&1 ||
        fail "pgbench: $(tail -3 bench.log)"
    wait "$vacuum" || fail "vacuum: $(tail -3 vacuum.log)"
    judge "one page of the visibility map"
}

# make_cluster FULL_PAGE_WRITES: with a copy of it as it begins.
make_cluster()
{
    rm -rf base main
    cluster_init main --set "wal_consistency_checking = 'all'" --set "max_wal_size = '64GB'" \
        --set "wal_keep_size = '64GB'" --set "full_page_writes = $1" --set "bgwriter_delay = 10ms" \
        --set "autovacuum = off" --set "checkpoint_timeout = 30s" --set "vacuum_cost_limit = 10000" \
        --set "max_parallel_workers = 0"
    mkdir base
    cp -a "$(cluster_dir main)/." base/
    cluster_start main
}

# judge WHAT
judge()
{
    cluster_stop main
    "$HOLDFAST_BUILD/tests/redo/redo_check" -b "$TEST_DIR/base" "$(cluster_dir main)" \
        >check.log 2>&1 ||
        fail "$1: $(grep -v '^[A-Z][A-Za-z0-9]* .* [0-9-]*$' check.log | head -60)"
    ok "$1: $(tail -1 check.log)"
}

write_scripts
run_load on
run_load off
run_map_race
