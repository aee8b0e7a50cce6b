#!/usr/bin/env bash
# inserted_indexes_are_equal.sh - rows inserted one by one make the pages that a real server makes
#
# Splits, merged duplicates, posting tuples that are split, new roots: each page is the same to the
# byte, but for LSN, checksum and free space.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --initdb --locale=C --initdb --encoding=UTF8 --set 'autovacuum = off' --set 'fsync = off'
cluster_start a
cluster_sql_file a "$TEST_SRC/inserted.sql"
cluster_sql a 'VACUUM (FREEZE, INDEX_CLEANUP off)'
cluster_sql_file a "$TEST_SRC/list_indexes.sql" | grep -v ^pg_ >indexes.txt
count=$(wc -l <indexes.txt)
[ "$count" -gt 20 ] || fail "only $count indexes were listed"
cluster_stop a

mkdir "$TEST_DIR/ours"
cd "$(cluster_dir a)"
"$HOLDFAST_BUILD/tests/access/index_check" insert "$TEST_DIR/ours" \
    <"$TEST_DIR/indexes.txt" >"$TEST_DIR/differences.txt" || fail "$(head -20 "$TEST_DIR/differences.txt")"
ok "$(tail -1 "$TEST_DIR/differences.txt")"
