#!/usr/bin/env bash
# made_indexes_are_equal.sh - an index that is made of a table writes the pages, and the log, of a real server
#
# A real server makes indexes on a table with dead rows and chains of versions. Ours makes them anew
# in the same files: all pages must be as they were, and each record of a page be in its place.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init a --initdb --locale=C --set 'autovacuum = off' --set 'fsync = off' \
    --set 'max_parallel_maintenance_workers = 0' --set 'wal_keep_size = 1GB'
cluster_start a
cluster_sql_file a "$TEST_SRC/indexed.sql" >/dev/null
begin=$(cluster_sql a 'SELECT pg_current_wal_insert_lsn()')
cluster_sql a 'CREATE INDEX i1 ON t (id)'
cluster_sql a 'CREATE INDEX i2 ON t (k DESC, id)'
cluster_sql a 'CREATE INDEX i3 ON t (t) INCLUDE (f)'
cluster_sql a 'CREATE UNIQUE INDEX i4 ON t (n, id) WITH (fillfactor = 60)'
cluster_sql a 'CREATE INDEX i5 ON t (f NULLS FIRST) WHERE o > 1000'
cluster_sql a 'CREATE INDEX i6 ON t ((k % 7), (o * 2)) WHERE id IS NOT NULL'
cluster_sql a 'CREATE INDEX i7 ON t (k)'
cluster_sql a 'CREATE INDEX i8 ON empty (a)'
end=$(cluster_sql a 'SELECT pg_current_wal_insert_lsn()')
cluster_sql a "SELECT oid, relname, relpages FROM pg_class WHERE relname ~ '^i[0-9]\$' ORDER BY relname" >indexes
cluster_sql a CHECKPOINT
cluster_stop a
cluster_copy a b
sed -E 's/^([0-9]+).*/rel 1663\/5\/\1 /' indexes >files

# pages_of DATA-DIRECTORY [option of pg_waldump...]: images of the indexes, their lengths, in order
pages_of()
{
    local dir=$1
    shift
    as_owner "$(cluster_tool a pg_waldump)" -p "$dir/pg_wal" --rmgr=XLOG "$@" 2>/dev/null | grep 'desc: FPI ' |
        sed -E "s/^rmgr: XLOG *(len .*), tx: .*(blkref #0: .*)$/\1 \2/" | grep -F -f files || true
}

commands=()
while IFS='|' read -r oid _; do
    commands+=("build:$oid")
done <indexes
segments=("$(cluster_dir b)"/pg_wal/0*)
segment=$(basename "${segments[-1]}")
as_owner "$HOLDFAST_BUILD/tests/access/in_cluster" "$(cluster_dir b)" 5 stop "${commands[@]}" >out 2>&1 ||
    fail "$(tail -5 out)"
compared=0
while IFS='|' read -r oid name pages; do
    "$HOLDFAST_BUILD/tests/access/heap_play" compare "$(cluster_dir a)/base/5/$oid" \
        "$(cluster_dir b)/base/5/$oid" >different || fail "$name: $(tail -4 different)"
    compared=$((compared + pages))
done <indexes
[ "$compared" -gt 300 ] || fail "only $compared pages were compared"
ok "$(wc -l <indexes) indexes, $compared pages"

pages_of "$(cluster_dir a)" -s "$begin" -e "$end" >theirs
pages_of "$(cluster_dir b)" "$segment" | tail -n "$(wc -l <theirs)" >ours
[ "$(wc -l <theirs)" -gt 300 ] || fail "the log has only $(wc -l <theirs) images"
diff theirs ours >differences || fail "records differ: $(head -6 differences)"
ok "$(wc -l <ours) records"

cluster_start b
as_owner "$(cluster_tool b pg_amcheck)" --heapallindexed -h "$(cluster_socket_dir b)" -p "$(cluster_port b)" \
    -U postgres postgres >amcheck 2>&1 || fail "$(head -5 amcheck)"
cluster_stop b
