#!/usr/bin/env bash
# loses_nothing_when_the_server_crashes.sh - crashes of server and archiver under load: the archive has every segment
#
# In a loop the server, its postmaster alone or a push that is at work gets kill -9 at a random moment. Afterwards the
# segments in the archive follow each other without a hole, each is what its name promises and equal to pg_wal's copy
# where there still is one, no push said that two contents met, and a restore to the end has each row the server had.
# HOLDFAST_TEST_KILLS crashes (5; 100 with HOLDFAST_WORLD=1); HOLDFAST_TEST_SEED replays a run's choice of moments.

. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

seed=${HOLDFAST_TEST_SEED:-$$}
kills=${HOLDFAST_TEST_KILLS:-$([ "${HOLDFAST_WORLD:-0}" = 1 ] && echo 100 || echo 5)}
note "seed $seed, $kills crashes"
RANDOM=$seed

# The archive_command: a push, which gets kill -9 on its way when the file "kill" asks for it.
cat >push.sh <<EOF
"$HOLDFAST_BIN/walarchive" push --repo "$REPO" "\$1" &
if rm "$TEST_DIR/kill" 2>/dev/null; then
    sleep 0.0\$(printf %02d \$((RANDOM % 30)))
    kill -KILL \$! && echo killed >>"$TEST_DIR/killed"
    wait \$!
    exit 1
fi
wait \$!
EOF

kill_push()
{
    as_owner touch kill
    wait_until "a push to be killed" test ! -e kill
}

# The list of xids that clients saw committed grows over the crashes; load_start begins a new one each time.
keep_confirmed()
{
    load_confirmed >>confirmed
    rm -f "$TEST_DIR"/load.[0-9]
}

archived_count()
{
    find repository/main/wal -name '*.zst' 2>/dev/null | wc -l
}

has_archived_more()
{
    [ "$(archived_count)" -gt "$1" ]
}

cluster_require 15
cluster_init main --wal-segsize 1 --set "archive_timeout = 0" --set "max_wal_size = 4MB" --set "min_wal_size = 2MB"
cluster_archive main "bash \"$TEST_DIR/push.sh\" \"%p\""
cluster_start main
first=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "create table filler (n int, t text)"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D "$TEST_DIR/base" -c fast -X none

for ((i = 1; i <= kills; i++)); do
    load_start main 2
    cluster_sql main "insert into filler select g, repeat(md5(g::text), 20) from generate_series(1, 4000) g"
    wait_until "archiving to go on" has_archived_more "$(archived_count)"
    # Anywhere in the next fifth of a second.
    sleep "0.$(printf '%03d' $((RANDOM % 200)))"
    case $((RANDOM % 4)) in
    0) cluster_kill main ;;
    1) cluster_kill_postmaster main ;;
    2) cluster_stop main immediate ;;
    3)
        kill_push
        cluster_kill main
        ;;
    esac
    load_stop
    keep_confirmed
    cluster_start main
done
note "$(cat killed 2>/dev/null | wc -l) pushes were killed at work"

cluster_sql main "insert into filler values (0, 'last')"
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"

grep -h 'different content' "$(cluster_log main)" >conflicts || true
assert_eq "$(cat conflicts)" "" "no two contents met under one name"

# ---- the archive -------------------------------------------------------------------------------------------------------

names=$(find repository/main/wal -name '*.zst' -printf '%f\n' | cut -d- -f1 | grep -E '^[0-9A-F]{24}$' | sort)
assert_eq "$(uniq -d <<<"$names")" "" "each segment is there once"
# 1 MiB segments: 4096 to the high half.
numbers=$(while read -r name; do echo $((16#${name:8:8} * 4096 + 16#${name:16:8})); done <<<"$names")
assert_eq "$(head -1 <<<"$names")" "$first" "the archive begins where the server began to archive"
assert_eq "$(tail -1 <<<"$names")" "$last" "and ends with the last"
assert_eq "$(awk 'NR > 1 && $1 != before + 1 { print before, $1 } { before = $1 }' <<<"$numbers")" "" \
    "$(wc -l <<<"$numbers") segments follow each other without a hole"

archive_unpack "$TEST_DIR/plain"
for name in $names; do
    object=$(echo repository/main/wal/*/"$name"-*.zst)
    digest=$(sha256sum <"plain/$name" | cut -d' ' -f1)
    [ "$(basename "$object")" = "$name-$digest.zst" ] || fail "$object is not what its name says"
    [ "$(stat -c %s "plain/$name")" = 1048576 ] || fail "$name is torn"
    if [ -e "$(cluster_dir main)/pg_wal/archive_status/$name.done" ]; then
        cmp "$(cluster_dir main)/pg_wal/$name" "plain/$name" || fail "$name differs from pg_wal's"
    fi
done
ok "each segment is whole, and the one that pg_wal has"

# ---- the restore -------------------------------------------------------------------------------------------------------

digest="select count(*), sum(hashtextextended(f::text, 0)) from filler f"
xids="select xid from commits order by 1"
cluster_sql main "$xids" >rows.main
filler=$(cluster_sql main "$digest")
assert_eq "$(comm -23 <(sort -u confirmed) <(sort rows.main) | wc -l)" 0 "the server has what it confirmed"
cluster_stop main

as_owner "$HOLDFAST_BIN/pitr" restore --backup "$TEST_DIR/base" --repo "$REPO" -D "$TEST_DIR/restored"
cluster_adopt restored "$TEST_DIR/restored"
cluster_start restored
cluster_wait_sql restored "select not pg_is_in_recovery()" "promotion"
cluster_sql restored "$xids" >rows.restored
assert_eq "$(cmp rows.main rows.restored && echo same)" same "the restore has all $(wc -l <rows.main) commits"
assert_eq "$(cluster_sql restored "$digest")" "$filler" "and all rows"
