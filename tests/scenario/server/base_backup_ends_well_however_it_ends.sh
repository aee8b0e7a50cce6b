#!/usr/bin/env bash
# base_backup_ends_well_however_it_ends.sh - pages with wrong checksums are reported as by a real server; a backup that is
# cancelled, ended, or whose client is gone leaves nothing behind, and the next one is good
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init real --set 'autovacuum = off'
cluster_start real
cluster_sql real "create table t as select g as x, repeat('a', 200) as filler from generate_series(1, 20000) g;
    create table one as select 1 as x; create table odd as select 1 as x; vacuum; checkpoint"
file() { cluster_sql real "select pg_relation_filepath('$1')"; }
t=$(file t) one=$(file one) odd=$(file odd)
cluster_stop real
data=$(cluster_dir real)
cp -p "$data/$t" good.t
for block in 1 3 4 5 6 7 8; do
    printf x | dd of="$data/$t" bs=1 seek=$((block * 8192 + 5000)) conv=notrunc status=none
done
printf x | dd of="$data/$one" bs=1 seek=8000 conv=notrunc status=none
printf xyz >>"$data/$odd"
mkdir ours
cp -a "$data" ours/data
cluster_adopt ours "$TEST_DIR/ours/data" --bin "$(server_bin)"

# ---- Pages ----

# said NAME NUMBER: what the client says of a backup, and what the server has counted.
said()
{
    local code=0
    as_owner mkdir -m 700 copy.$1.$2
    cluster_run $1 "$bin/pg_basebackup" -D copy.$1.$2 -c fast --no-sync -X none >said.out 2>&1 || code=$?
    sed "s/copy.$1/copy/" said.out | sort
    echo "exit code $code"
    cluster_sql $1 "select datname, checksum_failures from pg_stat_database where checksum_failures > 0"
}

for name in real ours; do
    cluster_start $name
    said $name many >$name.many
    cluster_stop $name
    cp -p good.t "$(cluster_dir $name)/$t"
    cluster_start $name
    said $name one >$name.one
done
grep -q "8 total checksum verification failures" real.many || fail "the real server found something else: $(cat real.many)"
grep -q "1 total checksum verification failure$" real.one || fail "the real server found something else: $(cat real.one)"
for what in many one; do
    diff real.$what ours.$what >said.diff || fail "other words: $(cat said.diff)"
done
for file in "$t" "$one"; do
    cmp -s copy.real.many/$file copy.ours.many/$file || fail "$file differs in the backups"
done
ok "pages with wrong checksums are reported, counted and sent as by a real server"
cluster_run ours "$bin/pg_basebackup" -D copy.quiet -c fast --no-sync -X none --no-verify-checksums >quiet.out 2>&1 ||
    fail "without verifying: $(cat quiet.out)"
! grep -q checksum quiet.out || fail "checksums were verified: $(cat quiet.out)"
ok "without a word where nobody wants them verified"
cluster_stop real

# ---- Ends ----

sender="select pid from pg_stat_activity where backend_type = 'walsender'"
none="select count(*) = 0 from pg_stat_activity where backend_type = 'walsender'"
# slowly NAME: a backup that takes minutes, in the background.
slowly()
{
    cluster_run ours "$bin/pg_basebackup" -D "$1" -c fast --no-sync -X none --no-verify-checksums -r 64k >"$1.out" 2>&1 &
    slow=$!
    cluster_wait_sql ours "select count(*) > 0 from pg_stat_progress_basebackup where phase = 'streaming database files'" \
        "a backup under way"
}

# What the client says depends on whether a file was begun: then, only that it was not finished.
slowly cancelled
cluster_sql ours "select pg_cancel_backend(pid) from ($sender) s" >/dev/null
! wait $slow || fail "a cancelled backup ended well"
server_logged ours "canceling statement due to user request" || fail "cancelled: $(cat cancelled.out)"
cluster_wait_sql ours "$none"
slowly ended
cluster_sql ours "select pg_terminate_backend(pid) from ($sender) s" >/dev/null
! wait $slow || fail "an ended backup ended well"
server_logged ours "terminating connection due to administrator command" || fail "ended: $(cat ended.out)"
slowly left
for child in $(process_children $slow) $slow; do
    kill -KILL "$child" 2>/dev/null || true
done
wait $slow 2>/dev/null || true
cluster_wait_sql ours "$none" "the end of the backup whose client has left"
ok "cancelled, ended, left: each ends"

# The session is good for more, and whoever was in backup mode is not any more.
answers=$(printf '%s\n' 'start user=postgres|database=postgres|replication=database' wait \
    "Q BASE_BACKUP (TARGET 'server', TARGET_DETAIL '/does/not/exist')" wait \
    "Q BASE_BACKUP (TARGET 'blackhole', CHECKPOINT 'fast', VERIFY_CHECKSUMS false, LABEL '$(printf 'x%.0s' {1..1025})')" wait \
    "Q BASE_BACKUP (TARGET 'blackhole', CHECKPOINT 'fast', VERIFY_CHECKSUMS false, MANIFEST 'yes')" wait |
    "$HOLDFAST_BUILD/tests/session/wire_play" "$(cluster_socket_dir ours)/.s.PGSQL.5432")
assert_eq "$(grep -c "^E " <<<"$answers")" 2 "two errors"
assert_contains "$answers" "C BASE_BACKUP" "and then a backup in the same session"
[ -z "$(ls -A "$(cluster_dir ours)/base/pgsql_tmp" 2>/dev/null)" ] || fail "temporary files are left"
assert_eq "$(cluster_sql ours "select count(*) from pg_stat_progress_basebackup")" 0 "no backup is shown"
cluster_stop ours
