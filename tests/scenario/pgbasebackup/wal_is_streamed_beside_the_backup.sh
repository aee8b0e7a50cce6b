#!/usr/bin/env bash
# wal_is_streamed_beside_the_backup.sh - segments that fill up while the backup runs are complete
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main --wal-segsize 1 --set 'max_wal_size = 8MB' --set 'min_wal_size = 2MB'

# Slow enough that the WAL of some statements comes in between.
for form in plain tar; do
    cluster_run main "$BACKUP" -cfast -D "$form" -F$form -T "$SPACE=$TEST_DIR/space $form" -r 24M \
        2>messages &
    backup_pid=$!
    cluster_wait_sql main "select count(*) = 2 from pg_stat_replication
        where application_name = 'pgbasebackup'" "both connections"
    cluster_sql main "insert into bloat select repeat('c', 1000) from generate_series(1, 3000);
        select pg_switch_wal(); checkpoint" >/dev/null
    cluster_sql main "delete from bloat where filler like 'c%'; checkpoint"
    wait "$backup_pid" || fail "pgbasebackup: $(<messages)"
done
as_owner mkdir tar.wal
as_owner tar -xf tar/pg_wal.tar -C tar.wal
for wal in plain/pg_wal tar.wal; do
    done_count=$(find "$wal/archive_status" -name '*.done' | wc -l)
    [ "$done_count" -ge 3 ] || fail "$wal: $done_count segments are complete"
    segment_count=$(find "$wal" -maxdepth 1 -type f | wc -l)
    assert_eq "$(find "$wal" -maxdepth 1 -type f -size 1048576c | wc -l)" "$segment_count" \
        "$segment_count segments in $wal have their full size"
done
backup_verify plain
backup_starts plain
