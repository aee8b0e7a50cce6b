# rebuild.sh - how tests rebuild clusters from a copy and WAL, and judge the result
#
# Source it after cluster.sh. A copy is a directory $TEST_DIR/COPY/data without WAL, which all comes
# from the cluster that it was taken of: that keeps it in pg_wal (rebuild_settings).

rebuild_program=$HOLDFAST_BUILD/tests/redo/rebuild_check

# Options for cluster_init: no WAL is removed.
rebuild_settings=(--set "wal_keep_size = '64GB'" --set "max_wal_size = '64GB'"
    --set "allow_in_place_tablespaces = on")

# rebuild_take_cold NAME COPY: of a cluster that is stopped, or was killed.
rebuild_take_cold()
{
    mkdir "$2"
    cp -a "$(cluster_dir "$1")" "$2/data"
    rm -rf "$2"/data/pg_wal/*
    owner_path "$2"
}

# rebuild_take_hot NAME COPY [option of pg_basebackup...]: of a cluster at work.
rebuild_take_hot()
{
    local name=$1 copy=$2
    shift 2
    mkdir "$copy"
    owner_path "$copy"
    cluster_run "$name" pg_basebackup --pgdata="$TEST_DIR/$copy/data" --wal-method=none \
        --checkpoint=fast --no-sync "$@" 2>"$copy/log" || fail "pg_basebackup: $(tail -3 "$copy/log")"
}

# rebuild_judge ONE NAME [option...]: run rebuild_check, show what it says, fail on differences.
rebuild_judge()
{
    local one=$1 name=$2
    shift 2
    run "$rebuild_program" "$@" "$TEST_DIR/$one/data" "$(cluster_dir "$name")"
    sed "s/^/# /" <<<"$run_out"
    [ "$run_code" = 0 ] || fail "$one differs from $name: $run_err"
}

# rebuild_judge_standby STANDBY NAME: NAME was stopped, and sent its standby all it had.
rebuild_judge_standby()
{
    local shutdown
    shutdown=$(cluster_run "$2" pg_controldata "$(cluster_dir "$2")" |
        sed -n 's/^Latest checkpoint location: *//p')
    cluster_wait_sql "$1" "select pg_last_wal_replay_lsn() > '$shutdown'::pg_lsn"
    cluster_stop "$1"
    rebuild_judge "$1" "$2" -c
    ok "a real standby equals its primary"
}

# rebuild_start COPY NAME [option of pg_amcheck...]: the real server starts on what was rebuilt, finds
# checksums, tables and indexes right, and dumps what the cluster has that it was rebuilt from. Both
# end up stopped.
rebuild_start()
{
    local copy=$1 name=$2 segment
    shift 2
    segment=$(cluster_run "$name" pg_controldata "$(cluster_dir "$name")" |
        sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
    as_owner mkdir -p "$copy/data/pg_wal/archive_status"
    cp -a "$(cluster_dir "$name")/pg_wal/$segment" "$copy/data/pg_wal/"
    find "$(cluster_dir "$name")/pg_wal" -name '*.history' -exec cp -a '{}' "$copy/data/pg_wal/" ';'
    cluster_adopt "$copy" "$TEST_DIR/$copy/data"
    if [ "$(cluster_run "$name" pg_controldata "$copy/data" |
        sed -n 's/^Data page checksum version: *//p')" != 0 ]; then
        assert_exit 0 "$(cluster_tool "$name" pg_checksums)" --check -D "$TEST_DIR/$copy/data"
    fi
    cluster_start "$name"
    cluster_start "$copy"
    rebuild_dump "$name"
    rebuild_dump "$copy"
    diff "$name.sql" "$copy.sql" >diff.out || fail "the rebuilt cluster differs: $(head -20 diff.out)"
    cluster_run "$copy" pg_amcheck --all --install-missing --heapallindexed "$@" >amcheck.log 2>&1 ||
        fail "pg_amcheck: $(tail -5 amcheck.log)"
    cluster_stop "$name"
    cluster_stop "$copy"
    ok "the real server starts on the rebuilt cluster, finds all in it, and its indexes right"
}

# Unlogged tables are empty after a replay, and sequences ahead by the values logged in advance;
# \restrict has a random word.
rebuild_dump()
{
    cluster_run "$1" pg_dumpall --no-unlogged-table-data |
        sed -E '/^\\(un)?restrict /d; s/(pg_catalog.setval.*), -?[0-9]+, /\1, /' >"$1.sql"
}
