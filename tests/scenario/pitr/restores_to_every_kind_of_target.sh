#!/usr/bin/env bash
# restores_to_every_kind_of_target.sh - time, xid, LSN, name, immediate, latest; before and after; timelines; refusals
#
# A table gets one row a step, with the step's xid and time noted; what a restore has is told by its rows.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
pitr=$HOLDFAST_BIN/pitr

declare -A xid time lsn

# step NAME: commit one row, remember its xid, its commit time and the log's position behind it.
step()
{
    local answer
    xid[$1]=$(cluster_sql main "insert into steps values ('$1') returning pg_current_xact_id()")
    answer=$(cluster_sql main "select pg_xact_commit_timestamp('${xid[$1]}'::xid), pg_current_wal_insert_lsn()")
    time[$1]=${answer%|*}
    lsn[$1]=${answer#*|}
}

# restored EXPECTED [option...]: restore, start, and compare the steps that are there.
restore_no=0
restored()
{
    local expected=$1 name
    shift
    restore_no=$((restore_no + 1))
    name=r$restore_no
    as_owner "$pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/$name.data" "$@" >restore.out ||
        fail "restore $* failed"
    cluster_adopt "$name" "$TEST_DIR/$name.data"
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "end of recovery"
    assert_eq "$(cluster_sql "$name" "select string_agg(name, ' ' order by name) from steps")" "$expected" "restore $*"
    assert_eq "$(cluster_sql "$name" "show archive_mode")" off "the restored cluster does not archive"
    cluster_stop "$name"
    rm -rf "$TEST_DIR/$name.data"
}

# refused TEXT [option...]: the restore must fail, say so, and leave nothing.
refused()
{
    local text=$1
    shift
    assert_exit 1 "$pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/refused" "$@"
    assert_contains "$run_err" "$text" "refused: $*"
    [ ! -e "$TEST_DIR/refused" ] || fail "a refused restore left its folder"
}

# What the origin's configuration says of recovery, as that of a standby does, must not steer a restore.
archiving_init main --set 'track_commit_timestamp = on' --set 'recovery_target_inclusive = off' \
    --set 'recovery_min_apply_delay = 1d' --set "archive_cleanup_command = 'touch $TEST_DIR/cleaned'" \
    --set "recovery_end_command = 'touch $TEST_DIR/ended'" --set "include = 'more.conf'"
as_owner tee "$(cluster_dir main)/more.conf" <<<"recovery_target_name = 'of another time'" >/dev/null
cluster_start main
cluster_sql main "create table steps (name text)"
step a
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast
step b
step c
cluster_sql main "select pg_create_restore_point('before d')" >/dev/null
step d
cluster_sql main "begin; insert into steps values ('lost'); rollback"
step e
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"

restored "a b c d e"
restored "a b c" --target-time "${time[c]}"
restored "a b" --target-time "${time[c]}" --target-exclusive
restored "a b c" --target-xid "${xid[c]}"
restored "a b" --target-xid "${xid[c]}" --target-exclusive
restored "a b c" --target-name "before d"
restored "a b c d" --target-lsn "${lsn[d]}"
restored "a" --target-immediate
restored "a b c d e" --target-timeline current

refused "cannot restore to 2001-01-01" --target-time '2001-01-01 00:00:00+00'
assert_contains "$run_err" "before the end of the base backup" "a time that is too early is known beforehand"
assert_contains "$run_err" "can be reached" "and the times that can be reached are named"
refused "before the end of the base backup" --target-time "${time[a]}" --target-exclusive
restored "a" --target-time "${time[a]}"
refused "no later commit or abort" --target-time '2101-01-01 00:00:00+00'
refused "it is not in the archive" --target-xid 4000000
refused "it is not in the archive" --target-name "no such point"
refused "it is not in the archive" --target-lsn FF/0
refused "timeline 7 does not exist" --target-timeline 7
refused "at most one recovery target" --target-xid 700 --target-immediate
refused "invalid LSN" --target-lsn zero
assert_exit 0 "$pitr" restore --dry-run --backup "$TEST_DIR/base" --repo "$REPO" --target-time "${time[d]}"
assert_contains "$run_out" "can be restored to" "a dry run says so and writes nothing"

# ---- A second timeline: the restored cluster goes on and archives, under its own decision ---------------------------------------

as_owner "$pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/two.data" --target-xid "${xid[c]}" >/dev/null
cluster_adopt two "$TEST_DIR/two.data"
cluster_start two
cluster_wait_sql two "select not pg_is_in_recovery()" "end of recovery"
# The timeline began while archive_mode was off, so PostgreSQL will never archive its history by itself.
as_owner sed -i '/^archive_mode/d' "$TEST_DIR/two.data/postgresql.auto.conf"
cluster_restart two
cluster_sql two "insert into steps values ('x')"
last=$(cluster_sql two "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql two "select pg_switch_wal()" >/dev/null
cluster_wait_archived two "$last"
cluster_stop two
restored "a b c x"
restored "a b c d e" --target-timeline 1
restored "a b c x" --target-timeline 2

# Without the segments of its own, the server would follow timeline 1 past the branch and call it timeline 2.
mv "$TEST_DIR/repository/main/wal/0000000200000000" "$TEST_DIR/away"
refused "the archive lacks the beginning of timeline 2"
restored "a b" --target-xid "${xid[b]}"

assert_eq "$(ls "$TEST_DIR" | grep -E '^(cleaned|ended)$')" "" "no command of the origin's recovery has run"
