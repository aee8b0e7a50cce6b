#!/usr/bin/env bash
# follows_timelines_of_the_backup.sh - a timeline whose history file only the base backup has
#
# PostgreSQL takes history files from pg_wal where the archive has none, so a backup that was taken with its WAL can be
# restored without.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr

# switched CLUSTER: have all that was written until now in the repository.
switched()
{
    local last
    last=$(cluster_sql "$1" "select pg_walfile_name(pg_current_wal_lsn())")
    cluster_sql "$1" "select pg_switch_wal()" >/dev/null
    cluster_wait_archived "$1" "$last"
}

# A cluster that was restored once: it is on timeline 2.
archiving_init main --wal-segsize 1
cluster_start main
cluster_sql main "create table steps (name text); insert into steps values ('a')"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast
cluster_sql main "insert into steps values ('b')"
switched main
cluster_stop main
as_owner "$pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/two.data" >restore.out
cluster_adopt two "$TEST_DIR/two.data"
cluster_start two
cluster_wait_sql two "select not pg_is_in_recovery()" "end of recovery"
as_owner sed -i '/^archive_mode/d' "$TEST_DIR/two.data/postgresql.auto.conf"
cluster_restart two
cluster_run two "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast
cluster_run two "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/stream" -Ft -Z zstd -c fast
cluster_run two "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/fetch" -Ft -X fetch -c fast
cluster_run two "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/none" -Ft -X none -c fast
cluster_sql two "insert into steps values ('c')"
switched two
cluster_stop two
rm "$TEST_DIR"/repository/main/wal/00000002.history-*

for backup in plain stream fetch; do
    as_owner "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" -D "$TEST_DIR/r.$backup" >restore.out ||
        fail "restore of $backup"
    assert_contains "$(cat restore.out)" "on timeline 2" "$backup: the timeline is known from the backup"
    cluster_adopt "$backup.restored" "$TEST_DIR/r.$backup"
    cluster_start "$backup.restored"
    cluster_wait_sql "$backup.restored" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$backup.restored" "select string_agg(name, ' ' order by name) from steps")" "a b c" \
        "$backup: all is there"
    cluster_stop "$backup.restored"
done
for backup in none base; do
    timeline=latest
    [ "$backup" = none ] || timeline=2
    assert_exit 1 "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" -D "$TEST_DIR/refused" --target-timeline "$timeline"
    assert_contains "$run_err" "timeline 2 does not exist" "$backup: a backup without the history file does not help"
done
