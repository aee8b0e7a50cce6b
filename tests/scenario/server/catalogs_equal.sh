#!/bin/bash
# catalogs_equal.sh - a real PostgreSQL 15 runs on the databases that our bootstrap makes, and finds its own catalogs there
#
# The oracle is a cluster of initdb, from which the server itself drops what ours has not: system views,
# information_schema, the collations of the machine, comments, statistics. Then each catalog must be the same, row by
# row. Objects that initdb makes after the collations have numbers that depend on how many there are: both sides
# subtract that.
source "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15

# make_ours NAME SUPERUSER on|off
make_ours()
{
    mkdir -m 700 "$TEST_DIR/$1" "$TEST_DIR/$1/data"
    "$HOLDFAST_BUILD/tests/scenario/server/new_cluster" "$TEST_DIR/$1/data" "$2" "$3" ||
        fail "new_cluster failed for $1"
    cluster_adopt "$1" "$TEST_DIR/$1/data"
}

# Take out of a database of initdb what ours do not have.
strip_theirs()
{
    cluster_psql theirs -q -d "$1" -v ON_ERROR_STOP=1 >/dev/null <<'END'
set allow_system_table_mods = on;
set client_min_messages = warning;
do $$
begin
    execute (select 'drop view ' || string_agg(oid::regclass::text, ', ') || ' cascade'
             from pg_class where relkind = 'v' and relnamespace = 'pg_catalog'::regnamespace);
end $$;
drop schema information_schema cascade;
delete from pg_collation where oid >= 12000 and collname <> 'ucs_basic';
delete from pg_description where not (objoid = 2200 and classoid = 2615);
delete from pg_shdescription;
delete from pg_statistic;
END
}

# print_catalog CLUSTER DATABASE CATALOG SHIFT: its rows as text, in order. What changes with each vacuum is left out.
print_catalog()
{
    cluster_psql "$1" -A -t -q -d "$2" -v ON_ERROR_STOP=1 -v catalog="$3" -v shift="$4" <<'END'
select min(oid) as late from pg_proc where proname = 'dsnowball_init' \gset
select string_agg(
           case when atttypid in ('oid'::regtype, 'regproc'::regtype)
                then format('%1$I::oid::int8 - case when %1$I >= %2$s and %1$I < 16384 then %3$s else 0 end',
                            attname, :late, :shift)
                else format('%I::text', attname) end, ', ' order by attnum) as columns
from pg_attribute
where attrelid = :'catalog'::regclass and attnum > 0
      and attname not in ('relpages', 'reltuples', 'relallvisible', 'relfrozenxid', 'datfrozenxid') \gset
select format('select row(%s)::text from %s order by 1', :'columns', :'catalog') as query \gset
:query;
END
}

catalogs()
{
    cluster_sql theirs "select relname from pg_class where relkind = 'r' and oid < 12000 order by relname"
}

cluster_init theirs --initdb --locale=C
make_ours ours postgres on
cluster_run ours pg_checksums --check -D "$(cluster_dir ours)" >checksums
assert_contains "$(cat checksums)" "Bad checksums:  0" "checksums are right"
for copy in 4 5; do
    diff -r "$TEST_DIR/ours/data/base/1" "$TEST_DIR/ours/data/base/$copy" || fail "base/$copy is no copy of base/1"
done
cluster_start theirs
cluster_start ours
collations=$(cluster_sql theirs "select count(*) from pg_collation where oid >= 12000 and collname <> 'ucs_basic'")
strip_theirs template1

count=0
for catalog in $(catalogs); do
    print_catalog theirs template1 "$catalog" "$collations" >"theirs.$catalog"
    print_catalog ours template1 "$catalog" 0 >"ours.$catalog"
    diff "theirs.$catalog" "ours.$catalog" >diff.out || fail "$catalog differs: $(head -20 diff.out)"
    count=$((count + $(wc -l <"ours.$catalog")))
done
[ "$count" -gt 8000 ] || fail "only $count rows were compared"
ok "all catalogs hold the same $count rows"

