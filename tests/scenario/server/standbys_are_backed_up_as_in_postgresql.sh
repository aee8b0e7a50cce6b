#!/usr/bin/env bash
# standbys_are_backed_up_as_in_postgresql.sh - base backups of our standby, and what is said of them, beside those of a real one
#
#     main (real primary, under load) --> ours, theirs (standbys) --> backups
#
# Both tools take backups of ours; real PostgreSQL and ours start on them, and must find sums that agree and all in order.
# The standby is killed while it is copied. What a backup meets on a standby is said as there: images that the primary has
# switched off, a promotion, log that does not go as far as the backup's end.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
declare -A program=([real]=$bin/pg_basebackup [own]=$HOLDFAST_BIN/pgbasebackup)

cluster_init main --set "autovacuum = off" --set "wal_keep_size = 1GB" --set "checkpoint_timeout = 30s"
cluster_start main
cluster_run main "$bin/pgbench" -i -q -s 2 postgres >init.out 2>&1 || fail "init: $(tail -5 init.out)"
for side in theirs ours; do
    mkdir $side
    owner_path $side
    cluster_run main "$bin/pg_basebackup" -D "$TEST_DIR/$side/data" -c fast --no-sync >backup.out 2>&1 || fail "$(cat backup.out)"
    options=()
    [ $side = theirs ] || options=(--bin "$(server_bin)")
    cluster_adopt $side "$TEST_DIR/$side/data" ${options[@]+"${options[@]}"}
    cluster_set $side "log_min_messages = info" "wal_retrieve_retry_interval = 100ms"
    cluster_follow $side main
    cluster_start $side
done

cluster_run main "$bin/pgbench" -n -c 2 -R 500 -T 600 postgres >load.out 2>&1 &
load=$!
stop_load()
{
    kill "$load" 2>/dev/null || true
    wait "$load" 2>/dev/null || true
}
at_end stop_load
for side in theirs ours; do cluster_wait_sql $side "select count(*) > 200 from pgbench_history" "the first transactions"; done

copies=0
# backup PROGRAM SERVER OPTION...: of ours; then SERVER starts on it, for itself.
backup()
{
    local who=$1 server=$2 dir options=() before
    shift 2
    copies=$((copies + 1))
    dir=copy$copies
    as_owner mkdir -m 700 $dir
    cluster_sql main "checkpoint"
    cluster_wait_replay ours "$(cluster_lsn main)"
    before=$(cluster_sql ours "select count(*) from pgbench_history")
    cluster_run ours "${program[$who]}" -D "$TEST_DIR/$dir" -c fast --no-sync "$@" >backup.out 2>&1 || fail "$who $*: $(tail -5 backup.out)"
    grep -qx "BACKUP FROM: standby" $dir/backup_label || fail "the label says: $(cat $dir/backup_label)"
    as_owner "$bin/pg_verifybackup" $dir >verify.out 2>&1 || fail "$who $*: pg_verifybackup: $(tail -5 verify.out)"
    [ -e $dir/standby.signal ] || fail "a backup of a standby is one of a standby"
    rm $dir/standby.signal
    sed -i '/primary_conninfo/d' $dir/postgresql.conf $dir/postgresql.auto.conf
    [ "$server" = real ] || options=(--bin "$(server_bin)")
    cluster_adopt run$copies "$TEST_DIR/$dir" ${options[@]+"${options[@]}"}
    cluster_start run$copies
    grep -q "completed backup recovery" "$(cluster_log run$copies)" || fail "no end: $(tail -5 "$(cluster_log run$copies)")"
    assert_eq "$(cluster_sql run$copies "select count(*) >= $before, (select sum(abalance) from pgbench_accounts) = sum(delta),
        (select sum(tbalance) from pgbench_tellers) = (select sum(bbalance) from pgbench_branches) from pgbench_history")" "t|t|t" "$who $*, $server: sums agree"
    [ "$server" != real ] || cluster_run run$copies "$bin/pg_amcheck" --all --install-missing --heapallindexed >amcheck.log 2>&1 ||
        fail "pg_amcheck: $(tail -5 amcheck.log)"
    cluster_stop run$copies
    as_owner "$bin/pg_checksums" -c -D "$TEST_DIR/$dir" >checksums.out 2>&1 || fail "checksums: $(tail -5 checksums.out)"
    rm -rf "${TEST_DIR:?}/$dir"
}
backup real real -X stream
backup own ours -X fetch
[ -z "${HOLDFAST_WORLD-}" ] || backup real ours -X fetch
[ -z "${HOLDFAST_WORLD-}" ] || backup own real -X stream

