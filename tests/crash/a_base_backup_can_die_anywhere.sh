#!/usr/bin/env bash
# a_base_backup_can_die_anywhere.sh - pgbasebackup killed or failing at any fault point leaves nothing, a whole backup, or
# what nobody takes for one
#
# A backup with a manifest is whole for pg_verifybackup; one with pg_control and no manifest yet is whole by the manifest
# that has no name yet; any other cannot start. The next backup into a new folder succeeds, one into the leftovers is
# refused, and the server keeps no slot.

. "$(dirname "$0")/crash_lib.sh"

cluster_require 15
crash_check_build
as_owner mkdir space
cluster_init main --wal-segsize 1 --set "max_wal_size = 32MB" --set "min_wal_size = 2MB"
cluster_start main
cluster_sql main "create tablespace s location '$TEST_DIR/space'"
cluster_sql main "create table t tablespace s as select g from generate_series(1, 1000) g"
cluster_sql main "update pg_database set datistemplate = false; drop database template0"
export PGHOST=$(cluster_socket_dir main) PGPORT=$(cluster_port main) PGUSER=postgres
verify=$(cluster_tool main pg_verifybackup)

# backup DIR FORM: the command, in the array command.
backup()
{
    command=("$CRASH_BIN/pgbasebackup" -D "$TEST_DIR/$1" -c fast "-F$2" -R -T "$TEST_DIR/space=$TEST_DIR/$1.s")
}

# is_whole DIR FORM WHEN [option of pg_verifybackup...]
is_whole()
{
    local dir=$1 form=$2 when=$3 tar
    shift 3
    if [ "$form" = t ]; then
        rm -rf unpacked
        as_owner mkdir unpacked
        as_owner tar -xf "$dir/base.tar" -C unpacked
        as_owner tar -xf "$dir/pg_wal.tar" -C unpacked/pg_wal
        for tar in "$dir"/[0-9]*.tar; do
            as_owner mkdir -p "unpacked/pg_tblspc/$(basename "$tar" .tar)"
            as_owner tar -xf "$tar" -C "unpacked/pg_tblspc/$(basename "$tar" .tar)"
        done
        as_owner cp "$dir/backup_manifest" unpacked
        dir=unpacked
    fi
    run "$verify" "$@" "$dir"
    [ "$run_code" = 0 ] || fail "$when: pg_verifybackup: $run_err"
}

# visit CASE FORM: one backup, disturbed, and what follows.
visit()
{
    local case=$1 form=$2 code tar
    rm -rf c c.s next next.s
    backup c "$form"
    crash_run "$case" "${command[@]}"
    crash_ended "$case"
    code=$run_code
    if [ "$code" = 0 ] || [ -e c/backup_manifest ]; then
        is_whole c "$form" "$case ended with $code"
    elif [[ "$case" != *=kill@* ]]; then
        [ ! -e c ] && [ ! -e c.s ] || fail "$case: an error left $(find c c.s | head -5)"
    elif [ "$form" = p ] && [ -e c/global/pg_control ]; then
        is_whole c "$form" "$case left pg_control" -m c/backup_manifest.tmp -i backup_manifest.tmp
    elif [ "$form" = t ]; then
        for tar in c/*.tar; do
            [ ! -e "$tar" ] || tar -tf "$tar" >/dev/null || fail "$case: $tar is not whole"
        done
    fi
    [ "$code" = 0 ] || [[ "$case" != *=kill@* ]] || [ -z "$(ls -A c 2>/dev/null)" ] || {
        crash_run "" "${command[@]}"
        [ "$run_code" = 1 ] && [[ "$run_err" == *"exists but is not empty"* ]] ||
            fail "$case: the next backup into the same folder: $run_err"
    }
    backup next "$form"
    crash_run "" "${command[@]}"
    [ "$run_code" = 0 ] || fail "$case: the next backup: $run_err"
    visits=$((visits + 1))
}

visits=0
for form in p t; do
    rm -rf c c.s
    backup c "$form"
    crash_list passed "${command[@]}"
    is_whole c "$form" "an undisturbed backup"
    crash_plan passed 2
    for case in "${crash_cases[@]}"; do
        visit "$case" "$form"
    done
    is_whole next "$form" "the last backup"
done

# Killed while it removes what a failure left.
backup c p
for ((n = 0; n < 3; n++)); do
    rm -rf c c.s
    crash_run "pgbasebackup.plain.before_manifest=error,os.file.unlink=kill@$((2 + RANDOM % 600))" "${command[@]}"
    assert_eq "$run_code" 137 "killed during the removal"
    [ ! -e c/global/pg_control ] || fail "half removed, but it has pg_control"
done

cluster_wait_sql main "select count(*) = 0 from pg_replication_slots" "end of the slots"
ok "$visits visits"
