#!/usr/bin/env bash
# two_restores_never_mix.sh - of several restores into one folder one succeeds, whole, and the others touch nothing
#
# One that runs keeps others out as long as it lives; what one leaves that was killed is taken over by one of those that
# come together. The same for a folder of a tablespace that two targets want.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
marker=holdfast-restore.incomplete
crash_make_backups

# command_for BACKUP TARGET SPACE: in the array command.
command_for()
{
    command=("$CRASH_BIN/pitr" restore --backup "$TEST_DIR/$1" --repo "$REPO" -D "$TEST_DIR/$2" -T "$oid=$TEST_DIR/$3")
}

# start N FAULT: the array command in the background, its output in N.out, the points it passes in N.passed; pids[N].
start()
{
    rm -f "$1.passed"
    as_owner_in_background env HOLDFAST_FAULT="$2" HOLDFAST_FAULT_LIST="$TEST_DIR/$1.passed" "${command[@]}" >"$1.out" 2>&1 </dev/null
    pids[$1]=$!
}

# ended N: wait for it; its exit code in code.
ended()
{
    code=0
    { wait "${pids[$1]}"; } 2>/dev/null || code=$?
}

hashes()
{
    crash_hashes r && crash_hashes s
}

# one_wins COUNT WHEN: of COUNT restores that were started, numbered from 1, one succeeded.
one_wins()
{
    local n winners=0
    for ((n = 1; n <= $1; n++)); do
        ended "$n"
        case $code in
            0) winners=$((winners + 1)) ;;
            1) grep -qE "another process restores into directory|exists but is not empty|has a restore that was not finished" "$n.out" ||
                fail "$2: refused, but why: $(cat "$n.out")" ;;
            *) fail "$2: exit code $code: $(cat "$n.out")" ;;
        esac
    done
    [ "$winners" = 1 ] || fail "$2: $winners restores of $1 succeeded: $(cat ./*.out)"
    assert_eq "$(hashes | diff whole.hashes - | head -5)" "" "$2: one restore wins, and is whole"
    [ -z "$(find r s -name "$marker*")" ] || fail "$2: $(find r s -name "$marker*") is left"
}

for form in plain tar; do
    command_for "$form" r s
    rm -rf r s
    crash_run "" "${command[@]}"
    [ "$run_code" = 0 ] || fail "an undisturbed restore: $run_err"
    hashes >whole.hashes

    # ---- started together, into nothing and into empty folders, and over what a kill has left
    for ((i = 0; i < 4; i++)); do
        rm -rf r s
        [ $((i % 2)) = 0 ] || as_owner mkdir r s
        for n in 1 2 3; do
            start "$n" ""
        done
        one_wins 3 "$form, together, round $i"

        rm -rf r s
        crash_run "pitr.layout.before_sync=kill" "${command[@]}"
        assert_eq "$run_code" 137 "killed"
        for n in 1 2 3; do
            start "$n" ""
        done
        one_wins 3 "$form, over leftovers, round $i"
    done

    # ---- while one runs
    for point in pitr.layout.before_sync pitr.layout.before_control pitr.layout.before_unmark; do
        rm -rf r s
        as_owner touch hold
        start 1 "$point=wait:$TEST_DIR/hold"
        wait_until "the restore to be at $point" grep -qsx "$point" 1.passed
        before=$(find r s | sort)
        crash_run "" "${command[@]}"
        [ "$run_code" = 1 ] && [[ "$run_err" == *"another process restores into directory \"$TEST_DIR/r\""* ]] ||
            fail "$form, at $point: $run_code $run_err"
        command_for "$form" other s
        crash_run "" "${command[@]}"
        [ "$run_code" = 1 ] && [[ "$run_err" == *"another process restores into directory \"$TEST_DIR/s\""* ]] ||
            fail "$form, at $point, another target: $run_code $run_err"
        [ ! -e other ] || fail "a refused restore left its folder"
        command_for "$form" r s
        assert_eq "$(find r s | sort)" "$before" "$form, at $point: what runs is not disturbed"
        rm hold
        ended 1
        assert_eq "$code" 0 "$form, at $point: and it ends well"
        assert_eq "$(hashes | diff whole.hashes - | head -5)" "" "$form, at $point: whole"
    done
done

# ---- on a file system without locks, as NFS: the marker says who was first, and nobody takes leftovers over ---------------------

cat >no_locks.c <<'C'
#include <errno.h>
int flock(int fd, int operation);
int flock(int fd, int operation)
{
    (void)fd;
    (void)operation;
    errno = ENOLCK;
    return -1;
}
C
# shellcheck disable=SC2086
if ! ${HOLDFAST_CC:-cc} -shared -fPIC -o no_locks.so no_locks.c 2>no_locks.err ||
    ! as_owner env LD_PRELOAD="$TEST_DIR/no_locks.so" "$CRASH_BIN/pitr" --version >/dev/null 2>&1; then
    echo "SKIP: a file system without locks: no library can be put before the program's own ($(head -1 no_locks.err))"
    exit 0
fi
command=(env LD_PRELOAD="$TEST_DIR/no_locks.so" "${command[@]}")
for ((i = 0; i < 4; i++)); do
    rm -rf r s
    [ $((i % 2)) = 0 ] || as_owner mkdir r s
    for n in 1 2 3; do
        start "$n" ""
    done
    one_wins 3 "without locks, round $i"
done
rm -rf r s
crash_run "pitr.layout.before_sync=kill" "${command[@]}"
assert_eq "$run_code" 137 "killed"
crash_run "" "${command[@]}"
assert_eq "$run_code" 1 "leftovers are not taken over"
assert_contains "$run_err" "has no locks that tell whether it still runs" "and why is told"
rm -rf r s
crash_run "" "${command[@]}"
assert_eq "$run_code" 0 "once they were removed, a restore succeeds"
