#!/bin/bash
# new_clusters_are_as_initdbs.sh - a cluster of pginit has the catalogs that initdb makes: system views, information_schema and
# all else, row by row and number by number
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
cluster_init real
cluster_start real
cluster_init ours --bin "$(server_bin)"
cluster_start ours

# both QUERY [options]: its rows on both, which must be equal and not nothing
both()
{
    cluster_sql real "$1" "${@:3}" >real.rows
    cluster_sql ours "$1" "${@:3}" >ours.rows
    [ -s real.rows ] || fail "$2: no rows to compare"
    diff real.rows ours.rows >diff.out || fail "$2 differs: $(cut -c 1-400 diff.out | head -20)"
}

# What is told by numbers that no two clusters share: sizes, what vacuum has seen, where a column was logged. Trees hold places in
# texts; views, rules and constraints are compared as SQL below.
catalogs=$(cluster_sql real "select relname from pg_class where relkind = 'r' and relnamespace = 'pg_catalog'::regnamespace
    and relname not in ('pg_statistic', 'pg_description', 'pg_shdescription') order by 1")
for database in template1 postgres; do
    for catalog in $catalogs; do
        columns=$(cluster_sql real "select string_agg(quote_ident(attname) || '::text', ', ' order by attnum) from pg_attribute
            where attrelid = '$catalog'::regclass and attnum > 0 and attname not in ('relpages', 'reltuples', 'relallvisible',
                'relfrozenxid', 'relminmxid', 'datfrozenxid', 'datminmxid', 'attoptions', 'ev_action', 'ev_qual', 'prosqlbody',
                'conbin', 'typdefaultbin')")
        cluster_sql real "select row($columns)::text from $catalog" -d "$database" | LC_ALL=C sort >real.rows
        cluster_sql ours "select row($columns)::text from $catalog" -d "$database" | LC_ALL=C sort >ours.rows
        diff real.rows ours.rows >diff.out ||
            fail "$catalog of $database differs: $(cut -c 1-400 diff.out | head -20)"
    done
    ok "catalogs of $database are equal"
done
both "select relname, pg_get_viewdef(oid) from pg_class where relkind = 'v' order by oid" "a view"
both "select conname, pg_get_constraintdef(oid) from pg_constraint order by oid" "a constraint"
for table in sql_features sql_parts sql_sizing; do
    both "select * from information_schema.$table order by 1, 2, 3" "$table"
done
ok "views, constraints and tables of information_schema are equal"

# A real server reads what we stored: rules and functions too.
cluster_stop ours fast
cluster_adopt again "$(cluster_dir ours)" --bin "$(cluster_find_bin 15)"
cluster_start again
for query in "select ev_class, rulename, pg_get_ruledef(oid) from pg_rewrite order by oid" \
    "select oid, pg_get_functiondef(oid) from pg_proc where prokind = 'f' and oid >= 12000 order by 1" \
    "select oid, pg_get_expr(typdefaultbin, 0) from pg_type where typdefaultbin is not null order by 1" \
    "select table_name, is_updatable from information_schema.views order by 1"; do
    cluster_sql real "$query" >real.rows
    cluster_sql again "$query" >ours.rows
    diff real.rows ours.rows >diff.out || fail "$query differs: $(cut -c 1-400 diff.out | head -20)"
done
ok "a real server finds the same rules and functions there"
cluster_stop again fast
cluster_stop real fast
