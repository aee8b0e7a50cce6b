#!/usr/bin/env bash
# restores_other_shapes.sh - clusters that differ: group access, backups of a standby, no manifest, large segments, odd names

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr

archiving_init main --initdb --allow-group-access
cluster_start main
cluster_sql main "create table here as select g from generate_series(1, 1000) g"
cluster_sql main "create table there as select g from generate_series(1, 2000) g"
cluster_base_backup main standby
cluster_follow standby main
cluster_start standby
cluster_wait_replay standby "$(cluster_lsn main)"

cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/tar" -Ft -c fast --no-manifest
cluster_sql main checkpoint
cluster_wait_replay standby "$(cluster_lsn main)"
cluster_run standby "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/standby.plain" -c fast -X none --no-manifest
cluster_run standby "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/standby.tar" -Ft -c fast -X none --no-manifest
cluster_sql main "insert into there select g from generate_series(1, 500) g"
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"
cluster_stop standby
cluster_stop main

for backup in plain tar standby.plain standby.tar; do
    name=r.$backup
    as_owner "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" -D "$TEST_DIR/$name.data" >restore.out ||
        fail "restore of $backup"
    cluster_adopt "$name" "$TEST_DIR/$name.data"
    assert_eq "$(stat -c %a "$name.data" "$name.data/PG_VERSION" "$name.data/postgresql.auto.conf" "$name.data/pg_wal" |
        paste -sd' ')" "750 640 640 750" "$backup: the group may read what it could read before"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select (select count(*) from here), (select count(*) from there)")" "1000|2500" \
        "$backup: all rows are there"
    cluster_stop "$name"
done

# ---- segments of 64 MB, and names with blanks, quotes, signs of shells and settings, and bytes that are no UTF-8 ----------------

odd=$'od\'d "na\xff\xc3\xa4me" $HOME %p \\ ='
as_owner mkdir "$odd" "$odd/repository" "$odd/space"
printf '[repo.odd]\nurl = file://%s/repository\n' "$TEST_DIR/$odd" >odd.conf
chmod 644 odd.conf
cluster_init large --wal-segsize 64
cluster_archive large "\"$HOLDFAST_BIN/walarchive\" push --config $TEST_DIR/odd.conf --repo odd --cluster large %p"
cluster_start large
as_owner mkdir space.large
cluster_sql large "create tablespace spc location '$TEST_DIR/space.large'"
cluster_sql large "create table here as select g from generate_series(1, 1000) g"
cluster_sql large "create table there tablespace spc as select g from generate_series(1, 2000) g"
# A file of the cluster's own may have such a name, too: the manifest has it in hexadecimal.
as_owner touch "$(cluster_dir large)/base/5/${odd//\//}"
cluster_run large "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/$odd/plain" -c fast -T "$TEST_DIR/space.large=$TEST_DIR/${odd//=/\\=}/space.plain"
cluster_run large "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/$odd/tar" -c fast -Ft
assert_contains "$(cat "$odd/plain/backup_manifest")" '"Encoded-Path"' "the odd name is in the manifest"
cluster_sql large "insert into there select g from generate_series(1, 500) g"
last=$(cluster_sql large "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql large "select pg_switch_wal()" >/dev/null
cluster_wait_archived large "$last"
as_owner "$HOLDFAST_BIN/walarchive" get --config "$TEST_DIR/odd.conf" --repo odd --cluster large "$last" "$TEST_DIR/$odd/got"
assert_eq "$(stat -c %s "$odd/got")" $((64 * 1024 * 1024)) "a segment of 64 MB comes back"
oid=$(cluster_sql large "select oid from pg_tablespace where spcname = 'spc'")
cluster_stop large
for backup in plain tar; do
    name=large.$backup
    mapping="$oid=$TEST_DIR/${odd//=/\\=}/space.$name"
    as_owner "$pitr" restore --backup "$TEST_DIR/$odd/$backup" --config "$TEST_DIR/odd.conf" --repo odd --cluster large \
        -D "$TEST_DIR/$odd/$name.data" -T "$mapping" >restore.out || fail "restore of $name"
    [ -e "$odd/$name.data/base/5/$odd" ] || fail "$name: the file with the odd name is not there"
    cluster_adopt "$name" "$TEST_DIR/$odd/$name.data"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select (select count(*) from here), (select count(*) from there)")" "1000|2500" \
        "$name: all rows are there"
    cluster_stop "$name"
done

# ---- pages that were damaged before the backup was taken ------------------------------------------------------------------------

archiving_init sums --wal-segsize 1 --initdb --data-checksums
cluster_set sums "archive_command = '\"$HOLDFAST_BIN/walarchive\" push --repo $REPO --cluster sums %p'"
cluster_start sums
cluster_sql sums "create table t as select g from generate_series(1, 10000) g"
cluster_sql sums "create table other as select g from generate_series(1, 1000) g"
file=$(cluster_sql sums "select pg_relation_filepath('t')")
cluster_stop sums
for block in 2 7; do
    printf 'damage' | dd of="$(cluster_dir sums)/$file" bs=1 seek=$((block * 8192 + 5000)) conv=notrunc status=none
done
run "$(cluster_find_bin 15)/pg_checksums" --check -D "$(cluster_dir sums)"
oracle=$(sed -n 's/.*file "[^"]*\/\(base[^"]*\)", block \([0-9]*\): calculated checksum \(.*\) but block contains \(.*\)/\1 \2 \3 \4/p' <<<"$run_err")
assert_eq "$(wc -l <<<"$oracle")" 2 "the oracle finds two bad pages"
cluster_start sums
cluster_run sums "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/sums.plain" -c fast --no-verify-checksums
cluster_run sums "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/sums.tar" -c fast --no-verify-checksums -Ft -Z zstd
last=$(cluster_sql sums "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql sums "insert into other values (0); select pg_switch_wal()" >/dev/null
cluster_wait_archived sums "$last"
cluster_stop sums
for backup in sums.plain sums.tar; do
    run "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" --cluster sums -D "$TEST_DIR/r.$backup"
    assert_eq "$run_code" 0 "$backup: what is damaged is restored as it is"
    assert_eq "$(sed -n 's/.*failed in file "\(.*\)", block \([0-9]*\): calculated \(.*\) but expected \(.*\)/\1 \2 \3 \4/p' <<<"$run_err" | sort)" \
        "$(sort <<<"$oracle")" "$backup: file, block and both checksums are told as by the oracle"
    assert_contains "$run_err" "2 pages of the base backup have wrong checksums" "$backup: and how many"
done

# ---- nobody hears of it ---------------------------------------------------------------------------------------------------------

assert_exit 1 bash -c "'$pitr' restore --backup '$TEST_DIR/sums.plain' --repo '$REPO' --cluster sums -D '$TEST_DIR/unheard' >/dev/full"
assert_contains "$run_err" 'could not write to standard output' "what could not be said is an error"
assert_contains "$run_err" "The data directory \"$TEST_DIR/unheard\" is whole and stays." "and no reason to undo a restore"
cluster_adopt unheard "$TEST_DIR/unheard"
cluster_start unheard
ok "which starts"
