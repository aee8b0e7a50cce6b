#!/usr/bin/env bash
# dumps_are_those_of_pg_dump.sh - what pgdump says of a real server is what pg_dump says of it, byte for byte
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

cluster_init main
cluster_start main
sample_databases main
every_kind main

dump_compare_all main chinook <<'X'

-a
-C -c --if-exists -s
X
dump_compare_all main northwind <<'X'
--column-inserts
X
dump_compare_all main every <<'X'

-c --if-exists
-C -O -x --no-comments
--inserts --on-conflict-do-nothing
--rows-per-insert=3 -a --disable-triggers -S bob
-t plain -t public.simple -t app.measured* --use-set-session-authorization
-T public.* -n app -N select --no-unlogged-table-data
--section=pre-data --quote-all-identifiers
--section=post-data --disable-dollar-quoting
--load-via-partition-root --exclude-table-data=public.* --serializable-deferrable
X

# In texts in quotes a backslash is no letter: whoever reads the dump is told so, and all texts are written for that.
sql main every "create function public.backslash() returns integer language sql set application_name to 'a\\b''c' as 'select 1'"
sql main every "alter database every set standard_conforming_strings = off"
dump_compare_all main every <<'X'

-C --disable-dollar-quoting
--inserts -a
X
