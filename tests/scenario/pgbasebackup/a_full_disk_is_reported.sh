#!/usr/bin/env bash
# a_full_disk_is_reported.sh - no room for the backup: a clear error, and the room is given back
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
[ "$(id -u)" = 0 ] || skip "needs root to mount a small disk"
mkdir small
mount -t tmpfs -o size=2m tmpfs small 2>/dev/null || skip "cannot mount a small disk here"
at_end umount "$TEST_DIR/small"
owner_path small
backup_main

for options in "-Fp -X none" "-Fp -X stream" "-Ft -X none" "-Ft -X fetch -Z gzip:1 -N"; do
    # shellcheck disable=SC2086 # words
    backup_fails "No space left on device" -D small/copy -T "$SPACE=$TEST_DIR/small/space" $options
    backup_left_nothing small/copy small/space
done
