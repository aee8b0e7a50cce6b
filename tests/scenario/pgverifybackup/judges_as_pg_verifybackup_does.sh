#!/usr/bin/env bash
# judges_as_pg_verifybackup_does.sh - findings and exit codes equal the original's, whatever the damage
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)/pg_verifybackup
mkdir ours
ln -s "${HOLDFAST_BIN:?}/pgverifybackup" ours/pg_verifybackup
mine=$TEST_DIR/ours/pg_verifybackup

# same WHAT WORD...: both programs agree. The original lets pg_waldump speak of the WAL, ours says
# why in a detail; both report files in an order of their own.
same()
{
    local what=$1 out err code
    shift
    run "$theirs" "$@"
    out=$(grep -v '^first record is after' <<<"$run_out" || true)
    err=$(grep -v '^pg_waldump' <<<"$run_err" | sort || true)
    code=$run_code
    run "$mine" "$@"
    [ "$run_out" = "$out" ] || fail "$what: $(diff <(echo "$out") <(echo "$run_out"))"
    run_err=$(grep -v '^pg_verifybackup: detail' <<<"$run_err" | sort || true)
    [ "$run_err" = "$err" ] || fail "$what: stderr: $(diff <(echo "$err") <(echo "$run_err"))"
    assert_eq "$run_code" "$code" "$what"
}

# same_damage WHAT COMMAND [OPTION...]: both agree after a shell command has changed a fresh copy.
same_damage()
{
    local what=$1 command=$2
    shift 2
    # One of the kinds of damage is a folder without rights.
    [ ! -e "$TEST_DIR/copy" ] || chmod -R u+rwX "$TEST_DIR/copy"
    rm -rf "$TEST_DIR/copy"
    cp -a "$backup" "$TEST_DIR/copy"
    (cd "$TEST_DIR/copy" && eval "$command")
    owner_path "$TEST_DIR/copy"
    same "$what" "$@" "$TEST_DIR/copy"
}

