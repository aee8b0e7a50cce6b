#!/usr/bin/env bash
# restores_tars_and_refuses_bad_input.sh - tar backups, tablespaces, odd paths, damage, leftovers, foreign archives

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr

mkdir spc
owner_path spc
archiving_init main
cluster_start main
cluster_sql main "create tablespace spc location '$TEST_DIR/spc'"
cluster_sql main "create table inside as select g from generate_series(1, 1000) g;
                  create table outside tablespace spc as select g from generate_series(1, 2000) g"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast -T "$TEST_DIR/spc=$TEST_DIR/spc.backup"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/tar" -Ft -c fast
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/zst" -Ft --compress client-zstd -X none -c fast
cluster_sql main "insert into outside select g from generate_series(1, 500) g"
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"
cluster_stop main
oid=$(ls "$TEST_DIR/main/data/pg_tblspc")

# restored NAME DIR BACKUP [option...]
restored()
{
    local name=$1.restored dir=$2 backup=$3
    shift 3
    as_owner "$pitr" restore --backup "$backup" --repo "$REPO" -D "$dir" "$@" >restore.out || fail "restore of $name"
    cluster_adopt "$name" "$dir"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select (select count(*) from inside), (select count(*) from outside)")" "1000|2500" \
        "restore of $name"
    cluster_stop "$name"
}

restored plain "$TEST_DIR/r.plain" "$TEST_DIR/plain" -T "$oid=$TEST_DIR/t.plain"
restored tar "$TEST_DIR/r.tar" "$TEST_DIR/tar" -T "$TEST_DIR/spc=$TEST_DIR/t.tar"
mkdir "ein Ördner"
owner_path "ein Ördner"
restored zst "$TEST_DIR/ein Ördner/r zst" "$TEST_DIR/zst" -T "$oid=$TEST_DIR/ein Ördner/t" -j 4

# refused TEXT BACKUP [option...]
refused()
{
    local text=$1 backup=$2
    shift 2
    assert_exit 1 "$pitr" restore --backup "$backup" --repo "$REPO" -D "$TEST_DIR/refused" -T "$oid=$TEST_DIR/refused.spc" "$@"
    assert_contains "$run_err" "$text" "refused: $text"
    [ ! -e "$TEST_DIR/refused" ] && [ ! -e "$TEST_DIR/refused.spc" ] || fail "a refused restore left something"
}

# A copy of the plain backup with its tablespace, to be damaged.
copy()
{
    rm -rf "$TEST_DIR/bad"
    as_owner cp -a "$TEST_DIR/plain" "$TEST_DIR/bad"
}

refused "there is no base backup in" "$TEST_DIR/nowhere"
mkdir empty
owner_path empty
refused "there is no base backup in" "$TEST_DIR/empty"
refused "is not a base backup" "$TEST_DIR/main/data"

copy
file=$(find "$TEST_DIR/bad/base/5" -name 1259)
printf 'x' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
refused 'checksum mismatch for file "base/5/1259"' "$TEST_DIR/bad"
copy
truncate -s 8192 "$TEST_DIR/bad/base/5/1259"
refused '"base/5/1259" has size 8192 in the base backup but size' "$TEST_DIR/bad"
copy
head -c 100000 /dev/zero >>"$TEST_DIR/bad/base/5/1259"
refused '"base/5/1259" is larger in the base backup than' "$TEST_DIR/bad"
copy
rm "$TEST_DIR/bad/base/5/1259"
refused '"base/5/1259" is in the manifest but not in the base backup' "$TEST_DIR/bad"
copy
sed -i 's/"Path": "PG_VERSION", "Size": 3/"Path": "PG_VERSION", "Size": 4/' "$TEST_DIR/bad/backup_manifest"
refused "manifest" "$TEST_DIR/bad"
copy
printf 'x' | dd of="$TEST_DIR/bad/global/pg_control" bs=1 seek=100 conv=notrunc status=none
refused "pg_control of the base backup" "$TEST_DIR/bad"
copy
printf '\001' | dd of="$TEST_DIR/bad/global/pg_control" bs=1 seek=12 conv=notrunc status=none
refused "is of an unknown version" "$TEST_DIR/bad"
assert_contains "$run_err" "PostgreSQL 13 to 18 are known" "and which ones are known is told"
copy
: >"$TEST_DIR/bad/global/pg_control"
refused "$TEST_DIR/bad/global/pg_control" "$TEST_DIR/bad"
for text in '{ nonsense' '' '{"PostgreSQL-Backup-Manifest-Version": 9, "Files": []}'; do
    copy
    echo "$text" >"$TEST_DIR/bad/backup_manifest"
    refused "could not parse backup manifest" "$TEST_DIR/bad"
done
# That of another backup of the same cluster.
copy
as_owner cp "$TEST_DIR/tar/backup_manifest" "$TEST_DIR/bad"
refused "of the base backup" "$TEST_DIR/bad"
copy
mv "$TEST_DIR/bad/backup_manifest" "$TEST_DIR/bad/backup_manifest.tmp"
refused "is not complete" "$TEST_DIR/bad"
copy
sed -i 's/^CHECKPOINT LOCATION.*//' "$TEST_DIR/bad/backup_label"
refused "backup_label" "$TEST_DIR/bad"
# Without a manifest nothing but the log knows better.
copy
as_owner rm "$TEST_DIR/bad/backup_manifest"
sed -i 's|^CHECKPOINT LOCATION.*|CHECKPOINT LOCATION: 0/1|' "$TEST_DIR/bad/backup_label"
refused "The log has no checkpoint at 0/1" "$TEST_DIR/bad"

