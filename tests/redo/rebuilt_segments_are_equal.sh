#!/usr/bin/env bash
# rebuilt_segments_are_equal.sh - relations longer than a segment of 1 GiB, one of them cut short again
#
# Needs 5 GB in TMPDIR.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
cluster_init main "${rebuild_settings[@]}" --set "autovacuum = off" \
    --set "checkpoint_timeout = '1d'" --set "shared_buffers = '512MB'"
rebuild_take_cold main cold
cluster_start main
# A row fills a page; there are 131072 pages to a segment.
for table in cut stays; do
    cluster_sql main "create table $table (i int, v text); alter table $table alter v set storage plain;
        insert into $table select i, repeat('x', 8000) from generate_series(1, 131100) i"
done
cluster_sql main "delete from cut where i > 1000; vacuum (truncate on) cut;
    update stays set i = -i where i > 131000; create index on stays (i)"
cut=$(cluster_sql main "select pg_relation_filepath('cut')")
stays=$(cluster_sql main "select pg_relation_filepath('stays')")
cluster_stop main
data=$(cluster_dir main)
assert_eq "$(stat -c %s "$data/$cut.1")" 0 "the server leaves an empty segment behind"
assert_eq "$(stat -c %s "$data/$stays")" 1073741824 "a segment is full"

rebuild_judge cold main -m 64
ok "the rebuilt cluster equals the real one"
rebuild_start cold main
