#!/usr/bin/env bash
# slots_that_hold_too_much_are_lost_as_in_postgresql.sh - max_slot_wal_keep_size, wal_keep_size, and what is told of slots
#
# The same steps on a real server and on ours, each with a real standby on a slot; what the view says after each, and what
# the log says when a slot is lost and its sender is ended, are compared.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init theirs --wal-segsize 1
CLUSTER_OURS=(--bin "$(server_bin)")
cluster_init ours "${CLUSTER_OURS[@]}" --wal-segsize 1
for side in theirs ours; do
    cluster_set $side "autovacuum = off" "min_wal_size = 2MB" "max_wal_size = 1GB" "checkpoint_timeout = 1h" "log_min_messages = info" \
        "max_slot_wal_keep_size = 8MB" "wal_keep_size = 0" "wal_sender_timeout = 0" "log_checkpoints = off"
    cluster_start $side
    cluster_sql $side "create table t (n int, v text)"
    mkdir $side.below
    owner_path $side.below
    cluster_run $side "$bin/pg_basebackup" -D "$TEST_DIR/$side.below/data" -c fast --no-sync >backup.out 2>&1 || fail "$(cat backup.out)"
    cluster_adopt $side.below "$TEST_DIR/$side.below/data"
    cluster_set $side.below "port = 5432" "primary_slot_name = 'held'" "wal_receiver_status_interval = 1" "wal_retrieve_retry_interval = 200ms"
    cluster_follow $side.below $side
done

# How many segments a slot is behind what is written, as a number below zero.
behind="trunc((restart_lsn - '0/0') / 1048576) - trunc((pg_current_wal_lsn() - '0/0') / 1048576)"
steps=0
# show WHAT: the view of both says the same, with positions relative to the segment that is written
show()
{
    local side
    steps=$((steps + 1))
    for side in theirs ours; do
        cluster_sql $side "select slot_name, plugin, slot_type, datoid, database, temporary, active, active_pid is not null, xmin is not null, catalog_xmin,
            $behind, confirmed_flush_lsn, wal_status,
            ((safe_wal_size + case when restart_lsn is null then pg_current_wal_lsn() - '0/0' else 0 end) / 1048576.0)::numeric(9,0), two_phase from pg_replication_slots order by 1" >$side.rows
    done
    diff -u theirs.rows ours.rows >diff.out || fail "$1: $(cat diff.out)"
    ok "$1: $(cut -d'|' -f 1,11,13,14 ours.rows | tr '\n' ' ')"
}
# write N: so many segments
write()
{
    local side i
    for side in theirs ours; do
        for ((i = 0; i < $1; i++)); do
            cluster_sql $side "insert into t values ($i, 'x')"
            cluster_sql $side "select pg_switch_wal()" >/dev/null
        done
        cluster_sql $side "insert into t values (-1, 'y')"
    done
}
both()
{
    local side
    for side in theirs ours; do cluster_sql $side "$1" >/dev/null; done
}
limit()
{
    local side
    for side in theirs ours; do
        cluster_set $side "max_wal_size = $1"
        cluster_reload $side
        cluster_wait_sql $side "select current_setting('max_wal_size') = '$1'" "a setting"
    done
}
words()
{
    local side
    for side in theirs ours; do
        grep -E "slot|terminating|removed|HINT|DETAIL" "$(cluster_log $side)" | sed -E 's/^[0-9: .-]+ UTC \[[0-9]+\] [^:]*(LOG|FATAL|ERROR|DETAIL|HINT|STATEMENT):/\1:/; s/[0-9A-F]+\/[0-9A-F]+/LSN/g; s/process [0-9]+/process N/; s/[0-9A-F]{24}/SEGMENT/; s/by [0-9]+ bytes/by N bytes/' | grep -v -E "^STATEMENT|listening" | uniq >$side.words || true
    done
    diff -u theirs.words ours.words >diff.out || fail "$1: $(cat diff.out)"
}

both "select pg_create_physical_replication_slot('held', true), pg_create_physical_replication_slot('empty')"
show "made"
for side in theirs ours; do
    cluster_start $side.below
    # The slot moves with the first answer of the standby, which comes after the slot is in use.
    cluster_wait_sql $side "select active and $behind = 0 from pg_replication_slots where slot_name = 'held'" "the standby on its slot"
done
show "in use"
for side in theirs ours; do cluster_stop $side.below; done
for side in theirs ours; do cluster_wait_sql $side "select not active from pg_replication_slots where slot_name = 'held'" "the end of the sender"; done
write 2
show "two segments behind"
write 4
# Not for longer than it takes to look: it would bring checkpoints of itself.
limit 4MB
show "more than max_wal_size behind"
limit 1GB
both checkpoint
show "a checkpoint"
write 2
show "as far as it may be"
write 2
show "too far"
both checkpoint
show "lost"
words "lost"
# What may be done with it.
for side in theirs ours; do
    printf '%s\n' "select pg_replication_slot_advance('held', '0/F000000');" "select pg_copy_physical_replication_slot('held', 'copy');" "select pg_replication_slot_advance('empty', '0/F000000');" \
        "select pg_create_physical_replication_slot('held');" | cluster_psql $side -A -t -v VERBOSITY=verbose 2>&1 | sed '/^LOCATION/d' >$side.said
    cluster_run $side "$bin/psql" -X -A -t "dbname=postgres replication=true" -c "READ_REPLICATION_SLOT held" -c "READ_REPLICATION_SLOT empty" >>$side.said 2>&1
done
diff -u theirs.said ours.said >diff.out || fail "a lost slot: $(cat diff.out)"
ok "a lost slot is of no use: $(head -1 ours.said)"
for side in theirs ours; do
    cluster_start $side.below
    wait_until "the standby is told" grep -q "has already been removed" "$(cluster_log $side.below)"
    cluster_stop $side.below
done
words "the standby comes too late"

# A slot that is in use when it is lost, since its receiver does not tell how far it is.
both "select pg_drop_replication_slot('held'), pg_create_physical_replication_slot('held', true)"
mkdir received.theirs received.ours
owner_path received.theirs received.ours
for side in theirs ours; do
    { cluster_run $side "$bin/pg_receivewal" -D "$TEST_DIR/received.$side" -S held --no-loop --status-interval=0 || true; } >receive.$side 2>&1 &
    receivers+=($!)
    cluster_wait_sql $side "select active from pg_replication_slots where slot_name = 'held'" "a receiver"
done
write 12
both checkpoint
wait "${receivers[@]}"
show "lost while it was in use"
words "lost while it was in use"
grep -q "terminating process N to release replication slot" ours.words || fail "nobody was ended: $(cat ours.words)"

# wal_keep_size holds what nobody needs.
for side in theirs ours; do
    cluster_sql $side "select pg_drop_replication_slot(slot_name) from pg_replication_slots" >/dev/null
    cluster_set $side "wal_keep_size = 5MB" "max_slot_wal_keep_size = -1"
    cluster_reload $side
done
# kept WHAT: as many old segments are there
kept()
{
    local side
    for side in theirs ours; do
        cluster_sql $side "select count(*) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' and name < pg_walfile_name(pg_current_wal_lsn())" >$side.kept
    done
    assert_eq "$(cat ours.kept)" "$(cat theirs.kept)" "$1: $(cat ours.kept) old segments stay"
}
write 8
both checkpoint
kept "wal_keep_size"
both "select pg_create_physical_replication_slot('all', true)"
write 8
both checkpoint
show "without a limit"
kept "a slot without a limit"
