#!/usr/bin/env bash
# disks_can_be_full_or_read_only.sh - real file systems without room, at several sizes, and without the right to write
#
# Each program says what is wrong with the disk, leaves nothing on it, and succeeds when there is room.

. "$(dirname "$0")/crash_lib.sh"

[ "$(id -u)" = 0 ] || skip "mounting a small file system needs root"
as_owner mkdir small
mount -t tmpfs -o size=1m tmpfs small 2>/dev/null || skip "mounting a tmpfs is not allowed here"
at_end umount "$TEST_DIR/small"
owner_path small
cluster_require 15
archiving_init main --wal-segsize 1 --set "max_wal_size = 32MB" --set "min_wal_size = 2MB"
cluster_start main
export PGHOST=$(cluster_socket_dir main) PGPORT=$(cluster_port main) PGUSER=postgres
as_owner "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast
name=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$name"
as_owner "$HOLDFAST_BIN/walarchive" get --repo "$REPO" "$name" "$TEST_DIR/$name"

# disk SIZE|ro: give it this size and the right to write, or take the right.
disk()
{
    if [ "$1" = ro ]; then
        mount -o remount,ro small
    else
        mount -o "remount,rw,size=$1" small
    fi
}

# fails CODE TEXT WHAT: the command in the array command fails so, and the disk stays as it was.
fails()
{
    local before
    before=$(find small | sort)
    run "${command[@]}"
    [ "$run_code" = "$1" ] || fail "$3: exit code $run_code, not $1: $run_err"
    assert_contains "$run_err" "$2" "$3: $2"
    assert_eq "$(find small | sort)" "$before" "$3 leaves nothing"
}

# visit WHAT CODE SIZE...: the command in the array command fails with CODE on a disk that cannot be written and on full
# ones, and succeeds with room.
visit()
{
    local what=$1 code=$2 size
    shift 2
    disk ro
    fails "$code" "Read-only file system" "$what on a read-only disk"
    for size in "$@"; do
        disk "$size"
        fails "$code" "No space left on device" "$what on a disk of $size"
    done
    disk 200m
    run "${command[@]}"
    [ "$run_code" = 0 ] || fail "$what with room: $run_err"
    ok "$what with room"
}

command=("$HOLDFAST_BIN/walarchive" get --repo "$REPO" "$name" "$TEST_DIR/small/RECOVERYXLOG")
visit get 200 64k 900k
cmp small/RECOVERYXLOG "$name" || fail "get on a disk with room"
rm small/RECOVERYXLOG

command=("$HOLDFAST_BIN/pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/small/restored")
visit restore 1 64k 1m 12m
[ -e small/restored/global/pg_control ] || fail "restore on a disk with room"
rm -rf small/restored

for form in p t; do
    command=("$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/small/copy" -c fast "-F$form")
    visit "base backup -F$form" 1 64k 1m 12m
    rm -rf small/copy
done

# A push makes the folders of a repository first, and they are no harm: so they are there already.
as_owner "$HOLDFAST_BIN/walarchive" push --repo "file://$TEST_DIR/small/repo" "$TEST_DIR/$name"
rm small/repo/main/wal/*/*.zst
command=("$HOLDFAST_BIN/walarchive" push -Z none --repo "file://$TEST_DIR/small/repo" "$TEST_DIR/$name")
visit push 1 64k 900k
crash_check_repository small/repo "push with room"
