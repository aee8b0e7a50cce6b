#!/bin/bash
# trees_agree.sh - what statements mean, what they are rewritten to and what is wrong with them is what a real
# server says, and so are definitions shown as SQL
source "$(dirname "$0")/../lib/cluster.sh"
cluster_require 15
tree=$HOLDFAST_BUILD/tests/analyzer/query_tree

cluster_init main
cluster_start main
cluster_psql main -Xq -d postgres -v ON_ERROR_STOP=1 < <(cat "$TEST_SRC/objects.sql" "$TEST_SRC/views.sql") >objects.out 2>&1 ||
    fail "the objects: $(tail -3 objects.out)"
cluster_psql main -Xq -d postgres -c 'vacuum freeze' -c checkpoint
cluster_stop main
cp -a "$(cluster_dir main)" copy
rm -rf copy/pg_wal copy/postmaster.pid
mkdir copy/pg_wal
cluster_set main logging_collector=on log_destination=jsonlog log_directory=log log_filename="'pg.log'" \
    log_rotation_size=0 log_rotation_age=0
cluster_start main

# describe STAGE FILE: the statement's number is the name of the application, by which its records are found.
describe()
{
    awk -v stage="$1" 'BEGIN { printf "set debug_print_%s = on; set debug_pretty_print = off;\n", stage }
         /^--/ { next }
         { sub(/;$/, ""); printf "set application_name = '\''%s%d'\'';\n%s\n\\gdesc\n", stage, ++n, $0 }' "$2" >describe.sql
    cluster_psql main -XqAt -d postgres <describe.sql >describe.out 2>&1
    cluster_psql main -XqAt0 -F $'\001' -v stage="$1" -d postgres >expected <<'END'
with line as (select x::json as j, n
              from regexp_split_to_table(pg_read_file('log/pg.json'), E'\n') with ordinality as s(x, n)
              where x like '{%'),
     record as (select substr(j->>'application_name', length(:'stage') + 1)::int as i, n, j,
                       j->>'error_severity' = 'ERROR' as failed
                from line
                where j->>'application_name' ~ ('^' || :'stage' || '[0-9]+$') and
                      (j->>'error_severity' = 'ERROR' or j->>'message' like '%parse tree%')),
     tree as (select *, rtrim(regexp_replace(regexp_replace(j->>'detail', '\s+', ' ', 'g'), '([(]) | (?=[)])', '\1', 'g')) as t
              from record)
select distinct on (i) case when failed then 'E' || (j->>'state_code') else 'T' || coalesce(nullif(t, ''), '<>') end,
       case when failed then j->>'message' end, case when failed then j->>'detail' end,
       case when failed then j->>'hint' end, case when failed then coalesce(j->>'cursor_position', '0') end
from tree order by i, n
END
}

# compare STAGE FILE [rewrite]
compare()
{
    describe "$1" "$2"
    : >"$(cluster_dir main)/log/pg.json"
    awk '/^--/ { next } { sub(/;$/, ""); printf "%s%c", $0, 0 }' "$2" >statements
    "$tree" "$PWD/copy" ${3:+"$3"} <statements >results || fail "query_tree ended with $?"
    "$tree" compare statements expected results || fail "trees or errors of $2 differ"
    ok "$(tr -cd '\0' <statements | wc -c) statements of $(basename "$2") give what the server says"
    rm -f copy/postmaster.pid
}

# What the functions of types do not know yet is no fault of ours here.
random()
{
    local seed=${HOLDFAST_SEED:-$RANDOM}
    note "seed $seed"
    awk -v seed="$seed" -v count="${HOLDFAST_STATEMENTS:-1000}" -f "$TEST_SRC/random_statements.awk" >random.sql
    compare parse random.sql
    compare rewritten random.sql rewrite
}

definitions()
{
    cluster_psql main -XqAt0 -F $'\001' -d postgres <"$TEST_SRC/definitions.sql" >definitions
    tr '\0\n' '\n\002' <definitions | cut -d $'\001' -f 1 | tr '\n\002' '\0\n' >statements
    tr '\0\n' '\n\002' <definitions | cut -d $'\001' -f 2 | sed 's/^/T/' | tr '\n\002' '\0\n' >expected
    "$tree" "$PWD/copy" deparse <statements >results || fail "query_tree ended with $?"
    cmp expected results || fail "definitions differ"
    ok "$(tr -cd '\0' <statements | wc -c) definitions are shown as the server shows them"
}

cat "$TEST_SRC/queries.sql" "$TEST_SRC/errors.sql" >all.sql
compare parse all.sql
compare rewritten "$TEST_SRC/rewrites.sql" rewrite
random
definitions
