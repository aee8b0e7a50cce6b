#!/usr/bin/env bash
# tar_backups_verify_and_start.sh - archives, compressed here or there, hold what the server has
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main
oid=$(cluster_sql main "select oid from pg_tablespace where spcname = 's'")

# unpack DIR SUFFIX TO: lay the archives of a backup out as a data directory.
unpack()
{
    local dir=$1 suffix=$2 to=$3 reader=cat
    case $suffix in
        .gz) reader="gzip -dc" ;;
        .lz4) reader="lz4 -qdc" ;;
        .zst) reader="zstd -qdc" ;;
    esac
    as_owner mkdir -m 700 "$to" "$to.space"
    $reader "$dir/base.tar$suffix" | as_owner tar -xf - -C "$to"
    $reader "$dir/$oid.tar$suffix" | as_owner tar -xf - -C "$to.space"
    if [ -e "$dir/pg_wal.tar" ] || [ -e "$dir/pg_wal.tar.gz" ]; then
        [ -e "$dir/pg_wal.tar" ] || gzip -d "$dir/pg_wal.tar.gz"
        as_owner tar -xf "$dir/pg_wal.tar" -C "$to/pg_wal"
    fi
    # The map names the server's own folder.
    as_owner sed -i "s|^$oid .*|$oid $TEST_DIR/$to.space|" "$to/tablespace_map"
    as_owner cp "$dir/backup_manifest" "$to/"
    as_owner ln -s "$TEST_DIR/$to.space" "$to/pg_tblspc/$oid"
}

has_tools()
{
    command -v "$1" >/dev/null || { note "no $1 here"; return 1; }
}

# tar_is_sound NAME SUFFIX OPTION...
tar_is_sound()
{
    local name=$1 suffix=$2
    shift 2
    backup -D "$name" -Ft "$@"
    assert_eq "$(find "$name" -name '*.tmp')" "" "no temporary names are left"
    unpack "$name" "$suffix" "$name.out"
    # The link and the map are ours.
    backup_verify "$name.out" -i tablespace_map
}

tar_is_sound plain ""
as_owner rm "plain.out/pg_tblspc/$oid"
backup_starts plain.out
tar_is_sound fetched "" -X fetch
tar_is_sound gzip .gz -z
tar_is_sound gzip_server .gz -Z server-gzip:1
if has_tools lz4; then
    tar_is_sound lz4 .lz4 -Z lz4
    tar_is_sound lz4_server .lz4 -Z server-lz4
fi
if has_tools zstd; then
    tar_is_sound zstd .zst -Z client-zstd:level=1,workers=2
    tar_is_sound zstd_server .zst -Z server-zstd
fi

# On standard output there is room for one archive, the manifest is its last file.
backup_fails "can only write single tablespace to stdout, database has 2" -D - -Ft -X fetch
cluster_sql main "drop table u" && cluster_sql main "drop tablespace s"
as_owner mkdir stdout stdout_gzip
backup -D - -Ft -X fetch >stdout.tar
as_owner tar -xf - -C stdout <stdout.tar
assert_eq "$(tar -tf stdout.tar | tail -1)" backup_manifest "the manifest comes last"
backup_verify stdout
backup -D - -Ft -X fetch -Z zstd | zstd -qdc | as_owner tar -xf - -C stdout_gzip
backup_verify stdout_gzip
backup_fails "cannot inject manifest into a compressed tar file" -D - -Ft -X fetch -Z server-gzip
backup -D - -Ft -X none -Z server-gzip --no-manifest 2>/dev/null | gzip -dc | tar -tf - >names
assert_contains "$(<names)" global/pg_control "the server's compression passes through"
