#!/usr/bin/env bash
# archives_and_refuses.sh - push and get on a file repository: what enters, what does not, and the exit codes
#
# Segments come from a real server. PostgreSQL understands exit codes alone, so each is checked.

. "$(dirname "$0")/../../lib/cluster.sh"

walarchive=$HOLDFAST_BIN/walarchive
repo="$TEST_DIR/repo"
export HOLDFAST_REPO=file://$repo

cluster_require 15
cluster_init main
cluster_archive_to main "$TEST_DIR/plain"
cluster_start main
cluster_sql main "create table t as select g, repeat('x', 500) from generate_series(1, 60000) g"
cluster_sql main "select pg_switch_wal()" >/dev/null
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn() - 1)")
cluster_wait_archived main "$last"
first=000000010000000000000001
second=000000010000000000000002

# ---- what enters -------------------------------------------------------------------------------------------------------

assert_exit 0 "$walarchive" push "plain/$first"
object=$(echo "$repo"/main/wal/0000000100000000/$first-*.zst)
assert_eq "$(basename "$object")" "$first-$(sha256sum <"plain/$first" | cut -d' ' -f1).zst" \
    "an object is named by the digest of its content"
assert_eq "$(zstd -dc "$object" | sha256sum)" "$(sha256sum <"plain/$first")" "zstd alone unpacks it"
assert_eq "$(stat -c %a "$object")" 600 "nobody else may read it"

assert_exit 0 "$walarchive" push "plain/$first"
assert_eq "$(ls "$repo/main/wal/0000000100000000" | wc -l)" 1 "the same content again adds nothing"

assert_exit 0 "$walarchive" get "$first" got
assert_eq "$(cmp got "plain/$first" && echo same)" same "get gives back what push took"

printf '1\t0/3000000\tno recovery target specified\n' >00000002.history
assert_exit 0 "$walarchive" push 00000002.history
assert_exit 0 "$walarchive" get 00000002.history got.history
assert_eq "$(cat got.history)" "$(cat 00000002.history)" "a timeline history comes back"

for method in none gzip lz4 zstd:3; do
    assert_exit 0 "$walarchive" push --cluster "by-${method%%:*}" -Z "$method" "plain/$second"
    assert_exit 0 "$walarchive" get --cluster "by-${method%%:*}" "$second" "got.$method"
    assert_eq "$(cmp "got.$method" "plain/$second" && echo same)" same "compressed with $method and back"
done

# ---- what is not there, and what cannot be told -----------------------------------------------------------------------------

assert_exit 1 "$walarchive" get 0000000100000000000000F0 nothing
assert_exit 1 "$walarchive" get 00000009.history nothing
assert_eq "$(ls nothing* 2>/dev/null)" "" "a file that is not in the archive leaves nothing"
# An archive that is not there at all is no answer: recovery would end, and lose what the archive has.
assert_exit 200 "$walarchive" get --repo "file://$TEST_DIR/not.mounted" "$first" nothing
assert_contains "$run_err" "there is no archived WAL" "a repository that is not there is an error"
assert_exit 200 "$walarchive" get --cluster mistyped 00000002.history nothing
assert_exit 200 "$walarchive" get "$first"
assert_exit 200 "$walarchive" get --bogus "$first" x
assert_exit 200 env HOLDFAST_REPO= "$walarchive" get "$first" x

# ---- different content -----------------------------------------------------------------------------------------------------

mkdir other
cp "plain/$first" "other/$first"
# One byte is enough; --no-check, since it damages a record.
printf '\377' | dd of="other/$first" bs=1 seek=$((16 * 1024 * 1024 - 1)) conv=notrunc status=none
owner_path other
assert_exit 1 "$walarchive" push --no-check "other/$first"
assert_contains "$run_err" "archived already, with different content" "other content under the same name is an error"
assert_eq "$(ls "$repo/main/wal/0000000100000000" | grep -c "^$first-")" 2 "and both contents are kept"
assert_exit 1 "$walarchive" push "plain/$first"
assert_exit 200 "$walarchive" get "$first" conflict
assert_contains "$run_err" "different contents of" "a conflict is never solved by chance"
rm "$repo/main/wal/0000000100000000/$first-$(sha256sum <"other/$first" | cut -d' ' -f1).zst"
assert_exit 0 "$walarchive" push "plain/$first"