# Killed while it is copied, it comes back, and can be copied.
as_owner mkdir -m 700 cut
{ cluster_run ours "$bin/pg_basebackup" -D "$TEST_DIR/cut" -r 2M -X none --no-sync || touch cut.failed; } >cut.out 2>&1 &
copier=$!
cluster_wait_sql ours "select phase = 'streaming database files' from pg_stat_progress_basebackup" "a backup under way"
cluster_kill ours
wait $copier
[ -e cut.failed ] || fail "a backup of a server that was killed is none"
cluster_start ours
cluster_wait_sql ours "select count(*) > 0 from pgbench_history" "the standby after a crash"
backup real real -X fetch

# Log that ends before the backup does: neither server opens it.
for side in theirs ours; do
    options=()
    [ $side = theirs ] || options=(--bin "$(server_bin)")
    cluster_sql main checkpoint
    cluster_wait_replay $side "$(cluster_lsn main)"
    as_owner mkdir -m 700 short.$side
    cluster_run $side "$bin/pg_basebackup" -D "$TEST_DIR/short.$side" -X none -c fast --no-sync >backup.out 2>&1 || fail "$(cat backup.out)"
    rm -f short.$side/*.signal
    sed -i '/primary_conninfo/d' short.$side/postgresql.conf short.$side/postgresql.auto.conf
    # The log as far as the page behind that of the checkpoint, then nothing.
    for word in "START WAL" CHECKPOINT; do sed -n "s/^$word LOCATION: .*\/\([0-9A-F]*\).*/\1/p" short.$side/backup_label; done >places
    { read -r first && read -r last; } <places
    end=$((16#$last / 8192 + 2))
    for ((number = 16#$first >> 24; number <= 16#$last >> 24; number++)); do
        segment=$(printf '0000000100000000%08X' $number)
        as_owner cp "$(cluster_dir main)/pg_wal/$segment" short.$side/pg_wal/
    done
    as_owner dd if=/dev/zero of="short.$side/pg_wal/$segment" bs=8192 seek=$((end % 2048)) count=$((2048 - end % 2048)) conv=notrunc status=none
    cluster_adopt s.$side "$TEST_DIR/short.$side" ${options[@]+"${options[@]}"}
    cluster_start_nowait s.$side
    ends()
    {
        ! cluster_is_up s.$side
    }
    wait_until "the end of the start" ends
    grep -E "FATAL|HINT|starting backup|completed backup" "$(cluster_log s.$side)" | sed -E 's/^.* (FATAL|HINT|LOG):/\1:/; s/[0-9A-F]+\/[0-9A-F]+/LSN/g' >short.$side.words
    "$bin/pg_controldata" short.$side | grep -E "state|Backup|End-of-backup" | sed -E 's/[0-9A-F]+\/[0-9A-F]{2,}/LSN/' >>short.$side.words
done
diff -u short.theirs.words short.ours.words >diff.out || fail "a log that is too short: $(cat diff.out)"
grep -q "WAL ends before end of online backup" short.ours.words || fail "a log that is too short: $(cat short.ours.words)"
ok "a log that does not go to the end of the backup: $(head -1 short.ours.words)"
stop_load

# What is said, and what the label holds.
# say WHAT SIDE SQL...: in one session, as it answers
say()
{
    local what=$1 side=$2
    shift 2
    printf '%s\n' "$@" | cluster_psql "$side" -A -t -v VERBOSITY=verbose 2>&1 |
        sed -E -e '/^LOCATION/d' -e 's/[0-9A-F]+\/[0-9A-F]+/LSN/g' -e 's/(START TIME: ).*/\1T/' -e 's/file [0-9A-F]{24}/file F/' >"$what.$side"
}
same()
{
    diff -u "$1.theirs" "$1.ours" >diff.out || fail "$1: $(cat diff.out)"
    ok "$1: $(grep -E 'ERROR|NOTICE' "$1.ours" | head -2 | tr '\n' ' ')"
}
level()
{
    local lsn
    cluster_sql main "checkpoint"
    lsn=$(cluster_lsn main)
    for side in theirs ours; do
        cluster_wait_replay $side "$lsn"
        cluster_sql $side "checkpoint"
    done
}
level
for side in theirs ours; do
    say "by functions" $side "select pg_backup_stop();" "select pg_backup_start('a label', true) is not null;" "select pg_backup_start('again', true);" \
        "select lsn is not null, labelfile, spcmapfile from pg_backup_stop();" "select pg_switch_wal();" "select pg_create_restore_point('a');"
done
same "by functions"

# A backup that is under way when images are switched off, and one that begins then.
cluster_sql main "alter system set full_page_writes = off"
for side in theirs ours; do
    say "images were switched off during it" $side "select pg_backup_start('a', true) is not null;" "\\! touch $TEST_DIR/begun.$side" \
        "\\! while [ -e $TEST_DIR/begun.$side ] && [ ! -e $TEST_DIR/go_on.$side ]; do sleep 0.05; done" \
        "select lsn is not null from pg_backup_stop();" &
    sayers+=($!)
    wait_until "a backup has begun" test -e begun.$side
done
cluster_sql main "select pg_reload_conf()" >/dev/null
cluster_wait_sql main "select not (select setting::bool from pg_settings where name = 'full_page_writes')" "images are off"
# switched WORD: is that in the log since before_lsn?
switched()
{
    { "$bin/pg_waldump" -p "$(cluster_dir main)/pg_wal" --rmgr=XLOG -s "$before_lsn" 2>/dev/null || true; } | grep "FPW_CHANGE $1" >/dev/null
}
before_lsn=$(cluster_sql main "select redo_lsn from pg_control_checkpoint()")
wait_until "a record says so" switched false
cluster_sql main "insert into pgbench_history (tid) values (1)"
lsn=$(cluster_lsn main)
for side in theirs ours; do
    cluster_wait_replay $side "$lsn"
    touch go_on.$side
done
wait "${sayers[@]}"
same "images were switched off during it"
for side in theirs ours; do say "images are off" $side "select pg_backup_start('b', true) is not null;"; done
same "images are off"
level
for side in theirs ours; do say "the checkpoint says so too" $side "select pg_backup_start('c', true) is not null;"; done
same "the checkpoint says so too"
cluster_sql main "alter system reset full_page_writes; select pg_reload_conf()" >/dev/null
wait_until "a record says that they are on" switched true
level
level
for side in theirs ours; do say "images are on again" $side "select pg_backup_start('d', true) is not null; select lsn is not null from pg_backup_stop(false);"; done
same "images are on again"

# Promoted while they are copied.
for side in theirs ours; do
    rm -f go_on.$side begun.$side
    say "promoted" $side "select pg_backup_start('p', true) is not null;" "\\! touch $TEST_DIR/begun.$side" \
        "\\! while [ -e $TEST_DIR/begun.$side ] && [ ! -e $TEST_DIR/go_on.$side ]; do sleep 0.05; done" \
        "select lsn is not null from pg_backup_stop();" "select pg_backup_stop();" "select pg_backup_start('q', true) is not null;" \
        "select labelfile like '%FROM: primary%' from pg_backup_stop();" &
    sayer=$!
    wait_until "a backup has begun" test -e begun.$side
    as_owner mkdir -m 700 copied.$side
    { cluster_run $side "$bin/pg_basebackup" -D "$TEST_DIR/copied.$side" -r 1M -X none -c fast --no-sync || touch copy.failed.$side; } >promoted_copy.$side 2>&1 &
    copier=$!
    cluster_wait_sql $side "select phase = 'streaming database files' from pg_stat_progress_basebackup" "a backup under way"
    cluster_promote $side
    touch go_on.$side
    wait $sayer
    wait $copier
    [ -e copy.failed.$side ] || fail "a backup of a standby that was promoted is none"
    grep -A 2 "promoted during" "$(cluster_log $side)" | sed -E 's/^.* (ERROR|HINT|STATEMENT):/\1:/' | grep -E "^(ERROR|HINT)" | sort -u >promoted_log.$side
done
same promoted
diff -u promoted_log.theirs promoted_log.ours >diff.out || fail "promoted: $(cat diff.out)"
ok "promoted while it is copied: $(head -1 promoted_log.ours)"