# The bytes of rows that are in both as they are, without what tells of their transactions. (Compressed values differ: there
# is more than one way to compress.)
row_bytes()
{
    cluster_sql "$1" "
        select t_infomask2 & 2047, t_infomask & 7, t_hoff, t_bits, t_data
        from (select format('(%s,%s)', block, lp)::tid as place, i.*
              from generate_series(0, pg_relation_size('$2') / 8192 - 1) as block,
                   heap_page_items(get_raw_page('$2', block::int)) as i
              where t_data is not null) as i join $2 on ctid = place
        where $3 order by 5" -d template1
}
cluster_sql theirs "create extension pageinspect" -d template1
cluster_sql ours "create extension pageinspect" -d template1
for catalog in aggregate am amop amproc attribute authid cast collation constraint conversion index language namespace \
    opclass operator opfamily proc range tablespace ts_parser ts_template type; do
    condition=true
    case $catalog in
        proc) condition="oid < 12000 and prosqlbody is null" ;;
        attribute) condition="attrelid < 12000" ;;
        index) condition="indrelid < 12000" ;;
        aggregate | range) ;;
        *) condition="oid < 12000" ;;
    esac
    row_bytes theirs "pg_$catalog" "$condition" >theirs.bytes
    row_bytes ours "pg_$catalog" "$condition" >ours.bytes
    cmp theirs.bytes ours.bytes || fail "the bytes of rows of pg_$catalog differ: $(diff theirs.bytes ours.bytes | head -4)"
    [ -s ours.bytes ] || fail "no rows of pg_$catalog were compared"
done
ok "rows have the same bytes"

# Frozen, by the bootstrap's transaction, in their place, and with nothing behind them.
cluster_sql ours "create extension amcheck" -d template1
cluster_sql ours "
    select c.oid::regclass, i.* from pg_class c, generate_series(0, c.relpages - 1) as block,
           heap_page_items(get_raw_page(c.oid::regclass::text, block)) as i
    where c.relkind in ('r', 't') and c.oid < 12000 and c.oid not in (1259, 1249, 1247, 1255, 2608, 2609, 3079, 3394, 1214)
          and (t_xmin <> 1 or t_xmax <> 0 or t_infomask & 4080 <> 2816 or t_ctid <> format('(%s,%s)', block, lp)::tid)
    " -d template1 >damaged
[ ! -s damaged ] || fail "rows that are not as they should be: $(head damaged)"
ok "rows are frozen"

for database in template1 postgres; do
    cluster_sql ours "create extension if not exists amcheck" -d "$database"
    checked=$(cluster_sql ours "
        select count(*) from (select bt_index_parent_check(c.oid, true, true)::text from pg_class c
                              where relkind = 'i' and relam = 403 and c.oid < 12000) as x" -d "$database")
    assert_eq "$checked" 158 "B-trees of $database are sound and hold all rows"
    assert_eq "$(cluster_sql ours "select count(*) from pg_class c, lateral verify_heapam(c.oid)
                                   where relkind in ('r', 't') and c.oid < 12000" -d "$database")" 0 \
        "tables of $database are sound"
done

# What a first user does.
cluster_sql ours "
    create table t (a int primary key, b text);
    insert into t select n, repeat('x', n) from generate_series(1, 3000) as n;
    create function next_of(int) returns int language plpgsql as 'begin return \$1 + 1; end';
    create index on t (b);
    create database another;
    vacuum full pg_class;
    vacuum freeze;
    reindex database postgres"
assert_eq "$(cluster_sql ours "select next_of(max(a)), sum(length(b)), to_tsvector('english', 'running dogs') from t")" \
    "3001|4501500|'dog':2 'run':1" "tables, indexes, plpgsql and text search work"
cluster_stop ours immediate
cluster_start ours
assert_eq "$(cluster_sql ours "select count(*) from t" -d postgres)" 3000 "and are there after a crash"
cluster_stop ours
cluster_run ours pg_checksums --check -D "$(cluster_dir ours)" >checksums
assert_contains "$(cat checksums)" "Bad checksums:  0" "checksums are right afterwards"

make_ours plain postgres off
cluster_start plain
assert_eq "$(cluster_sql plain "show data_checksums; select rolname from pg_authid where oid = 10")" \
    "off
postgres" "a cluster without checksums starts"
