#!/bin/bash
# trees_are_read_and_written_alike.sh - every tree of a real server reads and prints back as the same bytes
#
# Trees: all that the catalogs of a fresh cluster hold, those of corpus.sql, which has each kind of node in many
# shapes, and what the server prints of the statements of queries.sql before and after rewriting. Also: what our
# functions say of the columns of each view is what the server says, and what the server reads and stores again is
# what we make of it.
source "$(dirname "$0")/../lib/cluster.sh"
cluster_require 15
check=$HOLDFAST_BUILD/tests/node/tree_check

# dump DATABASE FILE QUERY: records ended by NUL, fields parted by \001
dump()
{
    cluster_psql main -XAtq0 -F $'\001' -d "$1" -v ON_ERROR_STOP=1 >"$2"
}

cluster_init main
cluster_start main
cluster_sql main "create database corpus"
cluster_psql main -Xq -d corpus -v ON_ERROR_STOP=1 <"$TEST_SRC/corpus.sql" >corpus.out 2>&1 ||
    fail "the corpus: $(tail -3 corpus.out)"

for database in template1 corpus; do
    dump "$database" "trees.$database" <"$TEST_SRC/trees.sql"
done

# Long lines are broken at blanks. Statements that have no text form are shown as ?.
cluster_psql main -XAtq -d corpus <"$TEST_SRC/queries.sql" >queries.out 2>&1
awk '/^DETAIL:  [{(]/ { line = substr($0, 10); inside = 1; next }
     inside && /^(LOG|ERROR|NOTICE|WARNING|STATEMENT|CONTEXT):  |^$/ {
         if (line ~ /:utilityStmt \? /) skipped++; else printf "%s%c", line, 0
         inside = 0
     }
     inside { line = line " " $0 }
     END { print skipped + 0 >"queries.skipped" }' queries.out >trees.queries
note "$(<queries.skipped) trees of statements without text form were left out"

"$check" trees trees.template1 trees.corpus trees.queries || fail "trees differ"
ok "trees of catalogs and queries read and print back"

# LIKE makes the server read what it stored and store it again, which loses the locations.
dump corpus again <<'END'
create table corpus.again (like corpus.t including all);
create temp table clones (id, again) as select 'corpus.t'::regclass::oid, 'corpus.again'::regclass::oid;
select a.conbin, b.conbin from clones, pg_constraint a, pg_constraint b
    where a.conrelid = id and b.conrelid = again and a.conname = b.conname and a.conbin is not null
union all select a.adbin, b.adbin from clones, pg_attrdef a, pg_attrdef b
    where a.adrelid = id and b.adrelid = again and a.adnum = b.adnum
union all select a.indexprs, b.indexprs from clones, pg_index a, pg_index b
    where a.indrelid = id and b.indrelid = again and a.indexprs is not null and a.indkey = b.indkey
    and pg_get_indexdef(a.indexrelid, 1, false) = pg_get_indexdef(b.indexrelid, 1, false)
union all select a.indpred, b.indpred from clones, pg_index a, pg_index b
    where a.indrelid = id and b.indrelid = again and a.indpred is not null and a.indkey = b.indkey
    and pg_get_indexdef(a.indexrelid, 1, false) = pg_get_indexdef(b.indexrelid, 1, false);
END
"$check" again again || fail "what is stored again differs"
ok "what is read and stored again is as the server stores it again"

for database in template1 corpus; do
    dump $database arrays <<'END'
select oid, case when typsubscript = 'array_subscript_handler'::regproc then oid else typarray end from pg_type
END
    dump $database columns <<'END'
select r.ev_action, c.oid::regclass, string_agg(format(E'%s %s %s %s %s\n', attnum, attname, atttypid, atttypmod,
                                                       attcollation), '' order by attnum)
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('v', 'm') and r.rulename = '_RETURN' and a.attnum > 0 group by r.oid, c.oid, r.ev_action::text
END
    "$check" columns arrays columns || fail "columns of views in $database"
done
ok "expressions yield what the columns of views have"