# poke FILE OFFSET BYTES: overwrite bytes, given as octal escapes of printf.
poke()
{
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# edit SED-COMMAND: change the manifest of the current directory and make its checksum right again.
edit()
{
    head -n -1 backup_manifest | sed "$1" >"$TEST_DIR/body"
    printf '"Manifest-Checksum": "%s"}\n' "$(sha256sum <"$TEST_DIR/body" | cut -d ' ' -f 1)" |
        cat "$TEST_DIR/body" - >backup_manifest
}

cluster_init main
cluster_start main
cluster_sql main "create table t as select g from generate_series(1, 10000) g"
table=$(cluster_sql main "select pg_relation_filepath('t')")
cluster_run main pg_basebackup --pgdata="$TEST_DIR/backup" --no-sync --checkpoint=fast
cluster_run main pg_basebackup --pgdata="$TEST_DIR/sha" --no-sync --checkpoint=fast \
    --manifest-checksums=SHA512 --manifest-force-encode
cluster_run main pg_basebackup --pgdata="$TEST_DIR/none" --no-sync --checkpoint=fast \
    --manifest-checksums=NONE
backup=$TEST_DIR/backup
wal=$(basename "$(echo "$backup"/pg_wal/0*)")

for good in "$backup" "$TEST_DIR/sha" "$TEST_DIR/none"; do
    same "a good backup" "$good"
done
same "a good backup, quietly" -q "$backup"
same "a good backup, sizes alone" -n -s "$backup"
same "no directory"
same "a directory too many" "$backup" "$backup"
same "a directory that is none" "$TEST_DIR/nowhere"
same "a manifest that is none" -m "$TEST_DIR/nowhere" "$backup"

same_damage "an extra file" 'echo >base/5/foo'
same_damage "an extra folder with a file" 'mkdir -p a/b && echo >a/b/c'
same_damage "an empty folder" 'mkdir a'
same_damage "a missing file" "rm $table"
same_damage "many findings" "rm $table PG_VERSION && echo >base/5/zz && echo >>base/5/1259"
same_damage "many findings, stop at the first" "rm $table" -e
same_damage "a missing folder, ignored" 'rm -r base/5' -i base/5
same_damage "a missing folder, ignored by a longer name" 'rm -r base/5' -i ./base/
same_damage "a missing folder, another one ignored" 'rm -r base/5' -i base/50
same_damage "a shorter file" "truncate -s 8192 $table"
same_damage "a flipped bit" "poke $table 5000 '\\377'"
same_damage "a flipped bit, sizes alone" "poke $table 5000 '\\377'" -s
same_damage "a flipped bit in the control file" "poke global/pg_control 100 '\\377'"
same_damage "a longer control file" 'echo >>global/pg_control'
same_damage "a shorter control file" 'truncate -s 100 global/pg_control'
same_damage "a folder in place of the control file" 'rm global/pg_control && mkdir global/pg_control'
same_damage "a flipped bit in a configuration file" "poke postgresql.conf 100 '\\377'"
same_damage "a link to a file" 'ln -s /etc/passwd lnk'
same_damage "a link to nowhere" 'ln -s /nonexistent lnk'
same_damage "a link to a folder" "ln -s $backup/global lnk"
same_damage "a pipe" 'mkfifo fifo'
same_damage "a folder in place of a file" "rm $table && mkdir $table"
same_damage "a pipe in place of a file" "rm $table && mkfifo $table"
same_damage "a file that nobody may read" "chmod 0 $table"
same_damage "a folder that nobody may read" 'chmod 0 base/5'
same_damage "what a server adds" 'touch standby.signal recovery.signal && echo >>postgresql.auto.conf'
same_damage "a tablespace map" 'echo >tablespace_map'

same_damage "no WAL" 'rm pg_wal/0*'
same_damage "no folder of WAL" 'rm -r pg_wal'
same_damage "no WAL, and none wanted" 'rm pg_wal/0*' -n
same_damage "WAL elsewhere" "rm -rf $TEST_DIR/w && mv pg_wal $TEST_DIR/w" -w "$TEST_DIR/w"
same_damage "WAL nowhere" : -w "$TEST_DIR/nowhere"
same_damage "a damaged first record" "poke pg_wal/$wal 40 XXXX"
same_damage "a damaged record" "poke pg_wal/$wal 160 XXXX"
same_damage "a damaged page header" "poke pg_wal/$wal 0 XXXX"
same_damage "a segment of ten bytes" "truncate -s 10 pg_wal/$wal"
same_damage "WAL of another timeline" "mv pg_wal/$wal pg_wal/00000002${wal#????????}"

same_damage "no manifest" 'rm backup_manifest'
same_damage "a manifest elsewhere" "mv backup_manifest $TEST_DIR/m" -m "$TEST_DIR/m"
same_damage "a changed manifest" "sed -i s/pg_control/pg_contrul/ backup_manifest"
same_damage "half a manifest" 'truncate -s 300 backup_manifest'
same_damage "a longer manifest" 'echo >>backup_manifest'
for change in 's/"Checksum": "[0-9a-f]*"/"Checksum": "00"/' 's/"Checksum": "[0-9a-f]*"/"Checksum": ""/' \
    's/"Checksum": "[0-9a-f]*"/"Checksum": "xyz"/' 's/"CRC32C"/"SHA256"/' 's/"CRC32C"/"none"/' \
    's/"CRC32C"/"md5"/' '/backup_label/s/"Path"/"Encoded-Path"/' 's/"Path": "PG_V/"Path": "XX_V/' \
    's/"Size": 3,/"Size": 4,/' 's/"Size": 3,/"Size": true,/' 's/"Size": 3,//' \
    's/"Last-Modified"/"Least-Modified"/' 's/"Timeline": 1/"Timeline": 2/' \
    's/"Timeline": 1/"Timeline": "x"/' 's/"Start-LSN": "[^"]*"/"Start-LSN": "x"/' \
    's/"End-LSN": "[^"]*"/"End-LSN": "0\/1"/' 's/"End-LSN": "[^"]*"/"End-LSN": "7\/1"/' \
    's/Manifest-Version": 1/Manifest-Version": 9/' 's/"WAL-Ranges"/"WAL"/' 's/"Files": \[/"Files": [3,/' \
    's/"Path": "PG_VERSION"/"Path": "backup_label"/' 's/"Files": \[/"Files": {/'; do
    same_damage "the manifest after $change" "edit '$change'"
done