as_owner cp -a "$TEST_DIR/zst" "$TEST_DIR/short"
as_owner truncate -s 100000 "$TEST_DIR/short/base.tar.zst"
refused "could not decompress zstd data: unexpected end" "$TEST_DIR/short"
assert_contains "$run_err" "while reading \"$TEST_DIR/short/base.tar.zst\"" "the file is named"
as_owner cp -a "$TEST_DIR/tar" "$TEST_DIR/short.tar"
as_owner truncate -s 3000000 "$TEST_DIR/short.tar/base.tar"
refused "base.tar is not a proper tar archive: unexpected end" "$TEST_DIR/short.tar"
assert_contains "$run_err" "near byte 3000000" "and the place"
# Cut between two files, which only the manifest or the missing end tells.
as_owner cp "$TEST_DIR/tar/base.tar" "$TEST_DIR/short.tar/base.tar"
as_owner rm "$TEST_DIR/short.tar/backup_manifest"
as_owner truncate -s -1024 "$TEST_DIR/short.tar/$oid.tar"
refused "is not complete" "$TEST_DIR/short.tar"
as_owner rm "$TEST_DIR/short.tar/$oid.tar"
refused "lacks \"$oid.tar\"" "$TEST_DIR/short.tar"

# ---- what the restored cluster will call --------------------------------------------------------------------------------------

mkdir bin
cp "$pitr" bin/pitr
owner_path bin
assert_exit 1 bin/pitr restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x" -T "$oid=$TEST_DIR/x.spc"
assert_contains "$run_err" "\"walarchive\" is needed by the restored cluster but was not found in the same directory as" \
    "a restore without walarchive is refused"
cp "$HOLDFAST_BIN/walarchive" bin/walarchive
chmod 600 bin/walarchive
owner_path bin
assert_exit 1 bin/pitr restore --dry-run --backup "$TEST_DIR/plain" --repo "$REPO"
assert_contains "$run_err" "cannot be executed" "and so is one with a walarchive that cannot be run"
[ ! -e "$TEST_DIR/x" ] && [ ! -e "$TEST_DIR/x.spc" ] || fail "a refused restore left something"

# ---- targets that would be copied into themselves -------------------------------------------------------------------------------

ln -s "$TEST_DIR/plain/base" link.to.backup
for dir in plain/new plain/base/5/deep/new link.to.backup/new repository/new repository/main/wal/new plain/../spc.backup/new; do
    assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/$dir" -T "$oid=$TEST_DIR/x.spc"
    assert_contains "$run_err" "lies inside what it is restored from" "$dir is refused"
    assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x" -T "$oid=$TEST_DIR/$dir"
    assert_contains "$run_err" "lies inside what it is restored from" "$dir is refused for a tablespace"
done
[ -z "$(find plain repository spc.backup -name new)" ] || fail "a refused restore left $(find plain repository spc.backup -name new)"
[ ! -e x ] && [ ! -e x.spc ] || fail "a refused restore left something"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D ""
assert_contains "$run_err" "no data directory specified" "an empty name is none"
assert_exit 1 "$pitr" restore --backup "" --repo "$REPO" -D "$TEST_DIR/x"
assert_contains "$run_err" "no base backup specified" "nor is it that of a backup"

# ---- targets that are not free -------------------------------------------------------------------------------------------------

mkdir full
touch full/file
owner_path full
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/full"
assert_contains "$run_err" "exists but is not empty" "a folder with content is never touched"
assert_eq "$(ls full)" file "and keeps its content"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x" -T nonsense
assert_contains "$run_err" "invalid tablespace mapping" "a mapping without = is refused"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x"
assert_contains "$run_err" "exists but is not empty" "a tablespace is not laid over the one that it came from"
[ ! -e "$TEST_DIR/x" ] || fail "a refused restore left its folder"

# What a killed restore leaves cannot start, and the next restore takes the folder over.
as_owner "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/again" -T "$oid=$TEST_DIR/again.spc" >/dev/null
as_owner rm "$TEST_DIR/again/global/pg_control"
as_owner touch "$TEST_DIR/again/holdfast-restore.incomplete"
printf '%s' "$TEST_DIR/again" >"$TEST_DIR/again.spc/holdfast-restore.incomplete"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x" -T "$oid=$TEST_DIR/again.spc"
assert_contains "$run_err" "exists but is not empty" "a tablespace is a leftover of its own target alone"
assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/x" -T "$oid=$TEST_DIR/x"
assert_contains "$run_err" "is wanted twice" "a tablespace is not laid into the data directory itself"
restored taken_over "$TEST_DIR/again" "$TEST_DIR/plain" -T "$oid=$TEST_DIR/again.spc"

# A marker that a kill left in a tablespace of a whole cluster gives nobody a right to it.
printf '%s' "$TEST_DIR/again" >"$TEST_DIR/again.spc/holdfast-restore.incomplete"
before=$(find "$TEST_DIR/again.spc" | sort)
for dir in x again; do
    assert_exit 1 "$pitr" restore --backup "$TEST_DIR/plain" --repo "$REPO" -D "$TEST_DIR/$dir" -T "$oid=$TEST_DIR/again.spc"
    assert_contains "$run_err" "exists but is not empty" "restore into $dir is refused"
done
assert_eq "$(find "$TEST_DIR/again.spc" | sort)" "$before" "and the tablespace of another cluster stays"

# ---- an archive that does not fit -----------------------------------------------------------------------------------------------

refused "no archived WAL" "$TEST_DIR/plain" --cluster nobody
archiving_init foreign
sed -i 's/--repo/--cluster foreign --repo/' "$(cluster_dir foreign)/postgresql.conf"
cluster_start foreign
cluster_sql foreign "select pg_switch_wal()" >/dev/null
cluster_wait_sql foreign "select last_archived_wal is not null from pg_stat_archiver"
refused "belong to different database systems" "$TEST_DIR/plain" --cluster foreign
