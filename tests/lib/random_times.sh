# random_times.sh - a hot backup under load, restored to random times, against an independent list of commits
#
# PostgreSQL's rule: a restore to time T has every commit whose record precedes the first commit or abort record later
# than T, and no other. The list is read from the archive by the real pg_waldump. 3 restores, 20 with HOLDFAST_WORLD, or
# HOLDFAST_TEST_RESTORES; HOLDFAST_TEST_SEED replays a run's choice of times. Source it after archiving.sh.

# random_times_check OPTION...: of cluster_init, for the server that is backed up and for those that recover.
random_times_check()
{
    local count=${HOLDFAST_TEST_RESTORES:-$([ -n "${HOLDFAST_WORLD-}" ] && echo 20 || echo 3)}
    local seed=${HOLDFAST_TEST_SEED:-$$} last backup_end earliest latest target text load_xids i
    note "seed $seed"

    cluster_require 15
    archiving_init main "$@"
    cluster_start main
    load_start main 3
    wait_until "the load" test -s "$TEST_DIR/load.3"
    cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast -X none
    for ((i = 0; i < 6; i++)); do
        sleep 0.5
        cluster_sql main "select pg_switch_wal()" >/dev/null
    done
    load_stop
    # A record that is later than all targets, so that the last ones are inside too.
    cluster_sql main "insert into commits values (pg_current_xact_id(), 0, 'last')"
    last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
    cluster_sql main "select pg_switch_wal()" >/dev/null
    cluster_wait_archived main "$last"
    cluster_stop main

    archive_unpack "$TEST_DIR/plain"
    archive_ends "$TEST_DIR/plain" >ends
    assert_eq "$(comm -23 <(load_confirmed | sort) <(awk '$3 == "commit" { print $2 }' ends | sort) | wc -l)" 0 \
        "every commit that a client saw is in the archive"

    # Times from the end of the backup to the record before the last.
    backup_end=$(sed -n 's/.*"End-LSN": "\([^"]*\)".*/\1/p' "$TEST_DIR/base/backup_manifest")
    earliest=$(awk -v end="$(lsn_key "$backup_end")" '$1 "" < end && $4 > max { max = $4 } END { print max }' ends)
    latest=$(tail -1 ends | cut -d' ' -f4)
    note "$(wc -l <ends) commits and aborts, $(((latest - earliest) / 1000)) ms to choose from"

    RANDOM=$seed
    for ((i = 1; i <= count; i++)); do
        # Also exactly on a record's time, where inclusive and before differ.
        if [ $((RANDOM % 4)) = 0 ]; then
            target=$(awk -v min="$earliest" -v max="$latest" '$4 >= min && $4 < max { print $4 }' ends |
                sed -n "$((RANDOM % 50 + 1))p")
        else
            target=$((earliest + (RANDOM * 32768 + RANDOM) % (latest - earliest)))
        fi
        text=$(microseconds_text "$target")
        as_owner "$HOLDFAST_BIN/pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" \
            --target-time "$text" -D "$TEST_DIR/restored.$i"
        cluster_adopt "restored$i" "$TEST_DIR/restored.$i" "$@"
        cluster_start "restored$i"
        cluster_wait_sql "restored$i" "select not pg_is_in_recovery()" "promotion"
        awk -v target="$target" '$4 > target { exit } $3 == "commit" { print $2 }' ends | sort >expected
        # The xids of DDL and of the server's own work are in the list, but not in the table.
        cluster_sql "restored$i" "select xid from commits" | sort >got
        load_xids=$(awk '/^[0-9]+$/' "$TEST_DIR"/load.[0-9] | sort)
        comm -12 expected <(echo "$load_xids") >expected.load
        assert_eq "$(diff expected.load got | head -5)" "" "restore $i to $text has exactly $(wc -l <expected.load) commits"
        cluster_stop "restored$i" immediate
        rm -rf "$TEST_DIR/restored.$i"
    done
}
