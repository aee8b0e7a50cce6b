#!/usr/bin/env bash
# recovers_along_timelines_as_postgresql_does.sh - archives with several timelines, pauses, what is missing, crashes
#
# As recovers_to_targets_as_postgresql_does.sh: both servers log the same, and leave the same files.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/lib/recovering.sh
. "$TEST_LIB/recovering.sh"

recovering_primary
cluster_run primary pg_basebackup --pgdata="$TEST_DIR/base/whole" --no-sync --checkpoint=fast --wal-method=stream >/dev/null 2>&1
mkdir space base/tar
owner_path space base/tar
cluster_sql primary "create tablespace space location '$TEST_DIR/space'"
cluster_sql primary "create table spaced tablespace space as select n from generate_series(1, 100) n"
cluster_run primary pg_basebackup --pgdata="$TEST_DIR/base/tar" --format=tar --no-sync --checkpoint=fast --wal-method=none >/dev/null 2>&1
cluster_sql primary "drop table spaced; drop tablespace space"
rm -f base/*/postmaster.*

# A row, and about a segment of log that is not like any other.
fill()
{
    cluster_sql "$1" "insert into t select $2, string_agg(md5(n::text || random()), '') from generate_series(1, 9000) n"
}
for n in 1 2 3; do
    fill primary $n
done
middle=$(cluster_sql primary "select pg_current_wal_insert_lsn()")
middle_file=$(cluster_sql primary "select '00000002' || substr(pg_walfile_name('$middle'), 9)")
for n in 4 5 6; do
    fill primary $n
done
last=$(cluster_sql primary "select pg_walfile_name(pg_switch_wal())")
cluster_wait_archived primary "$last"
cluster_stop primary

# A label without a signal file: as far as the log in pg_wal goes, and no new timeline.
signal=none base=base/whole recover without_signal "restore_command = ''"

# Recovery into the middle, with an archive of its own: the old timeline's last segment is kept as a partial one.
archived()
{
    wait_until "the archive of $1" eval '! compgen -G "$(cluster_dir '"$1"')/pg_wal/archive_status/*.ready" >/dev/null'
}
# When the stop comes first, the archiver may not have done the last one; that is for another test.
ignore=$middle_file archive_mode=on meanwhile=archived keep=1 recover archiving "recovery_target_lsn = '$middle'" "recovery_target_action = promote"

# What the real one has archived joins the archive: now there are two timelines.
cluster_start archiving.theirs
fill archiving.theirs 11
cluster_sql archiving.theirs "select pg_switch_wal()" >/dev/null
cluster_run archiving.theirs pg_basebackup --pgdata="$TEST_DIR/base/second" --no-sync --checkpoint=fast --wal-method=none >/dev/null 2>&1
rm -f base/second/postmaster.* base/second/backup_label.old
sed -i '/^recovery_target/d' base/second/postgresql.conf
fill archiving.theirs 12
last=$(cluster_sql archiving.theirs "select pg_walfile_name(pg_switch_wal())")
cluster_wait_archived archiving.theirs "$last"
cluster_stop archiving.theirs
cp -a archiving.theirs/archive/. "$archive/"

recover latest
recover second "recovery_target_timeline = 2"
recover first "recovery_target_timeline = 1"
recover current "recovery_target_timeline = current"
recover brings_nothing "restore_command = 'true'"
base=base/second recover of_the_second
base=base/second recover not_of_the_first "recovery_target_timeline = 1"

# Pauses at a target are for those who look: then it goes on, by either way.
resume()
{
    cluster_wait_sql "$1" "select pg_get_wal_replay_pause_state() = 'paused'"
    assert_eq "$(cluster_sql "$1" "select count(*) from t")" 3 "rows of $1 while it is paused"
    cluster_sql "$1" "select pg_wal_replay_resume()"
    wait_until "end of $1" grep -q "ready to accept connections" "$(cluster_log "$1")"
}
promote()
{
    cluster_wait_sql "$1" "select pg_get_wal_replay_pause_state() = 'paused'"
    cluster_run "$1" "$bin/pg_ctl" promote -D "$(cluster_dir "$1")" >/dev/null
    wait_until "end of $1" grep -q "ready to accept connections" "$(cluster_log "$1")"
}
crash()
{
    cluster_wait_sql "$1" "select pg_get_wal_replay_pause_state() = 'paused'"
    cluster_kill "$1"
    cluster_start_nowait "$1"
    wait_until "recovery of $1 once more" eval '[ $(grep -c "Execute pg_wal_replay_resume" "$(cluster_log '"$1"')") = 2 ]'
    resume "$1"
}
hot_standby=on meanwhile=resume recover paused_and_resumed "recovery_target_lsn = '$middle'" "recovery_target_timeline = 1"
hot_standby=on meanwhile=promote recover paused_and_promoted "recovery_target_lsn = '$middle'" "recovery_target_timeline = 1"
any_minimum=1 hot_standby=on meanwhile=crash recover paused_and_killed "recovery_target_lsn = '$middle'" "recovery_target_timeline = 1"

# What is missing, or not as it should be.
hot_standby=on recover too_few_connections "max_connections = 20" "recovery_target_timeline = 1"
first=$(sed -n 's/^START WAL.*file \([0-9A-F]*\).*/\1/p' base/data/backup_label)
cut_short()
{
    sed -i "/^restore_command/d" "$(cluster_dir "$1")/postgresql.conf"
    cluster_set "$1" "restore_command = 'cp $archive/%f %p && test %f != $first || { test %f = $first && truncate -s 300000 %p; }'"
}
prepare=cut_short recover short_segment "recovery_target_timeline = 1"
# The first segment alone, without the record that ends the backup.
stop=$(sed -n 's#^STOP WAL LOCATION: [0-9A-F]*/\([0-9A-F]*\).*#\1#p' "$archive/$first".*.backup)
lose_end()
{
    local copy=$TEST_DIR/$1/first at=$(((16#$stop - 40) % 1048576))
    cp "$archive/$first" "$copy"
    dd if=/dev/zero of="$copy" bs=1 seek=$at count=4096 conv=notrunc status=none
    owner_path "$copy"
    sed -i "/^restore_command/d" "$(cluster_dir "$1")/postgresql.conf"
    cluster_set "$1" "restore_command = 'test %f = $first && cp $copy %p'"
}
prepare=lose_end recover end_of_the_backup_is_lost
old_conf()
{
    as_owner touch "$(cluster_dir "$1")/recovery.conf"
}
prepare=old_conf recover recovery_conf

# A backup in tar form: tablespaces are where tablespace_map says.
unpack()
{
    local data
    data=$(cluster_dir "$1")
    mkdir "$TEST_DIR/$1/space"
    mv "$data/postgresql.conf" "$TEST_DIR/$1/settings"
    tar -xf base/tar/base.tar -C "$data"
    tar -xf base/tar/[1-9]*.tar -C "$TEST_DIR/$1/space"
    sed -i "s#$TEST_DIR/space#$TEST_DIR/$1/space#" "$data/tablespace_map"
    cat "$TEST_DIR/$1/settings" >>"$data/postgresql.conf"
    owner_path "$data" "$TEST_DIR/$1/space"
}
# (of rows in the tablespace)
see_space()
{
    assert_eq "$(cluster_sql "$1" "select count(*) from spaced")" 100 "rows of $1 in its tablespace"
    find "$(cluster_dir "$1")/pg_tblspc" -type l -printf '%f\n' | grep -q . || fail "no link in $1"
}
mkdir base/empty
echo 15 >base/empty/PG_VERSION
chmod 700 base/empty
owner_path base/empty
base=base/empty prepare=unpack meanwhile=see_space recover tablespaces "recovery_target = immediate" \
    "recovery_target_action = promote" "recovery_target_timeline = 1"
