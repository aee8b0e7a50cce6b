#!/usr/bin/env bash
# survives_a_full_disk.sh - a repository without room: push fails, leaves nothing, and succeeds when there is room again

. "$(dirname "$0")/../../lib/cluster.sh"

[ "$(id -u)" = 0 ] || skip "mounting a small file system needs root"
mkdir small
mount -t tmpfs -o size=3m tmpfs small 2>/dev/null || skip "mounting a tmpfs is not allowed here"
at_end umount "$TEST_DIR/small"
owner_path small
export HOLDFAST_REPO=file://$TEST_DIR/small/repo

cluster_require 15
cluster_init main
cluster_archive_to main "$TEST_DIR/plain"
cluster_start main
cluster_sql main "select pg_switch_wal()" >/dev/null
name=000000010000000000000001
cluster_wait_archived main "$name"

assert_exit 1 "$HOLDFAST_BIN/walarchive" push -Z none "plain/$name"
assert_contains "$run_err" "No space left on device" "a full disk is named"
assert_eq "$(find small -type f -name '*0001-*' | wc -l)" 0 "and nothing of the segment stays"
mount -o remount,size=64m small
assert_exit 0 "$HOLDFAST_BIN/walarchive" push -Z none "plain/$name"

mkdir target
mount -t tmpfs -o size=3m tmpfs target
at_end umount "$TEST_DIR/target"
owner_path target
assert_exit 200 "$HOLDFAST_BIN/walarchive" get "$name" target/RECOVERYXLOG
assert_contains "$run_err" "No space left on device" "a full disk under pg_wal is named"
assert_eq "$(ls target)" "" "and is not filled by what came of the try"
