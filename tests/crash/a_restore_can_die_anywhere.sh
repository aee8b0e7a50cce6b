#!/usr/bin/env bash
# a_restore_can_die_anywhere.sh - pitr restore killed or failing at any fault point leaves nothing, a whole cluster, or what
# cannot start and is taken over
#
# Of a plain backup and of a tar backup, with a tablespace. What is whole is compared file by file with an undisturbed
# restore, which a server then recovers.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
marker=holdfast-restore.incomplete
crash_make_backups "insert into t select g from generate_series(1, 1000) g"
crash_hashes "$TEST_DIR/repository" >repository.hashes

# The command that restores backup $1, in the array command.
find_command()
{
    command=("$CRASH_BIN/pitr" restore --backup "$TEST_DIR/$1" --repo "$REPO" -D "$TEST_DIR/r" -T "$oid=$TEST_DIR/s")
}

hashes()
{
    crash_hashes r && crash_hashes s
}

# is_whole WHEN: the cluster in r and s is the one that an undisturbed restore makes.
is_whole()
{
    [ "$(hashes)" = "$(cat whole.hashes)" ] ||
        fail "$1: not what an undisturbed restore gives: $(hashes | diff whole.hashes - | head -5)"
}

# visit CASE BACKUP: one restore, disturbed, and what follows.
visit()
{
    local case=$1 command
    find_command "$2"
    rm -rf r s
    crash_run "$case" "${command[@]}"
    crash_ended "$case"
    if [ "$run_code" = 0 ]; then
        # A marker that cannot be removed from a tablespace does not matter, but is told.
        [ ! -e "s/$marker" ] || [[ "$run_err" == *"warning:"*"Remove it by hand"* ]] || fail "$case: s/$marker is left"
        rm -f "s/$marker"
        is_whole "$case ended with 0"
    elif [[ "$case" != *=kill@* ]]; then
        [ ! -e r ] && [ ! -e s ] || fail "$case: an error left $(find r s | head -5)"
    elif [ -e r/global/pg_control ]; then
        # It is complete, and like any cluster that is there it is not touched again.
        [ ! -e "r/$marker" ] || fail "$case: complete, but named incomplete"
        rm -f "s/$marker"
        is_whole "$case left pg_control"
        crash_run "" "${command[@]}"
        [ "$run_code" = 1 ] && [[ "$run_err" == *"exists but is not empty"* ]] || fail "$case: the next restore: $run_err"
        is_whole "$case, and a restore that was refused"
        visits=$((visits + 1))
        return
    fi
    if [ "$run_code" != 0 ]; then
        crash_run "" "${command[@]}"
        [ "$run_code" = 0 ] || fail "$case: the next restore into the same folder: $run_err"
        is_whole "the restore after $case"
    fi
    visits=$((visits + 1))
}

visits=0
for form in plain tar; do
    rm -rf r s
    find_command "$form"
    crash_list passed "${command[@]}"
    hashes >whole.hashes
    crash_plan passed 2
    for case in "${crash_cases[@]}"; do
        visit "$case" "$form"
    done
done

# Killed while it removes what a failure left, and again while it takes that over.
find_command tar
for ((n = 0; n < 3; n++)); do
    rm -rf r s
    crash_run "pitr.layout.before_unmark=error,os.file.unlink=kill@$((1 + RANDOM % 600))" "${command[@]}"
    assert_eq "$run_code" 137 "killed during the removal"
    [ ! -e r/global/pg_control ] || fail "half removed, but it has pg_control"
    crash_run "os.file.unlink=kill@$((1 + RANDOM % 20))" "${command[@]}"
    crash_run "" "${command[@]}"
    [ "$run_code" = 0 ] || fail "the next restore: $run_err"
    is_whole "the restore after two kills"
done

assert_eq "$(crash_hashes "$TEST_DIR/repository")" "$(cat repository.hashes)" "the archive is as it was"

cluster_adopt restored "$TEST_DIR/r"
owner_path s
cluster_start restored
cluster_wait_sql restored "select not pg_is_in_recovery()" "end of recovery"
assert_eq "$(cluster_sql restored "select count(*) from t")" 2000 "what is whole recovers"
ok "$visits visits"
