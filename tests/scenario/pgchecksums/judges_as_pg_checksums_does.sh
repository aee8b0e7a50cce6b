#!/usr/bin/env bash
# judges_as_pg_checksums_does.sh - output, messages and exit codes equal the original's, whatever the damage
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)/pg_checksums
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgchecksums" ours/pg_checksums
mine=$TEST_DIR/ours/pg_checksums

# same WHAT WORD...: both programs agree. Messages are sorted: they come in the order of the folder
# in one, of the threads in the other.
same()
{
    local what=$1 out err code
    shift
    run "$theirs" "$@"
    out=$run_out err=$(sort <<<"$run_err") code=$run_code
    run "$mine" "$@"
    [ "$run_out" = "$out" ] || fail "$what: $(diff <(echo "$out") <(echo "$run_out"))"
    [ "$(sort <<<"$run_err")" = "$err" ] ||
        fail "$what: stderr: $(diff <(echo "$err") <(sort <<<"$run_err"))"
    assert_eq "$run_code" "$code" "$what"
}

# same_damage WHAT COMMAND...: both agree after the command has changed a fresh copy of the cluster.
same_damage()
{
    local what=$1
    shift
    rm -rf "$TEST_DIR/copy"
    cp -a "$data" "$TEST_DIR/copy"
    (cd "$TEST_DIR/copy" && "$@")
    owner_path "$TEST_DIR/copy"
    same "$what" "$TEST_DIR/copy"
}

# poke FILE OFFSET BYTES: overwrite bytes, given as octal escapes of printf.
poke()
{
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

cluster_init main
cluster_start main
cluster_sql main "create table t as select g, repeat('x', 50) from generate_series(1, 20000) g;
                  create index on t (g); vacuum t; create unlogged table u as select 1 as x"
data=$(cluster_dir main)
table=$(cluster_sql main "select pg_relation_filepath('t')")
filenode=${table##*/}
same "a running cluster" "$data"
cluster_stop main

same "a good cluster" "$data"
same "one relation" -f "$filenode" -v -D "$data"
same "no relation of that number" --filenode=7 "$data"
same "the directory of PGDATA" -c -D "$data"
same "no directory"
same "a directory too many" "$data" "$data"
same "a directory that is none" "$TEST_DIR/nowhere"
same "a relation, when writing" -f 1 -e "$data"
same "enabling what is enabled" -e "$data"

same_damage "a flipped bit in a header" poke "$table" $((8192 * 3 + 16)) '\001'
same_damage "a flipped bit in the data" poke "$table" $((8192 * 5 + 5000)) '\377'
same_damage "a wrong checksum" poke "$table" $((8192 * 2 + 8)) '\001\002'
same_damage "a zeroed checksum" poke "$table" 8 '\000\000'
same_damage "the last block" poke "$table" $(($(stat -c %s "$data/$table") - 1)) '\377'
same_damage "a zeroed page" dd if=/dev/zero of="$table" bs=8192 seek=4 count=1 conv=notrunc status=none
same_damage "a page at another place" dd if="$data/$table" of="$table" bs=8192 skip=1 seek=7 count=1 \
    conv=notrunc status=none
same_damage "half a page of another time" dd if="$data/$table" of="$table" bs=4096 skip=3 seek=5 \
    count=1 conv=notrunc status=none
same_damage "a damaged map" poke "${table}_vm" 100 '\377'
same_damage "a file that ends in a page" truncate -s $((8192 * 3 + 100)) "$table"
same_damage "a file that ends between pages" truncate -s $((8192 * 3)) "$table"
same_damage "an empty file" truncate -s 0 "$table"
same_damage "a file of one byte" truncate -s 1 "base/5/foo"
same_damage "a stray page" cp "$data/$table" "${table}0.1"
same_damage "a page in a folder inside" sh -c 'mkdir base/5/sub && echo >base/5/sub/9'
same_damage "segment 0" cp "$table" "$table.0"
same_damage "a segment of letters" cp "$table" "$table.abc"
same_damage "temporary files" sh -c 'mkdir -p base/pgsql_tmp && echo >base/pgsql_tmp/x && echo >base/5/pgsql_tmp7.1'
same_damage "caches and maps" sh -c 'echo >base/5/pg_internal.init.77 && echo >base/5/pg_filenode.map'
same_damage "a copy of the version file" sh -c 'echo >base/5/PG_VERSION2'
same_damage "a link to a file" ln -s /etc/passwd base/5/555
same_damage "a link to nowhere" ln -s /nonexistent base/5/555
same_damage "a pipe" mkfifo base/5/555
same_damage "a tablespace of another version" mkdir -p pg_tblspc/123/PG_14_1
same_damage "a tablespace" sh -c 'mkdir -p pg_tblspc/123/PG_15_202209061/5 pg_tblspc/123/PG_14_1/5 &&
    cp base/5/1259 pg_tblspc/123/PG_15_202209061/5/9 && echo >pg_tblspc/123/PG_14_1/5/8'
same_damage "a file among tablespaces" sh -c 'echo >pg_tblspc/foo'
same_damage "no tablespaces at all" rmdir pg_tblspc
same_damage "a wrong CRC in pg_control" poke global/pg_control 100 '\377'

# Where the original takes any page for new whose header says so, ours says that it is not empty.
rm -rf copy
cp -a "$data" copy
poke "copy/$table" $((8192 * 2 + 14)) '\000\000'
owner_path copy
run "$theirs" "$TEST_DIR/copy"
out=$run_out
assert_exit 0 "$mine" "$TEST_DIR/copy"
assert_eq "$run_out" "$out" "a page without header does not fail the check"
assert_contains "$run_err" "warning: page without header is not empty in file" "but is mentioned"
