#!/usr/bin/env bash
# restores_other_shapes.sh - clusters that differ: group access, backups of a standby, no manifest

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr

archiving_init main --initdb --allow-group-access
cluster_start main
cluster_sql main "create table here as select g from generate_series(1, 1000) g"
cluster_sql main "create table there as select g from generate_series(1, 2000) g"
cluster_base_backup main standby
cluster_follow standby main
cluster_start standby
cluster_wait_replay standby "$(cluster_lsn main)"

cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/tar" -Ft -c fast --no-manifest
cluster_sql main checkpoint
cluster_wait_replay standby "$(cluster_lsn main)"
cluster_run standby "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/standby.plain" -c fast -X none --no-manifest
cluster_run standby "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/standby.tar" -Ft -c fast -X none --no-manifest
cluster_sql main "insert into there select g from generate_series(1, 500) g"
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"
cluster_stop standby
cluster_stop main

for backup in plain tar standby.plain standby.tar; do
    name=r.$backup
    as_owner "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" -D "$TEST_DIR/$name.data" >restore.out ||
        fail "restore of $backup"
    cluster_adopt "$name" "$TEST_DIR/$name.data"
    assert_eq "$(stat -c %a "$name.data" "$name.data/PG_VERSION" "$name.data/postgresql.auto.conf" "$name.data/pg_wal" |
        paste -sd' ')" "750 640 640 750" "$backup: the group may read what it could read before"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select (select count(*) from here), (select count(*) from there)")" "1000|2500" \
        "$backup: all rows are there"
    cluster_stop "$name"
done
