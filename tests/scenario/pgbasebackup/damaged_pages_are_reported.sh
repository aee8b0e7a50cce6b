#!/usr/bin/env bash
# damaged_pages_are_reported.sh - a copy with wrong checksums is kept, but is no backup
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main
file=$(cluster_sql main "select pg_relation_filepath('t')")
cluster_stop main
printf 'damage' | as_owner dd of="$(cluster_dir main)/$file" bs=1 seek=20000 conv=notrunc status=none
cluster_start main

backup_fails "checksum error occurred" -D copy -T "$SPACE=$TEST_DIR/space a"
[[ "$run_err" =~ (^|$'\n')WARNING:\ \ checksum\ verification\ failed\ in\ file ]] ||
    fail "the server's warning is not shown: $run_err"
[[ -e copy/backup_manifest.tmp && ! -e copy/backup_manifest ]] || fail "the manifest has its name"
[ -e copy/global/pg_control ] || fail "the copy is not usable"
backup_fails "checksum error occurred" -D tars -Ft
[[ -e tars/base.tar && -e tars/backup_manifest.tmp && ! -e tars/backup_manifest ]] ||
    fail "wrong names: $(ls tars)"
backup -D unchecked -T "$SPACE=$TEST_DIR/space b" --no-verify-checksums
backup_verify unchecked
