# crash_lib.sh - let a program die or fail at each of its fault points in turn; source it in place of cluster.sh
#
# A run with HOLDFAST_FAULT_LIST tells which points a command passes and how often. Of each point the first passage, the
# last and one between are visited, each with kill (SIGKILL), error (a failing disk) and enospc (a full one). In
# `make check` that is cut to HOLDFAST_CRASH_POINTS visits a program (12), spread evenly; check-world visits all.
# The choice depends on HOLDFAST_SEED, which is printed.
#
# The programs in $CRASH_BIN have fault points however the tree was configured.

# A kill loses nothing that was written, synced or not, so a disk in memory does, and syncs cost nothing there.
if [ -z "${TMPDIR-}" ] && [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] && [ -w /dev/shm ] &&
    [ "$(df -k --output=avail /dev/shm | tail -1)" -gt 1000000 ]; then
    export TMPDIR=/dev/shm
fi

# shellcheck source=tests/lib/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/cluster.sh"
# shellcheck source=tests/lib/archiving.sh
. "$TEST_LIB/archiving.sh"

CRASH_BIN=$HOLDFAST_BUILD/tests/crash/bin
CRASH_POINTS=${HOLDFAST_CRASH_POINTS:-${HOLDFAST_WORLD:+100000}}
CRASH_POINTS=${CRASH_POINTS:-12}
[[ "$CRASH_POINTS" =~ ^[1-9][0-9]{0,8}$ ]] || fail "HOLDFAST_CRASH_POINTS=$CRASH_POINTS is no number of visits; 1 is the least"
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_CRASH_POINTS=$CRASH_POINTS"

# A file with fault points that is not compiled anew would be passed without one.
crash_check_build()
{
    local file
    while read -r file; do
        grep -q "^fault_sources += $file\$" "$TOP_SRCDIR/tests/crash/local.mk" ||
            fail "$file has fault points, but is not among fault_sources in tests/crash/local.mk"
    done < <(cd "$TOP_SRCDIR" && grep -rl --include='*.c' '^ *FAULT_POINT(' common)
}

# crash_run FAULT COMMAND...: run as the owner with HOLDFAST_FAULT, quietly; $run_code, $run_out, $run_err.
crash_run()
{
    local fault=$1
    shift
    { run env HOLDFAST_FAULT="$fault" "$@"; } 2>/dev/null
}

# crash_list FILE COMMAND...: run it undisturbed, which must succeed, and list the points that it passes.
crash_list()
{
    local file=$1
    shift
    rm -f "$file"
    run env HOLDFAST_FAULT_LIST="$file" "$@"
    [ "$run_code" = 0 ] || fail "$* without a fault: $run_err"
    [ -s "$file" ] || fail "$* passed no fault point"
}

# crash_plan LIST SHARE: fill crash_cases with visits (POINT=ACTION@PASSAGE) of the points in LIST, one in SHARE of
# CRASH_POINTS at most, and one at least: a test that visits nothing would pass.
crash_plan()
{
    local limit=$((CRASH_POINTS / $2)) count point passage action i from to
    local all=() passages
    [ "$limit" -gt 0 ] || limit=1
    while read -r count point; do
        passages=(1)
        [ "$count" -lt 3 ] || passages+=($((2 + RANDOM % (count - 2))))
        [ "$count" -lt 2 ] || passages+=("$count")
        for passage in "${passages[@]}"; do
            for action in kill error enospc; do
                all+=("$point=$action@$passage")
            done
        done
    done < <(sort "$1" | uniq -c)
    crash_cases=("${all[@]}")
    if [ "$limit" -lt "${#all[@]}" ]; then
        crash_cases=()
        for ((i = 0; i < limit; i++)); do
            from=$((i * ${#all[@]} / limit)) to=$(((i + 1) * ${#all[@]} / limit))
            crash_cases+=("${all[from + RANDOM % (to - from)]}")
        done
    fi
    [ "${#crash_cases[@]}" -gt 0 ] || fail "no visit is planned: $1 names no fault point"
    note "$(sort -u "$1" | wc -l) points, $(wc -l <"$1") passages; ${#crash_cases[@]} of ${#all[@]} visits"
}

# crash_ended CASE: the run that was disturbed ended as its action demands. A passage that did not come about this time
# (threads and networks differ from run to run) leaves 0, and then all must be in place.
crash_ended()
{
    case $1 in
        *=kill@*) [ "$run_code" = 137 ] || [ "$run_code" = 0 ] || fail "$1: exit code $run_code: $run_err" ;;
        *)
            [ "$run_code" -lt 126 ] || [ "$run_code" = "${crash_error_code:-1}" ] ||
                fail "$1: exit code $run_code: $run_err"
            [ "$run_code" = 0 ] || [[ "$run_err" == *"fault point"* ]] ||
                fail "$1: the reason is not told: $run_err"
            ;;
    esac
}

# crash_hashes DIR: digest and path of each file, and each link, sorted.
crash_hashes()
{
    (cd "$1" && { find . -type f -print0 | xargs -0r sha256sum; find . -type l -printf '%l  %p\n'; } | sort -k 2)
}

# crash_check_repository DIR WHEN: everything under a final name is whole, by zstd and sha256sum alone.
crash_check_repository()
{
    local object name digest
    while read -r object; do
        name=$(basename "$object")
        digest=$(case $object in *.zst) zstd -qdc "$object" ;; *) cat "$object" ;; esac | sha256sum) ||
            fail "$2: $object cannot be unpacked"
        name=${name#*-}
        [ "${name%%.*}" = "${digest%% *}" ] || fail "$2: $object is not what its name says"
    done < <(find "$1" -type f -path '*/wal/*' ! -name '.tmp-*')
}

# crash_make_backups [SQL]: the base backups "plain" and "tar" of a cluster with a tablespace, and its archive up to a
# record behind them, of SQL if it is given; the tablespace's OID in $oid.
crash_make_backups()
{
    local last
    as_owner mkdir space
    archiving_init main --wal-segsize 1 --set "max_wal_size = 32MB" --set "min_wal_size = 2MB"
    cluster_start main
    cluster_sql main "create tablespace s location '$TEST_DIR/space'"
    cluster_sql main "create table t tablespace s as select g from generate_series(1, 1000) g"
    # One database is enough, and a restore is faster for it.
    cluster_sql main "update pg_database set datistemplate = false; drop database template0"
    cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/plain" -c fast -T "$TEST_DIR/space=$TEST_DIR/space.plain"
    cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/tar" -c fast -Ft
    [ $# = 0 ] || cluster_sql main "$1"
    last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
    cluster_sql main "select pg_switch_wal()" >/dev/null
    cluster_wait_archived main "$last"
    # shellcheck disable=SC2034 # of the test that asked for it
    oid=$(cluster_sql main "select oid from pg_tablespace where spcname = 's'")
    cluster_stop main
}
