#!/bin/bash
# plans_are_those_of_the_real_server.sh - nodes, costs, rows and widths of plans are what EXPLAIN of a real server shows
#
# Queries stand one a line in *.queries.sql; those of known.txt differ, for the reason that stands above them.
source "$(dirname "$0")/../lib/cluster.sh"
cluster_require 15
show=$HOLDFAST_BUILD/tests/planner/plan_show

cluster_init main --no-checksums --initdb --locale=C --set "autovacuum = off" --set "jit = off" \
    --set "max_parallel_workers_per_gather = 0"
cluster_start main
cluster_sql_file main "$TEST_SRC/tables.sql" >/dev/null
cluster_sql main "vacuum freeze"
cluster_sql main checkpoint

cat "$TEST_SRC"/*.queries.sql | grep -v -e '^$' -e '^--' >queries

# What EXPLAIN says, without names that a query gives and without what stands behind colons.
awk '{ print "explain " $0 ";"; print "\\echo ====" }' queries >explain.sql
cluster_psql main -XAtq <explain.sql >explained 2>&1
labels='Filter|Index Cond|Recheck Cond|Hash Cond|Merge Cond|Join Filter|Sort Key|Presorted Key|Group Key'
labels+='|One-Time Filter|TID Cond|Cache Key|Cache Mode|Conflict Resolution|Conflict Arbiter Indexes'
labels+='|Conflict Filter|Hash Key|Run Condition'
sed -E 's/ on ([^ ]+) [^ (]+  \(cost/ on \1  (cost/' explained |
    sed -E "/^ *Sampling: /d; /cost=/!{ s/^( *)($labels): .*/\\1\\2/; s/^( *(InitPlan|SubPlan)[^(]*).*/\\1/; s/ +\$//}" >wanted

# The server breaks long lines at blanks; of what PREPARE prints the tree of the query is wanted.
awk '{ print "\\warn @@"; print "set debug_pretty_print = off;"
       print "set client_min_messages = log; set debug_print_rewritten = on;"
       print "prepare p as " $0 ";"
       print "set client_min_messages = error; set debug_print_rewritten = off; deallocate p;" }' queries >prepare.sql
cluster_psql main -XAtq <prepare.sql >prepared 2>&1
awk 'function keep() { if (inside && line !~ /:utilityStmt \? /) tree = line; inside = 0 }
     function put() { if (seen++) printf "\1%s%c", tree, 0; tree = "" }
     /^@@/ { keep(); put(); next }
     /^DETAIL:  [{(]/ { keep(); line = substr($0, 10); inside = 1; next }
     inside && /^(LOG|ERROR|NOTICE|WARNING|STATEMENT|CONTEXT):  |^$/ { keep() }
     inside { line = line " " $0 }
     END { keep(); put() }' prepared >trees
cluster_stop main

cp -r "$(cluster_dir main)" copy
rm -rf copy/pg_wal copy/pg_xact copy/pg_subtrans copy/pg_multixact copy/postmaster.pid
"$show" "$PWD/copy" "$PWD/trees" >planned || fail "plan_show ended early: $(tail -3 planned)"

awk -v RS='====\n' 'FNR == 1 { file++ }
    file == 1 { wanted[FNR] = $0; next }
    file == 2 { ours[FNR] = $0 }
    END { for (i = 1; i in wanted; i++) printf "%s%c%s%c", wanted[i], 0, ours[i], 0 }' wanted planned >pairs
same=0 differs=0
while IFS= read -r query <&3; do
    IFS= read -r -d '' wanted <&4 && IFS= read -r -d '' ours <&4 || fail "there are not as many plans as queries"
    known=$(grep -cxF -e "$query" "$TEST_SRC/known.txt" || true)
    if [ "$wanted" == "$ours" ]; then
        same=$((same + 1))
        [ "$known" -eq 0 ] || { differs=$((differs + 1)); note "is equal, and in known.txt: $query"; }
    elif [ "$known" -eq 0 ]; then
        differs=$((differs + 1))
        note "$query"$'\n'"$wanted"$'\nours:\n'"$ours"
    fi
done 3<queries 4<pairs
[ "$differs" -eq 0 ] || fail "$differs plans differ"
ok "$same plans are equal"
