#!/usr/bin/env bash
# a_get_can_die_anywhere.sh - restore_command killed or failing at any fault point gives a whole file or none
#
# An error must end with 200, since PostgreSQL takes 1 for the end of the archive. The archive is never changed, and the
# same command succeeds afterwards and clears what a killed one left beside its target.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
crash_error_code=200
walarchive=$CRASH_BIN/walarchive
export HOLDFAST_REPO=file://$TEST_DIR/repo
cluster_init main --wal-segsize 1
cluster_archive_to main "$TEST_DIR/plain"
cluster_start main
name=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$name"
cluster_stop main
as_owner "$walarchive" push "plain/$name"
crash_hashes repo >repo.hashes

visits=0
as_owner mkdir wal
crash_list passed "$walarchive" get "$name" wal/RECOVERYXLOG
crash_plan passed 1
for case in "${crash_cases[@]}"; do
    rm -rf wal
    as_owner mkdir wal
    crash_run "$case" "$walarchive" get "$name" wal/RECOVERYXLOG
    crash_ended "$case"
    [ ! -e wal/RECOVERYXLOG ] || cmp wal/RECOVERYXLOG "plain/$name" || fail "$case: a file that is not whole"
    [ "$run_code" != 0 ] || [ -e wal/RECOVERYXLOG ] || fail "$case: exit code 0 without a file"
    [ "$run_code" != 1 ] || fail "$case: recovery would end here"
    [[ "$case" == *=kill@* ]] || [ -z "$(find wal -name '*tmp*')" ] || fail "$case: an error left $(ls wal)"
    crash_run "" "$walarchive" get "$name" wal/RECOVERYXLOG
    [ "$run_code" = 0 ] || fail "$case: the next get: $run_err"
    cmp wal/RECOVERYXLOG "plain/$name" || fail "$case: the next get gives something else"
    [ "$(ls wal)" = RECOVERYXLOG ] || fail "$case: the next get left $(ls wal)"
    visits=$((visits + 1))
done
assert_eq "$(crash_hashes repo)" "$(cat repo.hashes)" "the archive is as it was"
ok "$visits visits"
