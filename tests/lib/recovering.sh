# recovering.sh - the same recovery by a real server and by ours, side by side
#
# Source it after server.sh. base names the folder that is recovered (base/data), archive that of the log. The caller may
# set: ignore, files not to compare; any_minimum, how far pages were written before a crash is chance; hot_standby;
# archive_mode, it then archives into NAME.SIDE/archive; signal (none: no signal file); keep, the clusters stay; prepare,
# a function for before the start, and meanwhile, one for when it is over or paused: both get the cluster's name.

# recovering_primary: a real server that archives to $archive, has a table t and a base backup in base/data; $bin has the
# real programs.
recovering_primary()
{
    cluster_require 15
    bin=$(cluster_find_bin 15)
    archive=$TEST_DIR/archive
    cluster_init primary --wal-segsize 1 --set "max_wal_size = 64MB" --set "autovacuum = off"
    cluster_archive_to primary "$archive"
    cluster_start primary
    cluster_sql primary "create table t (id int primary key, filler text)"
    mkdir base
    owner_path base
    cluster_run primary pg_basebackup --pgdata="$TEST_DIR/base/data" --no-sync --checkpoint=fast --wal-method=none \
        >/dev/null 2>&1
}

# What is of no matter, or cannot be equal: moments, how long it took, how it writes checkpoints.
words_of()
{
    sed -E 's/^[0-9: .-]+ UTC \[[0-9]+\] //' "$(cluster_log "$1")" | grep -E '^(LOG|FATAL|WARNING|DETAIL|HINT|ERROR|PANIC|CONTEXT)' |
        grep -v -E 'starting (PostgreSQL|Holdfast)|listening on|system usage|checkpoint (starting|complete)|last known up|restartpoint (starting|complete)|parameter|recovery restart point|read-only connections' |
        if [ -n "${any_minimum:-}" ]; then sed 's/\(state reached at\).*/\1/'; else cat; fi |
        sed -E "s#$TEST_DIR/$1/#DIR/#g; s#startup process \(PID [0-9]+\)#startup process (PID)#g"
}

# The supervisor says it while the startup process goes on: in no order.
facts_of()
{
    local data
    data=$(cluster_dir "$1")
    grep -c "ready to accept read-only connections" "$(cluster_log "$1")" || true
    "$bin/pg_controldata" "$data" | grep -E "TimeLineID|state|full_page|wal_level|Minimum recovery ending loc.*timeline|Backup"
    find "$data/pg_wal" -mindepth 1 -printf '%P\n' | { grep -v "${ignore:-nothing}" || true; } | sort
    cat "$data"/pg_wal/*.history 2>/dev/null || true
    [ ! -d "$TEST_DIR/$1/archive" ] || find "$TEST_DIR/$1/archive" -type f -printf 'archived %f\n' | { grep -v "${ignore:-nothing}" || true; } | sort
    (cd "$data" && ls -d ./*.signal backup_label* tablespace_map* 2>/dev/null || true)
}

# It is over when it says so, or has ended.
is_over()
{
    ! cluster_is_up "$1" || grep -q "database system is ready to accept connections\|Execute pg_wal_replay_resume" "$(cluster_log "$1")"
}

# recover NAME 'setting'...: both, with these settings
recover()
{
    local name=$1 side what options
    shift
    for side in theirs ours; do
        mkdir -p "$name.$side/archive"
        owner_path "$name.$side/archive"
        cp -a "${base:-base/data}" "$name.$side/data"
        options=()
        [ $side = theirs ] || options=(--bin "$(server_bin)")
        cluster_adopt "$name.$side" "$TEST_DIR/$name.$side/data" "${options[@]}"
        cluster_set "$name.$side" "archive_mode = ${archive_mode:-off}" "archive_command = 'cp %p $TEST_DIR/$name.$side/archive/%f'" "log_min_messages = info" "restore_command = 'cp $archive/%f %p 2>/dev/null'" \
            "hot_standby = ${hot_standby:-off}" "wal_recycle = off" "recovery_prefetch = off" "$@"
        [ "${signal:-recovery.signal}" = none ] || as_owner touch "$name.$side/data/${signal:-recovery.signal}"
        [ -z "${prepare:-}" ] || "$prepare" "$name.$side"
        cluster_start_nowait "$name.$side"
        wait_until "recovery of $name by $side" is_over "$name.$side"
        [ -z "${meanwhile:-}" ] || "$meanwhile" "$name.$side"
        words_of "$name.$side" >"$name.$side/words"
        if ! cluster_is_up "$name.$side"; then
            echo ended >"$name.$side/rows"
        elif grep -q "ready to accept connections" "$(cluster_log "$name.$side")"; then
            cluster_sql "$name.$side" "select id from t order by 1; select pg_walfile_name(pg_current_wal_lsn())" >"$name.$side/rows"
            cluster_stop "$name.$side"
        else
            echo paused >"$name.$side/rows"
            cluster_stop "$name.$side"
        fi
        facts_of "$name.$side" >"$name.$side/facts"
    done
    for what in words rows facts; do
        diff -u "$name.theirs/$what" "$name.ours/$what" >"$name.diff" || fail "$name: $what differ: $(cat "$name.diff")"
    done
    ok "$name: $(tr '\n' ' ' <"$name.ours/rows")"
    [ -n "${keep:-}" ] || rm -rf "$name.theirs" "$name.ours"
}
