#!/usr/bin/env bash
# our_server_is_dumped_alike.sh - of our own server pgdump says what pg_dump says, and a real server loads it: the same rows
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

cluster_init main --bin "$(server_bin)"
cluster_init copy
cluster_start main
cluster_start copy
sample_databases main

for database in chinook northwind; do
    dump_compare_all main "$database" <<'X'

-C -c --if-exists -s
--column-inserts --quote-all-identifiers
X
done

# Objects of the kinds that our server makes.
sql main postgres 'create role dump_reader; create role "Role With Space"'
sql main postgres 'create database kinds'
load main kinds "$TEST_SRC/our_kinds.sql"
load main kinds "$TEST_SRC/rules.sql"
dump_compare_all main kinds <<'X'

-c --if-exists
--inserts --on-conflict-do-nothing
-O -x -s
-t plain -t public.simple
--section=pre-data --section=post-data
X

sql copy postgres 'create role dump_reader; create role "Role With Space"'
for database in chinook northwind kinds; do
    in_cluster main "$database" "$HOLDFAST_BIN/pgdump" --restrict-key=k >first.sql || fail "pgdump of $database: exit code $?"
    sql copy postgres "create database $database"
    load copy "$database" "$PWD/first.sql"
    in_cluster copy "$database" "$HOLDFAST_BIN/pgdump" --restrict-key=k >second.sql || fail "pgdump of the copy: exit code $?"
    diff <(sed '/^-- Dumped from/d' first.sql) <(sed '/^-- Dumped from/d' second.sql) >differs ||
        fail "a real server has something else of $database: $(head -20 differs)"
    ok "$database goes from our server to PostgreSQL, rows and all"
done
