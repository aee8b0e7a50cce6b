#!/usr/bin/env bash
# a_push_can_die_anywhere.sh - archive_command killed or failing at any fault point loses nothing and leaves nothing half done
#
# Into a repository that is not there yet, and into one that holds segments already. After each visit what is in the
# repository is whole, what was there before is unchanged, and the same command succeeds. That later push must sync the
# folder even where it finds the object in place: the killed one may not have come that far. Then over an object that is
# damaged, which at every moment is there as it was or whole; and beside one with other content, which both stay.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
walarchive=$CRASH_BIN/walarchive
export HOLDFAST_REPO=file://$TEST_DIR/repo
cluster_init main --wal-segsize 1
cluster_archive_to main "$TEST_DIR/plain"
cluster_start main
cluster_sql main "create table t as select g from generate_series(1, 50000) g"
name=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$name"
cluster_stop main
first=$(ls plain | sed -n 1p)
second=$(ls plain | sed -n 2p)

# segment_is_in NAME WHEN: the archive gives it back as it was.
segment_is_in()
{
    crash_run "" "$walarchive" get "$1" "$TEST_DIR/got"
    [ "$run_code" = 0 ] || fail "$2: $1 cannot be fetched: $run_err"
    cmp "$TEST_DIR/got" "$TEST_DIR/plain/$1" || fail "$2: $1 comes back changed"
    rm "$TEST_DIR/got"
}

# visit CASE BEFORE NAME: one push of NAME into a copy of the repository BEFORE, disturbed, and what follows.
visit()
{
    local case=$1 before=$2 name=$3 hash
    rm -rf repo
    [ ! -e "$before" ] || as_owner cp -a "$before" repo
    crash_run "$case" "$walarchive" push "plain/$name"
    crash_ended "$case"
    if [ -e repo ]; then
        crash_check_repository repo "$case"
        # What was there, and the small objects of a repository that is complete, are the same in both.
        while read -r hash; do
            grep -qxF "$hash" whole.hashes || fail "$case: unexpected: $hash"
        done < <(crash_hashes repo | grep -v '/\.tmp-')
        [[ "$case" == *=kill@* ]] || [ -z "$(find repo -name '*tmp*')" ] ||
            fail "$case: an error left $(find repo -name '*tmp*')"
    fi
    if [ -e "$before" ]; then
        [ -z "$(crash_hashes "$before" | sort | comm -23 - <(crash_hashes repo | sort))" ] || fail "$case: what was archived has changed"
    fi
    [ "$run_code" != 0 ] || segment_is_in "$name" "$case ended with 0"

    rm -f again
    run env HOLDFAST_FAULT_LIST="$TEST_DIR/again" "$walarchive" push "plain/$name"
    [ "$run_code" = 0 ] || fail "$case: the next push: $run_err"
    grep -q '^os.dir.sync$' again || fail "$case: the next push said 0 without a sync"
    segment_is_in "$name" "after $case"
    [ ! -e "$before" ] || segment_is_in "$first" "after $case"
    crash_check_repository repo "after $case"
    visits=$((visits + 1))
}

visits=0
as_owner "$walarchive" push "plain/$first"
as_owner cp -a repo one
rm -rf repo

crash_list passed "$walarchive" push "plain/$first"
crash_hashes repo >whole.hashes
crash_plan passed 4
for case in "${crash_cases[@]}"; do
    visit "$case" nothing "$first"
done

rm -rf repo
as_owner cp -a one repo
crash_list passed "$walarchive" push "plain/$second"
crash_hashes repo >whole.hashes
crash_plan passed 4
for case in "${crash_cases[@]}"; do
    visit "$case" one "$second"
done

# ---- over a damaged object -----------------------------------------------------------------------------------------------------

object=$(cd one && find main/wal -name "$first-*")
as_owner cp -a one broken
truncate -s -100 "broken/$object"
rm -rf repo
as_owner cp -a broken repo
crash_list passed "$walarchive" push "plain/$first"
crash_plan passed 4
for case in "${crash_cases[@]}"; do
    rm -rf repo
    as_owner cp -a broken repo
    crash_run "$case" "$walarchive" push "plain/$first"
    crash_ended "$case"
    [ -e "repo/$object" ] || fail "$case: the object is gone"
    cmp -s "repo/$object" "broken/$object" || cmp "repo/$object" "one/$object" || fail "$case: a part of an object"
    [[ "$case" == *=kill@* ]] || [ -z "$(find repo -name '*tmp*')" ] || fail "$case: an error left $(find repo -name '*tmp*')"
    [ "$run_code" != 0 ] || segment_is_in "$first" "$case ended with 0"
    crash_run "" "$walarchive" push -Z gzip "plain/$first"
    [ "$run_code" = 0 ] || fail "$case: the next push: $run_err"
    segment_is_in "$first" "after $case"
    crash_check_repository repo "after $case"
    assert_eq "$(cd repo && find main/wal -name "$first-*")" "$object" "it is replaced, whatever the compression"
    visits=$((visits + 1))
done

# ---- beside other content ------------------------------------------------------------------------------------------------------

as_owner mkdir other
as_owner cp "plain/$first" "other/$first"
printf '\377' | dd of="other/$first" bs=1 seek=$((1024 * 1024 - 1)) conv=notrunc status=none
conflicting=("$walarchive" push --no-check "other/$first")
rm -rf repo passed
as_owner cp -a one repo
run env HOLDFAST_FAULT_LIST="$TEST_DIR/passed" "${conflicting[@]}"
assert_eq "$run_code" 1 "other content is an error"
crash_plan passed 4
for case in "${crash_cases[@]}"; do
    rm -rf repo
    as_owner cp -a one repo
    crash_run "$case" "${conflicting[@]}"
    case $case in
        *=kill@*) [ "$run_code" = 137 ] || [ "$run_code" = 1 ] ;;
        *) [ "$run_code" = 1 ] ;;
    esac || fail "$case: exit code $run_code: $run_err"
    cmp "repo/$object" "one/$object" || fail "$case: what was archived has changed"
    crash_check_repository repo "$case"
    # PostgreSQL gets the content that was first, or an error once there are two.
    crash_run "" "$walarchive" get "$first" "$TEST_DIR/got"
    case $run_code in
        0) cmp got "plain/$first" && rm got || fail "$case: get gives the content that came second" ;;
        200) [[ "$run_err" == *"different contents"* ]] && [ ! -e got ] || fail "$case: get: $run_err" ;;
        *) fail "$case: get ended with $run_code: $run_err" ;;
    esac
    crash_run "" "${conflicting[@]}"
    [ "$run_code" = 1 ] && [[ "$run_err" == *"with different content"* ]] || fail "$case: the next push: $run_code $run_err"
    crash_check_repository repo "after $case"
    assert_eq "$(find repo -name "$first-*" | wc -l)" 2 "both are kept"
    crash_run "" "$walarchive" get "$first" "$TEST_DIR/got"
    [ "$run_code" = 200 ] && [ ! -e got ] || fail "$case: a get between two contents ended with $run_code"
    visits=$((visits + 1))
done
ok "$visits visits"
