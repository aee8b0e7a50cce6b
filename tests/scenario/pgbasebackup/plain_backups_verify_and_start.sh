#!/usr/bin/env bash
# plain_backups_verify_and_start.sh - a backup as folders is what the server has
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main

backup -D copy -T "$SPACE=$TEST_DIR/space a" -v 2>messages
assert_contains "$(<messages)" "write-ahead log end point: " "the course is told with -v"
assert_contains "$(<messages)" "base backup completed" "and the end"
backup_verify copy
assert_eq "$(readlink copy/pg_tblspc/*)" "$TEST_DIR/space a" "the tablespace's link is mapped"
[[ ! -e copy/backup_manifest.tmp && ! -e copy/global/pg_control.tmp ]] ||
    fail "temporary names are left"
assert_eq "$(stat -c %a copy copy/PG_VERSION copy/base | sort -u)" $'600\n700' "modes are the owner's"
backup_starts copy

backup -D fetched -X fetch -T "$SPACE=$TEST_DIR/space b"
backup_verify fetched
backup_starts fetched

backup -D elsewhere -T "$SPACE=$TEST_DIR/space c" --waldir="$TEST_DIR/wal c" --no-slot -N
assert_eq "$(readlink elsewhere/pg_wal)" "$TEST_DIR/wal c" "pg_wal is a link to --waldir"
backup_verify elsewhere
backup_starts elsewhere

backup -D bare -X none -T "$SPACE=$TEST_DIR/space d" --no-manifest 2>messages
assert_contains "$(<messages)" "NOTICE:  WAL archiving is not enabled" "notices of the server are shown"
[ ! -e bare/backup_manifest ] || fail "there is a manifest"
assert_eq "$(find bare/pg_wal -type f)" "" "no WAL comes with -X none"

as_owner mkdir empty "space e"
backup -D empty -T "$SPACE=$TEST_DIR/space e" -r 512M --manifest-checksums=sha256 \
    --manifest-force-encode --no-estimate-size --no-verify-checksums -l "it's a \"label\""
backup_verify empty
assert_contains "$(<empty/backup_label)" "LABEL: it's a \"label\"" "the label is taken as it is"
assert_contains "$(<empty/backup_manifest)" '"Checksum-Algorithm": "SHA256"' "the manifest is as asked"
assert_contains "$(<empty/backup_manifest)" '"Encoded-Path"' "and its names are encoded"

for method in gzip lz4:1 zstd:level=3,workers=1; do
    rm -rf zipped "space f"
    backup -D zipped -T "$SPACE=$TEST_DIR/space f" -Z "server-$method"
    backup_verify zipped
done
