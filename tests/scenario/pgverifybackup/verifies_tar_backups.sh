#!/usr/bin/env bash
# verifies_tar_backups.sh - backups in tar form, compressed or not, whole and damaged, with their WAL
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
program=${HOLDFAST_BIN:?}/pgverifybackup

# reports PART OPTION... DIR: the backup is found wanting, and this is said.
reports()
{
    local part=$1
    shift
    run "$program" "$@"
    assert_eq "$run_code" 1 "exit code for: $part"
    assert_contains "$run_err" "$part" "it says: $part"
}

# fresh: a copy of the backup that may be damaged.
fresh()
{
    rm -rf "$TEST_DIR/copy"
    cp -a "$TEST_DIR/plain" "$TEST_DIR/copy"
}

# content_at ARCHIVE MEMBER: where its content begins.
content_at()
{
    tar --list --block-number --verbose --file="$1" | awk -v name="$2" \
        '$NF == name { sub(/:/, "", $2); print $2 * 512 + 512 }'
}

poke()
{
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

mkdir ts
owner_path ts
cluster_init main --wal-segsize 1
cluster_start main
cluster_sql main "create tablespace ts location '$TEST_DIR/ts'"
cluster_sql main "create table t tablespace ts as select g from generate_series(1, 1000) g"
ts=$(cluster_sql main "select oid from pg_tablespace where spcname = 'ts'")
take()
{
    local dir=$1
    shift
    cluster_run main pg_basebackup --pgdata="$TEST_DIR/$dir" --format=tar --no-sync \
        --checkpoint=fast "$@"
}

take plain
take gzip --gzip
take lz4 --compress=server-lz4 --manifest-checksums=SHA256
take zstd --compress=server-zstd --wal-method=fetch
take fetched --wal-method=fetch --manifest-checksums=NONE
for dir in plain gzip lz4 zstd fetched; do
    assert_exit 0 "$program" "$TEST_DIR/$dir"
    assert_eq "$run_out" "backup successfully verified" "$dir: verified"
    assert_exit 0 "$program" -j 1 -F tar -q "$TEST_DIR/$dir"
done
assert_exit 0 "$program" -P "$TEST_DIR/plain"
assert_contains "$run_err" "kB (100%) verified" "progress is shown"
reports "present in the manifest but not on disk" -F plain "$TEST_DIR/plain"

fresh
echo >copy/note
reports 'file "note" is not expected in a tar format backup' "$TEST_DIR/copy"
assert_exit 0 "$program" -i note "$TEST_DIR/copy"

fresh
poke copy/base.tar "$(content_at copy/base.tar PG_VERSION)" X
reports 'checksum mismatch for file "PG_VERSION" in archive "base.tar"' "$TEST_DIR/copy"
assert_exit 0 "$program" -s "$TEST_DIR/copy"

fresh
poke copy/base.tar $(($(content_at copy/base.tar global/1262) - 512)) X
reports 'base.tar' "$TEST_DIR/copy"

fresh
tar --delete --file=copy/base.tar PG_VERSION
reports '"PG_VERSION" is present in the manifest but not on disk' "$TEST_DIR/copy"

fresh
echo >extra
tar --append --format=ustar --file=copy/base.tar extra
reports '"extra" is present in archive "base.tar" but not in the manifest' "$TEST_DIR/copy"
rm extra

fresh
echo 15 >PG_VERSION
tar --append --format=ustar --file=copy/base.tar PG_VERSION
reports '"PG_VERSION" is present in archive "base.tar" for the second time' "$TEST_DIR/copy"
tar --delete --file=copy/base.tar PG_VERSION
echo 150 >PG_VERSION
tar --append --format=ustar --file=copy/base.tar PG_VERSION
reports '"PG_VERSION" has size 4 in archive "base.tar" but size 3 in the manifest' "$TEST_DIR/copy"

fresh
rm "copy/$ts.tar"
reports "\"pg_tblspc/$ts/PG_15_202209061/5/" "$TEST_DIR/copy"

fresh
truncate -s 100000 copy/base.tar
reports 'present in the manifest but not on disk' "$TEST_DIR/copy"
cp -a gzip broken
poke broken/base.tar.gz 30000 '\000\000\000\000\000\000\000\000'
reports 'base.tar.gz' "$TEST_DIR/broken"
reports 'base.tar.gz' -e "$TEST_DIR/broken"

# The WAL: damaged, missing, elsewhere, in base.tar.
fresh
wal=$(tar --list --file=copy/pg_wal.tar | grep '^0')
poke copy/pg_wal.tar $(($(content_at copy/pg_wal.tar "$wal") + 160)) XXXX
reports 'WAL parsing failed for timeline 1' "$TEST_DIR/copy"
assert_exit 0 "$program" -n "$TEST_DIR/copy"
rm copy/pg_wal.tar
reports 'could not find any WAL file' "$TEST_DIR/copy"
mkdir w
tar --extract --directory=w --file=plain/pg_wal.tar
assert_exit 0 "$program" -w "$TEST_DIR/w" "$TEST_DIR/copy"
take bare --wal-method=none
reports 'could not find any WAL file' "$TEST_DIR/bare"
fresh
tar --delete --file=copy/pg_wal.tar "$wal"
reports 'could not find any WAL file' "$TEST_DIR/copy"

# Many segments, in any order.
cluster_run main pg_basebackup --pgdata="$TEST_DIR/long" --format=tar --no-sync --checkpoint=fast \
    --gzip --max-rate=12M &
backup_pid=$!
wait_until "the backup's data" test -s "$TEST_DIR/long/base.tar.gz"
cluster_sql main "create table u as select g from generate_series(1, 200000) g"
wait "$backup_pid"
assert_exit 0 "$program" "$TEST_DIR/long"
mkdir segments
tar --extract --directory=segments --file=long/pg_wal.tar.gz
mapfile -t names < <(find segments -maxdepth 1 -name '0*' -printf '%f\n' | sort -r)
[ "${#names[@]}" -gt 3 ] || fail "the backup spans only ${#names[@]} segments"
rm long/pg_wal.tar.gz
tar --create --format=ustar --directory=segments --file=long/pg_wal.tar "${names[@]}"
owner_path long
assert_exit 0 "$program" "$TEST_DIR/long"
unset 'names[1]'
tar --create --format=ustar --directory=segments --file=long/pg_wal.tar "${names[@]}"
reports 'could not find WAL segment' "$TEST_DIR/long"
