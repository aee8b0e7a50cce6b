#!/usr/bin/env bash
# refuses_forged_backups.sh - files that the manifest does not know, and tars that would write where or what they must not
#
# Whatever is refused leaves nothing, and nothing outside of the target is touched.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr
verify=$(cluster_find_bin 15)/pg_verifybackup

archiving_init main --wal-segsize 1 --set "max_wal_size = 32MB" --set "min_wal_size = 2MB"
cluster_start main
cluster_sql main "update pg_database set datistemplate = false; drop database template0"
cluster_sql main "create table t as select g from generate_series(1, 1000) g"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/tar" -c fast -Ft
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"
cluster_stop main
mkdir outside
owner_path outside

restore()
{
    run "$pitr" restore --backup "$TEST_DIR/$1" --repo "$REPO" -D "$TEST_DIR/r" "${@:2}"
}

# refused TEXT BACKUP [option...]
refused()
{
    restore "${@:2}"
    assert_eq "$run_code" 1 "$1: the exit code"
    assert_contains "$run_err" "$1" "$1: is said"
    [ ! -e r ] || fail "$1: a refused restore left $(find r | head -3)"
    [ -z "$(ls outside)" ] || fail "$1: written outside: $(ls outside)"
}

# accepted BACKUP [option...]: and the cluster recovers.
accepted_count=0
accepted()
{
    local name
    restore "$@"
    [ "$run_code" = 0 ] || fail "restore of $*: $run_err"
    accepted_count=$((accepted_count + 1))
    name=restored$accepted_count
    cluster_adopt "$name" "$TEST_DIR/r"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select count(*) from t")" 1000 "restore of $*"
    cluster_stop "$name"
}

# ---- what the manifest does not know: plain -----------------------------------------------------------------------------------

# bad FORM: a copy of a backup, to be changed.
bad()
{
    rm -rf bad
    as_owner cp -a "$1" bad
}

# What pg_verifybackup leaves alone is left alone here.
bad plain
as_owner touch bad/recovery.signal bad/standby.signal bad/pg_wal/stray
echo "# changed" >>bad/postgresql.auto.conf
as_owner "$verify" -n "$TEST_DIR/bad" >/dev/null
accepted bad
[ ! -e r/standby.signal ] || fail "a standby's signal came along"
rm -rf r

for name in base/5/99999 base/5/1259.1 pg_xact/0001 postmaster.pid; do
    bad plain
    as_owner touch "bad/$name"
    run "$verify" -n "$TEST_DIR/bad"
    assert_contains "$run_err" "\"$name\" is present on disk but not in the manifest" "the oracle reports $name"
    refused "\"$name\" is present on disk but not in the manifest" bad
done
assert_contains "$run_err" "--skip-extra-files" "and how to go on is told"
bad plain
as_owner touch bad/a bad/b bad/c bad/d bad/e bad/f
as_owner mkfifo bad/fifo
as_owner ln -s "$TEST_DIR/outside" bad/global/link
refused '"a" is present on disk but not in the manifest' bad
assert_contains "$run_err" 'So are "b", "c", "d" and 4 more.' "more than one are counted, the first ones named"
accepted bad --skip-extra-files
assert_contains "$run_err" 'left out 8 files that are not in the manifest' "what is left out is told"
[ ! -e r/a ] && [ ! -e r/fifo ] && [ ! -L r/global/link ] || fail "what was to be left out came along"
rm -rf r

# Nobody can tell without a manifest; special files and links are no part of a backup in any case.
as_owner rm bad/backup_manifest
accepted bad
assert_contains "$run_err" "has no manifest" "that files cannot be checked is told"
assert_contains "$run_err" 'skipping special file "fifo"' "special files are skipped"
assert_contains "$run_err" 'skipping symbolic link "global/link"' "links are skipped"
[ -e r/a ] && [ ! -e r/fifo ] && [ ! -L r/global/link ] || fail "without a manifest: $(ls r)"
rm -rf r

# ---- forged tars --------------------------------------------------------------------------------------------------------------

