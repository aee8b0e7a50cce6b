#!/usr/bin/env bash
# followers_of_a_standby_come_along.sh - a real standby streams from our standby, wherever that has its log from
#
#     main (real primary) --archive, later a stream, then the archive again--> ours --stream--> below (real standby)
#     next (real, takes over from main) --stream--> ours --stream--> below
#
# A sender on a standby hears of what is replayed, and reads the archive's file where that took the place of one that came
# half as a stream. Both follow to the timeline that next begins, and ours, killed on the way, goes on. A promotion that was cut
# short has left a segment: the next one is not in its way, as on a real server.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
archive=$TEST_DIR/archive

cluster_init main --set "autovacuum = off" --set "wal_keep_size = 256MB"
cluster_archive_to main "$archive"
cluster_start main
cluster_sql main "create table t (n int primary key, v text)"
for name in ours below next; do
    options=()
    [ $name != ours ] || options=(--bin "$(server_bin)")
    mkdir $name
    owner_path $name
    cluster_run main "$bin/pg_basebackup" -D "$TEST_DIR/$name/data" -c fast --no-sync >backup.out 2>&1 || fail "$(cat backup.out)"
    cluster_adopt $name "$TEST_DIR/$name/data" ${options[@]+"${options[@]}"}
    # Nobody looks by himself as long as this test takes.
    cluster_set $name "archive_mode = off" "log_min_messages = info" "wal_retrieve_retry_interval = 200ms" "wal_sender_timeout = 0" "wal_receiver_status_interval = 1"
done
cluster_set ours "restore_command = 'cp $archive/%f %p 2>/dev/null'"
as_owner touch "$(cluster_dir ours)/standby.signal"
cluster_start ours
cluster_follow below ours
cluster_start below
cluster_follow next main
cluster_start next
cluster_wait_sql ours "select count(*) = 1 from pg_stat_replication where state = 'streaming'" "the stream of ours"

content="select count(*), sum(n), md5(string_agg(v, '' order by n)) from t"
# arrives WHAT FROM [LSN]: what FROM has by now, or up to there, is below within some seconds
arrives()
{
    local lsn=${3:-} began=$SECONDS
    [ -n "$lsn" ] || lsn=$(cluster_lsn "$2")
    cluster_wait_replay below "$lsn"
    assert_eq "$(cluster_sql below "$content")" "$(cluster_sql "$2" "$content")" "$1: all rows are there"
    [ $((SECONDS - began)) -le 5 ] || fail "$1: it took $((SECONDS - began)) seconds"
}
for ((i = 1; i <= 3; i++)); do
    cluster_sql main "insert into t select $i * 1000 + g, repeat(md5(g::text), 20) from generate_series(1, 500) g"
    arrives "from the archive, $i" main "$(cluster_sql main "select pg_switch_wal()")"
done

# Half of a segment comes as a stream, then all of it from the archive.
cluster_follow ours main
cluster_reload ours
cluster_wait_sql ours "select count(*) = 1 from pg_stat_wal_receiver where status = 'streaming'" "the stream to ours"
cluster_sql main "insert into t select g, md5(g::text) from generate_series(10000, 11000) g"
arrives "as a stream" main
cluster_set ours "primary_conninfo = ''"
sed -i '/primary_conninfo/d' "$(cluster_dir ours)/postgresql.auto.conf"
cluster_reload ours
cluster_wait_sql ours "select count(*) = 0 from pg_stat_wal_receiver" "the end of the stream to ours"
cluster_sql main "insert into t select g, md5(g::text) from generate_series(20000, 21000) g"
arrives "a segment that was begun as a stream, from the archive" main "$(cluster_sql main "select pg_switch_wal()")"

# Another server takes over: ours is told, and killed when it has just come along.
cluster_follow ours next
cluster_reload ours
cluster_wait_replay next "$(cluster_lsn main)"
cluster_stop main
cluster_promote next
cluster_sql next "insert into t values (-1, 'on timeline 2')"
arrives "a new timeline" next
assert_eq "$(cluster_sql below "select received_tli from pg_stat_wal_receiver")" 2 "below is on timeline 2"
cluster_kill ours
cluster_sql next "insert into t values (-2, 'while ours was away')"
cluster_start ours
lsn=$(cluster_lsn next)
cluster_wait_replay below "$lsn"
assert_eq "$(cluster_sql below "$content")" "$(cluster_sql next "$content")" "after a crash of ours all rows are there"

# What a promotion leaves that was killed before its history was written.
for name in below ours; do
    lsn=$(cluster_sql $name "select pg_last_wal_replay_lsn()")
    segment=$(printf '00000003%08X%08X' $((16#${lsn%/*})) $((16#${lsn#*/} >> 24)))
    as_owner dd if=/dev/urandom of="$(cluster_dir $name)/pg_wal/$segment" bs=1M count=16 status=none
    cluster_promote $name
    cluster_sql $name "insert into t values (-3, 'on timeline 3'); checkpoint"
    cluster_restart $name
    assert_eq "$(cluster_sql $name "select count(*), (select timeline_id from pg_control_checkpoint()) from t where n < 0")" "3|3" "$name is promoted in spite of it"
done
