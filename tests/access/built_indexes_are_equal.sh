#!/usr/bin/env bash
# built_indexes_are_equal.sh - rows and built indexes are those of a real server, to the byte
#
# Tables of many kinds, and all catalogs of a fresh cluster, are vacuumed, their indexes made anew.
# REINDEX changes pg_class, so its own come last.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --initdb --locale=C --initdb --encoding=UTF8 --set 'autovacuum = off' --set 'fsync = off'
cluster_start a
cluster_sql_file a "$TEST_SRC/tables.sql"
for command in 'VACUUM FREEZE' 'REINDEX DATABASE postgres' 'REINDEX SYSTEM postgres' \
    'VACUUM FREEZE pg_class' 'REINDEX TABLE pg_class'; do
    cluster_sql a "$command"
done
cluster_sql_file a "$TEST_SRC/list_indexes.sql" >indexes.txt
count=$(wc -l <indexes.txt)
[ "$count" -gt 180 ] || fail "only $count indexes were listed"
cluster_stop a

cd "$(cluster_dir a)"
"$HOLDFAST_BUILD/tests/access/index_check" <"$TEST_DIR/indexes.txt" >"$TEST_DIR/differences.txt" ||
    fail "$(head -20 "$TEST_DIR/differences.txt")"
ok "$(tail -1 "$TEST_DIR/differences.txt")"