# pad SIZE TEXT: the text and NULs behind it.
pad()
{
    printf '%s' "$2"
    head -c $(($1 - ${#2})) /dev/zero
}

# header NAME TYPE SIZE [LINK]: of a tar entry; SIZE is a number, or twelve bytes as printf writes them.
header()
{
    local sum
    {
        pad 100 "$1"
        pad 8 0000600
        pad 8 0000000
        pad 8 0000000
        # shellcheck disable=SC2059
        case $3 in *\\*) printf "$3" ;; *) printf '%011o\0' "$3" ;; esac
        pad 12 00000000000
        printf '        %s' "$2"
        pad 100 "${4:-}"
        printf 'ustar\00000'
        pad 32 postgres
        pad 32 postgres
        pad 8 0000000
        pad 8 0000000
        pad 167 ""
    } >header
    sum=$(od -An -v -tu1 header | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum }')
    printf '%06o\0 ' "$sum" | dd of=header bs=1 seek=148 conv=notrunc status=none
    cat header
}

# forge ENTRY...: the tar backup without a manifest, and with the output of the commands ENTRY behind its last file.
forge()
{
    local entry
    bad tar
    rm bad/backup_manifest
    {
        head -c -1024 tar/base.tar
        for entry in "$@"; do
            $entry
        done
        head -c 1024 /dev/zero
    } >bad/base.tar
    owner_path bad
}

content()
{
    pad 512 "content"
}

# entry NAME: a file with content.
entry()
{
    header "$1" 0 7
    content
}

forge "entry $TEST_DIR/outside/x"
refused "unsafe file name" bad
forge "entry ../outside/x"
refused "unsafe file name" bad
forge "entry base/../../outside/x"
refused "unsafe file name" bad
forge "entry pg_wal/.."
refused "unsafe file name" bad
for type in 1 3 4 6 7 x g L K S V; do
    forge "header odd $type 0 $TEST_DIR/outside"
    refused "tar entry of type \"$type\" is not supported" bad
done
forge "header huge 0 \\200\\0\\0\\0\\0\\4\\0\\0\\0\\0\\0\\0"
refused 'there is no room for "huge" of archive "base.tar"' bad
assert_contains "$run_err" "It has 1125899906842624 bytes" "and its size is told"
forge "header huge 0 \\200\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377"
refused "bad size in a header" bad
forge "entry PG_VERSION"
refused '"PG_VERSION" is present in archive "base.tar" for the second time' bad
forge "entry global/pg_control"
refused '"global/pg_control" is present in archive "base.tar" for the second time' bad
forge "entry new" "entry new"
refused '"new" is present in archive "base.tar" for the second time' bad
forge "entry global"
refused '"global" is present in archive "base.tar" for the second time' bad
forge "entry holdfast-restore.incomplete"
refused "holdfast-restore.incomplete" bad
forge "entry PG_VERSION/x"
refused "PG_VERSION" bad
forge "header PG_VERSION 5 0"
refused "PG_VERSION" bad

# A link is not made, so that nothing can be written through it.
forge "header evil 2 0 $TEST_DIR/outside" "entry evil/x" "header pg_wal 2 0 $TEST_DIR/outside"
accepted bad
assert_contains "$run_err" 'skipping symbolic link "evil"' "a link is skipped, and that is told"
[ -z "$(ls outside)" ] || fail "written through a link: $(ls outside)"
[ -z "$(find r -type l)" ] || fail "links were made: $(find r -type l)"
rm -rf r
forge "header pg_tblspc/777 2 0 $TEST_DIR/outside" "entry pg_tblspc/777/x"
restore bad
[ -z "$(ls outside)" ] && [ ! -L r/pg_tblspc/777 ] || fail "written through the link of a tablespace: $(ls outside)"
rm -rf r

# With a manifest, an entry is compared with it before it is unpacked.
# shellcheck disable=SC2119
forged_with_manifest()
{
    forge "$@"
    as_owner cp tar/backup_manifest bad
}
forged_with_manifest "entry base/5/99999"
refused '"base/5/99999" is present in archive "base.tar" but not in the manifest' bad
accepted bad --skip-extra-files
[ ! -e r/base/5/99999 ] || fail "what was to be left out came along"
rm -rf r
forged_with_manifest "header evil 2 0 $TEST_DIR/outside" "entry PG_VERSION"
refused '"PG_VERSION" is present in archive "base.tar" for the second time' bad
# In the place of its size, the header of the first file behind the label says 1 byte more.
as_owner cp tar/backup_manifest bad
sed -i 's/\("Path": "PG_VERSION", "Size": \)3/\14/' bad/backup_manifest
sum=$(sed '/"Manifest-Checksum"/,$d' bad/backup_manifest | sha256sum)
sed -i "s/\"Manifest-Checksum\": \"[0-9a-f]*\"/\"Manifest-Checksum\": \"${sum%% *}\"/" bad/backup_manifest
as_owner cp tar/base.tar bad
refused '"PG_VERSION" has size 3 in archive "base.tar" but size 4 in the manifest' bad

# ---- a bomb: a few kilobytes that unpack to more than the disk has --------------------------------------------------------------

mkdir small
if [ "$(id -u)" != 0 ] || ! mount -t tmpfs -o size=100m tmpfs small 2>/dev/null; then
    echo "SKIP: a disk of limited size: mounting a tmpfs needs root"
    exit 0
fi
at_end umount "$TEST_DIR/small"
owner_path small

# bomb NAME: 40 MB of nothing.
bomb()
{
    header "$1" 0 40000000
    head -c $(((40000000 + 511) / 512 * 512)) /dev/zero
}
forge "bomb one" "bomb two" "bomb three"
zstd -q --rm bad/base.tar
owner_path bad
note "$(stat -c %s bad/base.tar.zst) bytes unpack to $(zstd -dc bad/base.tar.zst | wc -c)"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/bad" --repo "$REPO" -D "$TEST_DIR/small/r"
assert_contains "$run_err" "there is no room for \"" "it is refused while there is room"
assert_eq "$(ls small)" "" "and what it wrote is removed"

# An honest backup that does not fit is told of beforehand, and ends as cleanly.
mount -o remount,size=12m small
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/small/r"
assert_contains "$run_err" "the restore may not fit on the file system of \"$TEST_DIR/small/r\"" "little room is told of"
assert_contains "$run_err" "No space left on device" "a full disk is named"
assert_eq "$(ls small)" "" "and nothing stays on it"