# ---- damage ------------------------------------------------------------------------------------------------------------------

mkdir bad
damage()
{
    cp "plain/$second" "bad/$second"
    printf "$2" | dd of="bad/$second" bs=1 seek="$1" conv=notrunc status=none
    owner_path bad
}

damage 0 '\0\0'
assert_exit 1 "$walarchive" push "bad/$second"
assert_contains "$run_err" "invalid magic number 0000" "a wrong magic is refused"
damage 500000 'damage'
assert_exit 1 "$walarchive" push "bad/$second"
assert_contains "$run_err" "is damaged at 0/2" "a damaged record is refused, with its place"
assert_exit 0 "$walarchive" push --cluster damaged --no-check "bad/$second"
head -c 1000000 "plain/$second" >"bad/$second"
assert_exit 1 "$walarchive" push "bad/$second"
assert_contains "$run_err" "has 1000000 bytes, not 16777216" "a short file is refused"
: >"bad/$second"
assert_exit 1 "$walarchive" push "bad/$second"
cp "plain/$first" "bad/$second"
assert_exit 1 "$walarchive" push "bad/$second"
assert_contains "$run_err" "is that of another WAL segment" "a renamed segment is refused"
assert_exit 1 "$walarchive" push "$TEST_DIR/plain"
cp "plain/$second" "bad/0000000200000000${second:16}"
owner_path bad
assert_exit 1 "$walarchive" push "bad/0000000200000000${second:16}"
assert_contains "$run_err" "It has nothing of timeline 2" "a segment with another timeline's name is refused"
cp "plain/$first" bad/xlogtemp.123
owner_path bad
assert_exit 1 "$walarchive" push bad/xlogtemp.123
assert_contains "$run_err" "not the name of a file that PostgreSQL archives" "so are large files of other names"
as_owner touch bad/00000003.history
assert_exit 1 "$walarchive" push bad/00000003.history
assert_contains "$run_err" "names no timeline that this one came from" "and an empty timeline history"
echo x >some.file
assert_exit 1 "$walarchive" push some.file
assert_contains "$run_err" "not the name of a file that PostgreSQL archives" "other files are refused"
assert_exit 1 "$walarchive" push missing/000000010000000000000009
assert_contains "$run_err" "No such file or directory" "a missing file is named"

truncate -s -100 "$object"
assert_exit 200 "$walarchive" get "$first" damaged
assert_eq "$(ls damaged* 2>/dev/null)" "" "a damaged object gives no file"
assert_exit 0 "$walarchive" push "plain/$first"
assert_exit 0 "$walarchive" get "$first" healed

# A record that began in the segment before has its CRC there: what is damaged of it is seen beside that one, as in pg_wal.
# rem_len SEGMENT: bytes at its start that belong to such a record.
rem_len()
{
    od -An -tu4 -j16 -N4 "plain/$1" | tr -d ' '
}
before=$first after=$second
[ "$(rem_len "$after")" -gt 20 ] || before=$second after=000000010000000000000003
[ "$(rem_len "$after")" -gt 20 ] || fail "neither into $second nor into $after crosses a record that this test needs"
mkdir crossing
cp "plain/$before" "plain/$after" crossing
printf '\377\377' | dd of="crossing/$after" bs=1 seek=42 conv=notrunc status=none
owner_path crossing
assert_exit 1 "$walarchive" push --cluster crossing "crossing/$after"
assert_contains "$run_err" "WAL segment \"$after\" is damaged at 0/${before: -1}FF" "damage of a record that crosses is seen, with its place"
assert_contains "$run_err" "The record that begins in \"$before\" does not go on in it" "and what it is"
assert_exit 0 "$walarchive" push --cluster crossing --no-check "crossing/$after"
# When it is the one before that was damaged, the archive knows it whole, and archiving goes on.
cp "plain/$after" crossing
printf '\377\377' | dd of="crossing/$before" bs=1 seek=$((16 * 1024 * 1024 - 10)) conv=notrunc status=none
owner_path crossing
assert_exit 1 "$walarchive" push --cluster crossing.before "crossing/$after"
assert_exit 0 "$walarchive" push --cluster crossing.before "plain/$before"
assert_exit 0 "$walarchive" push --cluster crossing.before "crossing/$after"
assert_contains "$run_err" "\"$before\" beside" "and that is told"
as_owner rm "crossing/$before"
assert_exit 0 "$walarchive" push --cluster crossing.alone "crossing/$after"

