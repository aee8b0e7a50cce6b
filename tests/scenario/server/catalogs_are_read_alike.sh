#!/bin/bash
# catalogs_are_read_alike.sh - reading the catalogs of a real PostgreSQL 15 again gives the files of server/catalog
source "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15

mkdir again
bash "$TOP_SRCDIR/setup/read_catalogs.sh" --bin "$(cluster_find_bin 15)" "$TEST_DIR/again"
count=0
for file in "$TOP_SRCDIR"/server/catalog/pg_*.def; do
    diff "$file" "again/$(basename "$file")" >diff.out || fail "$(basename "$file") differs: $(head -20 diff.out)"
    count=$((count + 1))
done
assert_eq "$(find again -name 'pg_*.def' | wc -l)" "$count" "each file is as the server says"
