#!/bin/bash
# trees_agree.sh - what statements mean, and what is wrong with them, is what a real server says
source "$(dirname "$0")/../lib/cluster.sh"
cluster_require 15
tree=$HOLDFAST_BUILD/tests/analyzer/query_tree

cluster_init main
cluster_start main
cluster_psql main -Xq -d postgres -v ON_ERROR_STOP=1 <"$TEST_SRC/objects.sql" >objects.out 2>&1 ||
    fail "the objects: $(tail -3 objects.out)"
cluster_psql main -Xq -d postgres -c 'vacuum freeze' -c checkpoint
cluster_stop main
cp -a "$(cluster_dir main)" copy
rm -rf copy/pg_wal copy/postmaster.pid
mkdir copy/pg_wal
cluster_set main logging_collector=on log_destination=jsonlog log_directory=log log_filename="'pg.log'" \
    log_rotation_size=0 log_rotation_age=0
cluster_start main

# The statement's number is the name of the application, by which its records are found in the log.
describe()
{
    awk 'BEGIN { print "set debug_print_parse = on; set debug_pretty_print = off;" }
         /^--/ { next }
         { sub(/;$/, ""); printf "set application_name = '\''s%d'\'';\n%s\n\\gdesc\n", ++n, $0 }' "$@" >describe.sql
    cluster_psql main -XqAt -d postgres <describe.sql >describe.out 2>&1
    cluster_psql main -XqAt0 -F $'\001' -d postgres >"$expected" <<'END'
with line as (select x::json as j, n
              from regexp_split_to_table(pg_read_file('log/pg.json'), E'\n') with ordinality as s(x, n)
              where x like '{%'),
     record as (select substr(j->>'application_name', 2)::int as i, n, j, j->>'error_severity' = 'ERROR' as failed
                from line
                where j->>'application_name' ~ '^s[0-9]+$' and
                      (j->>'error_severity' = 'ERROR' or j->>'message' like 'parse tree%'))
select distinct on (i) case when failed then 'E' || (j->>'state_code') else 'T' || rtrim(regexp_replace(j->>'detail', '\s+', ' ', 'g')) end,
       case when failed then j->>'message' end, case when failed then j->>'detail' end,
       case when failed then j->>'hint' end, case when failed then coalesce(j->>'cursor_position', '0') end
from record order by i, n
END
}

expected=expected.all
describe "$TEST_SRC/queries.sql" "$TEST_SRC/errors.sql"
awk '/^--/ { next } { sub(/;$/, ""); printf "%s%c", $0, 0 }' "$TEST_SRC/queries.sql" "$TEST_SRC/errors.sql" >statements
"$tree" "$PWD/copy" <statements >results || fail "query_tree ended with $?"
"$tree" compare statements "$expected" results || fail "trees or errors differ"
ok "$(tr -cd '\0' <statements | wc -c) statements give what the server says"