# ---- a cluster that is not ours -------------------------------------------------------------------------------------------------

cluster_init foreign
cluster_archive_to foreign "$TEST_DIR/foreign.plain"
cluster_start foreign
cluster_sql foreign "select pg_switch_wal()" >/dev/null
cluster_wait_archived foreign "$first"
assert_exit 1 "$walarchive" push "foreign.plain/$first"
assert_contains "$run_err" "belongs to another database system" "WAL of another cluster is refused"
assert_exit 0 "$walarchive" push --cluster foreign "foreign.plain/$first"
cp 00000002.history "$(cluster_dir foreign)/pg_wal/00000003.history"
owner_path "$(cluster_dir foreign)/pg_wal"
assert_exit 1 "$walarchive" push "$(cluster_dir foreign)/pg_wal/00000003.history"
assert_contains "$run_err" "belongs to another database system" "and so are timelines that were never ours"
assert_exit 0 "$walarchive" push --cluster foreign "$(cluster_dir foreign)/pg_wal/00000003.history"

cluster_init small --wal-segsize 1
cluster_archive_to small "$TEST_DIR/small.plain"
cluster_start small
cluster_sql small "select pg_switch_wal()" >/dev/null
cluster_wait_sql small "select last_archived_wal is not null from pg_stat_archiver"
name=$(ls "$TEST_DIR/small.plain" | head -1)
assert_exit 0 "$walarchive" push --cluster small "small.plain/$name"
assert_exit 0 "$walarchive" get --cluster small "$name" got.small
assert_eq "$(stat -c %s got.small)" 1048576 "segments of 1 MiB work"

# The same cluster, with another segment size from now on.
cluster_stop small
as_owner "$(cluster_find_bin 15)/pg_resetwal" --wal-segsize=2 -D "$(cluster_dir small)" >/dev/null
as_owner sed -i '/^\(min\|max\)_wal_size/d' "$(cluster_dir small)/postgresql.conf"
cluster_archive_to small "$TEST_DIR/small.resized"
cluster_start small
cluster_run small "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/small.after" -c fast
cluster_wait_sql small "select last_archived_wal is not null from pg_stat_archiver"
name=$(ls "$TEST_DIR/small.resized" | head -1)
assert_exit 1 "$walarchive" push --cluster small "small.resized/$name"
assert_contains "$run_err" "is of another version or WAL segment size" "segments of another size are refused"
assert_contains "$run_err" "segments of 2097152 bytes came" "and both sizes told"
assert_exit 1 "$HOLDFAST_BIN/pitr" restore --dry-run --cluster small --backup "$TEST_DIR/small.after"
assert_contains "$run_err" "the base backup has WAL segments of 2097152 bytes, the archive of 1048576 bytes" \
    "nor is a backup with such segments restored"
assert_exit 0 "$walarchive" push --cluster small.after "small.resized/$name"

# ---- usage, configuration, names ---------------------------------------------------------------------------------------------------

assert_exit 1 "$walarchive" push
assert_contains "$run_err" "no WAL file specified" "a missing operand is named"
assert_exit 1 env HOLDFAST_REPO= "$walarchive" push "plain/$first"
assert_contains "$run_err" "no repository specified" "a missing repository is named"
assert_exit 1 "$walarchive" push --cluster ../evil "plain/$first"
assert_exit 1 "$walarchive" push --repo s9://bucket "plain/$first"

mkdir "ünï cödé dir"
owner_path "ünï cödé dir"
printf '[repo.ours]\nurl = file://%s/ünï cödé dir/repo\n[cluster.main]\nrepo = ours\n' "$TEST_DIR" >holdfast.conf
assert_exit 0 env -u HOLDFAST_REPO "$walarchive" push --config "$TEST_DIR/holdfast.conf" "plain/$second"
assert_exit 0 "$walarchive" push --config "$TEST_DIR/holdfast.conf" --repo ours "plain/$second"
assert_eq "$(ls "ünï cödé dir/repo/main/wal/0000000100000000" | wc -l)" 1 "a repository by name, with blanks in its path"
