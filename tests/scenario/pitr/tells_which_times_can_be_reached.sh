#!/usr/bin/env bash
# tells_which_times_can_be_reached.sh - the range that a refusal names is right to the microsecond, whatever the archive lacks
#
# The range follows from the list of commits and aborts that the real pg_waldump reads: from the last commit in the
# backup on, to just before the latest commit or abort behind it. Both ends are tried, each with a microsecond more and
# less, and what lies at the ends is recovered by a server.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr
wal=$TEST_DIR/repository/main/wal

# switched CLUSTER: have all that was written until now in the repository.
switched()
{
    local last
    last=$(cluster_sql "$1" "select pg_walfile_name(pg_current_wal_lsn())")
    cluster_sql "$1" "select pg_switch_wal()" >/dev/null
    cluster_wait_archived "$1" "$last"
}

# step NAME: commit a row.
step()
{
    cluster_sql main "insert into steps values ('$1')"
}

# microseconds TEXT: a time as recovery_target_time has it, in microseconds since 1970.
microseconds()
{
    local fraction=0
    [[ "$1" != *.* ]] || { fraction=${1#*.} && fraction=${fraction%%+*}; }
    fraction=${fraction}000000
    echo $(($(date -u -d "${1%%.*}+00" +%s) * 1000000 + 10#${fraction:0:6}))
}

dry()
{
    run "$pitr" restore --dry-run --backup "$TEST_DIR/$backup" --repo "$REPO" "$@"
}

# dry_at MICROSECONDS [option...]
dry_at()
{
    dry --target-time "$(microseconds_text "$1")" "${@:2}"
}

# range_is FIRST LATEST WHEN [option...]: what is told, and that it holds.
range_is()
{
    local first=$1 latest=$2 when=$3 told from to
    shift 3
    dry --target-time "2001-01-01 00:00:00+00" "$@"
    [ "$run_code" = 1 ] || fail "$when: a time long ago: $run_out"
    told=$(sed -n 's/.*Times from \(.*\) to just before \(.*\) can be reached.*/\1|\2/p' <<<"$run_err")
    [ -n "$told" ] || fail "$when: no range in: $run_err"
    from=$(microseconds "${told%|*}") to=$(microseconds "${told#*|}")
    assert_eq "$from $to" "$first $latest" "$when: the range that is told"
    range_holds "$@"
    ok "$when: and it holds"
}

range_holds()
{
    dry_at "$from" "$@"
    [ "$run_code" = 0 ] || fail "$when: the first time is refused: $run_err"
    dry_at $((from - 1)) "$@"
    [ "$run_code" = 1 ] && [[ "$run_err" == *"before the end of the base backup"* ]] || fail "$when: one before the first: $run_err"
    dry_at "$from" --target-exclusive "$@"
    [ "$run_code" = 1 ] || fail "$when: just before the first time is inside the backup"
    dry_at $((to - 1)) "$@"
    [ "$run_code" = 0 ] || fail "$when: the last time is refused: $run_err"
    dry_at "$to" "$@"
    [ "$run_code" = 1 ] || fail "$when: one behind the last is taken"
    dry_at "$to" --target-exclusive "$@"
    [ "$run_code" = 0 ] || fail "$when: just before the one behind the last: $run_err"
}

# rows_at MICROSECONDS EXPECTED [option...]: a server recovers to that time, with these rows.
restore_no=0
rows_at()
{
    local name
    restore_no=$((restore_no + 1))
    name=r$restore_no
    as_owner "$pitr" restore --backup "$TEST_DIR/$backup" --repo "$REPO" -D "$TEST_DIR/$name.data" \
        --target-time "$(microseconds_text "$1")" "${@:3}" >restore.out
    cluster_adopt "$name" "$TEST_DIR/$name.data"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select string_agg(name, ' ' order by name) from steps")" "$2" "recovered to $1 ${*:3}"
    cluster_stop "$name"
    rm -rf "$TEST_DIR/$name.data"
}

# ---- a backup, seconds behind the last commit, and what came then -----------------------------------------------------------------

archiving_init main --wal-segsize 1 --set "autovacuum = off"
cluster_start main
cluster_sql main "create table steps (name text)"
step a
# The backup's checkpoint is to be in a later second than the commit; idle segments lie between the two.
second=$(date +%s)
later_second()
{
    [ "$(date +%s)" -gt $((second + 1)) ]
}
wait_until "the next second" later_second
for ((i = 0; i < 3; i++)); do
    cluster_sql main "select pg_create_restore_point('idle')" >/dev/null
    switched main
done
backup=base
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast -X none
backup_segment=$(sed -n 's/^START WAL LOCATION: .*(file \(.*\))/\1/p' base/backup_label)
step b
switched main
step c
switched main
step d
cluster_sql main "begin; insert into steps values ('lost'); select pg_current_xact_id(); rollback" >/dev/null
switched main
archive_unpack "$TEST_DIR/unpacked"
archive_ends "$TEST_DIR/unpacked" >ends
start=$(lsn_key "$(sed -n 's/^START WAL LOCATION: \([^ ]*\).*/\1/p' base/backup_label)")

# commit_time N: of the Nth last commit or abort.
commit_time()
{
    tail -"$1" ends | head -1 | cut -d' ' -f4
}
first=$(awk -v start="$start" '$1 "" < start && $3 == "commit" && $4 > max { max = $4 } END { print max }' ends)
latest=$(awk -v start="$start" '$1 "" >= start && $4 > max { max = $4 } END { print max }' ends)
assert_eq "$(commit_time 1)" "$latest" "the abort is the last of all"
range_is "$first" "$latest" "a whole archive"
rows_at "$first" "a"
rows_at $((latest - 1)) "a b c d"
rows_at "$(commit_time 3)" "a b c"

# ---- the log before the backup is not archived: its checkpoint's second is all that is known, and not wholly in -------------------

as_owner mkdir before
for name in $(ls unpacked); do
    [[ "$name" < "$backup_segment" ]] && as_owner mv "$wal/0000000100000000/$name"-* before
done
seconds=$(date -u -d "$(sed -n 's/^START TIME: \(.*\) UTC$/\1/p' base/backup_label)+00" +%s)
dry --target-time "2001-01-01 00:00:00+00"
told=$(sed -n 's/.*Times from \(.*\) to just before .*/\1/p' <<<"$run_err")
from=$(microseconds "$told")
# The label's time is that of the end of the checkpoint, which began then or a little earlier.
[ "$from" -gt "$first" ] && [ "$from" -le $(((seconds + 1) * 1000000)) ] && [ $((from % 1000000)) = 0 ] ||
    fail "without the log before the backup: $from, the backup began in second $seconds"
range_is "$from" "$latest" "without the log before the backup"
as_owner mv before/* "$wal/0000000100000000/"

# ---- a gap, and damage, in the middle -------------------------------------------------------------------------------------------

# d and the abort lie in the last archived segment, c in the one before.
segments=($(ls unpacked | tail -3))
lost=${segments[1]}
up_to_b=$(commit_time 4)
as_owner mkdir away
as_owner mv "$wal/0000000100000000/$lost"-* away
range_is "$first" "$up_to_b" "a gap"
assert_contains "$run_err$(dry --target-time "2101-01-01 00:00:00+00" || true; echo "$run_err")" \
    "WAL segment \"$lost\" is not in the archive, but \"${segments[2]}\" is" "the gap is named"
dry
assert_eq "$run_code" 1 "the end of the archive cannot be reached over a gap"
assert_contains "$run_err" "the log breaks off" "and that is the reason"
lsn=$(sed -n 's/.*--target-lsn \([0-9A-F]*\/[0-9A-F]*\)\..*/\1/p' <<<"$run_err")
dry --target-lsn "$lsn"
[ "$run_code" = 0 ] || fail "the way out that the hint names: $run_err"
ok "the hint names a way out"
as_owner mv away/* "$wal/0000000100000000/"

object=$(ls "$wal/0000000100000000/$lost"-*)
as_owner cp "$object" away
printf 'damage' | dd of="$object" bs=1 seek=200 conv=notrunc status=none
range_is "$first" "$up_to_b" "a damaged object"
dry
assert_eq "$run_code" 1 "the end of the archive cannot be reached over damage"
assert_contains "$run_err" "the log cannot be read" "and that is told"
assert_contains "$run_err" "$lost" "with its name"
as_owner mv away/* "$wal/0000000100000000/"

# Records that were damaged before they were archived: for a server the log ends there.
as_owner mkdir damaged
as_owner mv "$object" away
as_owner cp "unpacked/$lost" damaged
printf 'damage' | dd of="damaged/$lost" bs=1 seek=$((8192 * 0 + 100)) conv=notrunc status=none
as_owner "$HOLDFAST_BIN/walarchive" push --repo "$REPO" --no-check "damaged/$lost"
range_is "$first" "$up_to_b" "damaged records"
dry
assert_eq "$run_code" 1 "the end of the archive cannot be reached over damaged records"
assert_contains "$run_err" "WAL segment \"$lost\" is damaged at" "and that is told"
as_owner rm "$wal/0000000100000000/$lost"-*
as_owner mv away/* "$wal/0000000100000000/"
range_is "$first" "$latest" "a whole archive again"

# Two contents of one name.
as_owner cp "$object" "${object%-*}-$(printf '0%.0s' {1..64}).zst"
range_is "$first" "$up_to_b" "a conflict"
as_owner rm "${object%-*}-$(printf '0%.0s' {1..64}).zst"

# ---- the end of the backup is not archived, nothing is ----------------------------------------------------------------------------

end=$(sed -n 's/.*"End-LSN": "\([^"]*\)".*/\1/p' base/backup_manifest)
as_owner mkdir all
as_owner mv "$wal/0000000100000000"/* all
for name in $(ls all); do
    [[ "$name" > "$backup_segment" ]] || as_owner cp "all/$name" "$wal/0000000100000000"
done
for target in "" "--target-time 2101-01-01" "--target-immediate" "--target-lsn $end"; do
    # shellcheck disable=SC2086
    dry $target
    assert_eq "$run_code" 1 "the end of the backup is not archived: $target"
    assert_contains "$run_err" "the archive does not reach the end of the base backup" "and that is the reason"
    assert_contains "$run_err" "the base backup ends at $end" "with the place"
done
as_owner rm "$wal/0000000100000000"/*
dry
assert_contains "$run_err" "the archive does not reach the end of the base backup" "nor does an empty one"
as_owner mv "$TEST_DIR/repository/main" moved
dry
assert_eq "$run_code" 1 "there is no archive"
assert_contains "$run_err" "there is no archived WAL of cluster \"main\"" "and that is the reason"
as_owner mv moved "$TEST_DIR/repository/main"
as_owner mv all/* "$wal/0000000100000000"

# ---- a second timeline, which leaves the first between c and d --------------------------------------------------------------------

as_owner "$pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/two.data" \
    --target-time "$(microseconds_text "$(commit_time 3)")" >restore.out
cluster_adopt two "$TEST_DIR/two.data"
cluster_start two
cluster_wait_sql two "select not pg_is_in_recovery()" "end of recovery"
as_owner sed -i '/^archive_mode/d' "$TEST_DIR/two.data/postgresql.auto.conf"
cluster_restart two
cluster_sql two "insert into steps values ('x')"
cluster_sql two "insert into steps values ('y')"
switched two
cluster_stop two
cluster_sql main "insert into steps values ('e')"
switched main
cluster_stop main
archive_unpack "$TEST_DIR/unpacked"
archive_timeline()
{
    as_owner mkdir "timeline.$1"
    as_owner cp "unpacked/$1"* "timeline.$1"
    archive_ends "$TEST_DIR/timeline.$1"
}
latest_two=$(archive_timeline 00000002 | awk '$4 > max { max = $4 } END { print max }')
latest_one=$(archive_timeline 00000001 | awk '$4 > max { max = $4 } END { print max }')
range_is "$first" "$latest_two" "the latest timeline"
assert_contains "$(dry --target-time 2001-01-01; echo "$run_err")" "can be reached on timeline 2" "it is named"
range_is "$first" "$latest_one" "the first timeline" --target-timeline 1
[ "$latest_one" -gt "$latest_two" ] || fail "the first timeline was to go on longer"
dry_at $((latest_one - 1))
assert_eq "$run_code" 1 "a time that only the other timeline has"
assert_contains "$run_err" "--target-timeline 1" "which the hint names"
rows_at $((latest_one - 1)) "a b c d" --target-timeline 1
rows_at $((latest_two - 1)) "a b c x"
