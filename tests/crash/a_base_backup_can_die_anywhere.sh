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

# How a backup is taken: its form (p: folders, t: tars, s: standard output), the suffix of its tars, options; DIR in them
# stands for its folder. The last ones are for a cluster without tablespaces.
kinds=("p||-R" "t||-R" "p||-X fetch -R" "p||--waldir=DIR.w" "t|.gz|-Z gzip:1 -R" "t|.lz4|-Z lz4" "t|.zst|-Z zstd:1 -X fetch -R"
    "t|.zst|-Z server-zstd:1" "p||-Z server-gzip:1 -N" "s||-X fetch" "s|.gz|-X none -z")

# use KIND: of what kind the backups are from now on.
use()
{
    IFS='|' read -r form suffix options <<<"$1"
    ! [[ "$options" == *lz4* ]] || command -v lz4 >/dev/null
}

# backup DIR: the command, in the array command.
backup()
{
    local to=$TEST_DIR/$1 words
    read -ra words <<<"$options"
    case $form in
        s) command=(sh -c 'exec "$@" >"$0"' "$to.out" "$CRASH_BIN/pgbasebackup" -D - -Ft -c fast) ;;
        *) command=("$CRASH_BIN/pgbasebackup" -D "$to" -c fast "-F$form" -T "$TEST_DIR/space=$to.s") ;;
    esac
    command+=(${words[@]+"${words[@]//DIR/$to}"})
}

unpacked()
{
    case $suffix in
        .gz) gzip -dc "$1" ;;
        .lz4) lz4 -qdc "$1" ;;
        .zst) zstd -qdc "$1" ;;
        *) cat "$1" ;;
    esac
}

# is_whole DIR WHEN [option of pg_verifybackup...]
is_whole()
{
    local dir=$1 when=$2 tar
    shift 2
    if [ "$form" != p ]; then
        rm -rf unpacked
        as_owner mkdir unpacked
    fi
    if [ "$form" = t ]; then
        unpacked "$dir/base.tar$suffix" | as_owner tar -xf - -C unpacked
        if [ -e "$dir/pg_wal.tar" ]; then
            as_owner tar -xf "$dir/pg_wal.tar" -C unpacked/pg_wal
        elif [ -e "$dir/pg_wal.tar.gz" ]; then
            gzip -dc "$dir/pg_wal.tar.gz" | as_owner tar -xf - -C unpacked/pg_wal
        fi
        for tar in "$dir"/[0-9]*.tar*; do
            as_owner mkdir -p "unpacked/pg_tblspc/$(basename "$tar" ".tar$suffix")"
            unpacked "$tar" | as_owner tar -xf - -C "unpacked/pg_tblspc/$(basename "$tar" ".tar$suffix")"
        done
        as_owner cp "$dir/backup_manifest" unpacked
        dir=unpacked
    elif [ "$form" = s ]; then
        unpacked "$dir.out" | as_owner tar -xf - -C unpacked || fail "$when: not a whole archive"
        dir=unpacked
        [[ "$options" != *none* ]] || set -- "$@" -n
    fi
    run "$verify" "$@" "$dir"
    [ "$run_code" = 0 ] || fail "$when: pg_verifybackup: $run_err"
}

# visit CASE: one backup, disturbed, and what follows.
visit()
{
    local case="$options $1" code tar
    start_anew
    backup c
    crash_run "$1" "${command[@]}"
    crash_ended "$1"
    code=$run_code
    if [ "$code" = 0 ] || [ -e c/backup_manifest ] || out_has_manifest; then
        is_whole c "$case ended with $code"
    elif [ "$form" = s ]; then
        : # there is no more to it than its exit code
    elif [[ "$case" != *=kill@* ]]; then
        [ ! -e c ] && [ ! -e c.s ] && [ ! -e c.w ] || fail "$case: an error left $(find c c.s c.w | head -5)"
    elif [ "$form" = p ] && [ -e c/global/pg_control ]; then
        is_whole c "$case left pg_control" -m c/backup_manifest.tmp -i backup_manifest.tmp
    elif [ "$form" = t ]; then
        for tar in c/*.tar"$suffix"; do
            [ ! -e "$tar" ] || unpacked "$tar" | tar -tf - >/dev/null || fail "$case: $tar is not whole"
        done
    fi
    [ "$code" = 0 ] || [[ "$case" != *=kill@* ]] || [ "$form" = s ] || [ -z "$(ls -A c 2>/dev/null)" ] || {
        crash_run "" "${command[@]}"
        [ "$run_code" = 1 ] && [[ "$run_err" == *"exists but is not empty"* ]] ||
            fail "$case: the next backup into the same folder: $run_err"
        [ -e c/backup_manifest ] || [[ "$run_err" == *"left of a base backup that was not completed"* ]] ||
            fail "$case: the next backup does not say what is there: $(ls c)"
    }
    backup next
    crash_run "" "${command[@]}"
    [ "$run_code" = 0 ] || fail "$case: the next backup: $run_err"
    visits=$((visits + 1))
}

start_anew()
{
    rm -rf c c.s c.w c.out next next.s next.w next.out
}

# The manifest comes last on standard output, and is whole when all is.
out_has_manifest()
{
    local names
    [ "$form" = s ] && [ -s c.out ] && names=$(unpacked c.out 2>/dev/null | tar -tf - 2>/dev/null) &&
        [ "${names##*$'\n'}" = backup_manifest ]
}

visits=0
for kind in "${kinds[@]}"; do
    use "$kind" || { note "no program to unpack $suffix with" && continue; }
    if [ "$form" = s ] && [ "$(cluster_sql main "select count(*) from pg_tablespace")" = 3 ]; then
        cluster_sql main "drop table t"
        cluster_sql main "drop tablespace s"
    fi
    start_anew
    backup c
    crash_list passed "${command[@]}"
    is_whole c "an undisturbed backup"
    crash_plan passed 6
    for case in "${crash_cases[@]}"; do
        visit "$case"
    done
    is_whole next "the last backup"
done

# Killed while it removes what a failure left.
use "p||-R"
backup c
for ((n = 0; n < 3; n++)); do
    start_anew
    crash_run "pgbasebackup.plain.before_manifest=error,os.file.unlink=kill@$((2 + RANDOM % 600))" "${command[@]}"
    assert_eq "$run_code" 137 "killed during the removal"
    [ ! -e c/global/pg_control ] || fail "half removed, but it has pg_control"
    crash_run "" "${command[@]}"
    assert_contains "$run_err" "left of a base backup that was not completed" "the rest is told from other things"
done

cluster_wait_sql main "select count(*) = 0 from pg_replication_slots" "end of the slots"
ok "$visits visits"
