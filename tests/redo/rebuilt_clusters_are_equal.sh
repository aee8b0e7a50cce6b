#!/usr/bin/env bash
# rebuilt_clusters_are_equal.sh - a copy and WAL, replayed by us, give the real server's files
#
# Three replicas of a cluster under load: a cold copy and a hot base backup, which rebuild_check
# brings forward by WAL alone, and a real standby, which the comparer must find equal too, or it is
# no good. Nor is it when it overlooks damage. HOLDFAST_TEST_REBUILD_TRANSACTIONS sets the load;
# options are those of cluster_init.
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/redo/rebuild.sh
. "$TEST_SRC/rebuild.sh"

cluster_require 15
transactions=${HOLDFAST_TEST_REBUILD_TRANSACTIONS:-1500}

cluster_init main "$@" "${rebuild_settings[@]}" --set "checkpoint_timeout = '30s'" \
    --set "autovacuum_naptime = '1s'" --set "track_commit_timestamp = on" \
    --set "max_prepared_transactions = 5"
cluster_start main
cluster_run main pgbench -i -s 2 -q postgres >init.log 2>&1
cluster_stop main
rebuild_take_cold main cold
cluster_start main
cluster_base_backup main standby
cluster_follow standby main
cluster_start standby

# Beside pgbench's own load: subtransactions, and rows that many lock (multixacts). The hot copy is
# made meanwhile.
cat >locks.sql <<'EOS'
\set aid random(1, 200000)
begin;
select abalance from pgbench_accounts where aid = :aid for no key update;
savepoint a;
update pgbench_accounts set abalance = abalance + 1 where aid = :aid;
release a;
insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, :aid, 1, now());
delete from pgbench_history where aid = :aid - 7;
end;
EOS
owner_path locks.sql
cluster_run main pgbench -n -c 2 -t "$transactions" -b tpcb-like -f locks.sql postgres \
    >bench.log 2>&1 &
bench=$!
rebuild_take_hot main hot
wait "$bench" || fail "pgbench: $(tail -3 bench.log)"

# Files that come, go and change, each kind of index, sequences, and a transaction that stays open.
cluster_sql_file main "$TEST_SRC/rebuild.sql" >sql.log
cluster_stop main

rebuild_judge_standby standby main
for copy in cold hot; do
    rebuild_judge $copy main
    ok "rebuilt from the $copy copy, it equals the real cluster"
done

# ---- the comparer finds damage -------------------------------------------------------------------

# damage FILE OFFSET EXPECTED: one byte of the rebuilt cluster is turned, and that must be told.
damage()
{
    local file=cold/data/$1 before
    before=$(od -A n -t u1 -j "$2" -N 1 "$file")
    printf '%b' "\\x$(printf '%02x' $((before ^ 255)))" |
        dd of="$file" bs=1 seek="$2" conv=notrunc status=none
    expect_difference "$3"
    printf '%b' "\\x$(printf '%02x' $((before)))" |
        dd of="$file" bs=1 seek="$2" conv=notrunc status=none
}

expect_difference()
{
    run "$rebuild_program" -c "$TEST_DIR/cold/data" "$TEST_DIR/main/data"
    [ "$run_code" = 1 ] || fail "exit code $run_code instead of 1: $run_out $run_err"
    assert_contains "$run_out" "$1" "damage is found: $1"
    assert_contains "$run_out" "
1 differences" "and nothing else"
}

number() # NAME: of a table's or an index's file
{
    sed -n "s/^file $1 //p" sql.log
}

accounts=$(number pgbench_accounts)
database=$(dirname "$accounts")
damage "$accounts" 16000 "block 1 of 1663/5/$(basename "$accounts") main"
damage "${accounts}_vm" $((24 + 8000)) "bits that the other has not"
damage "$(number pgbench_accounts_pkey)" 8176 "block 0 of"
damage "$database/pg_filenode.map" 20 "$database/pg_filenode.map differs"
damage "$database/PG_VERSION" 0 "$database/PG_VERSION differs"
damage pg_xact/0000 250 "page 0 of pg_xact: 4 entries"
damage pg_multixact/offsets/0000 12 "page 0 of pg_multixact/offsets: 1 entries"
damage pg_multixact/members/0000 24 "page 0 of pg_multixact/members: 1 entries"
damage pg_commit_ts/0000 8000 "page 0 of pg_commit_ts: 1 entries"
mv "cold/data/$accounts" away
expect_difference "$accounts is only on their side"
mv away "cold/data/$accounts"
cp "cold/data/$accounts" "cold/data/$database/999999"
expect_difference "$database/999999 is only on our side"
rm "cold/data/$database/999999"
mv cold/data/pg_twophase/* away
expect_difference "is only on their side"
mv away "cold/data/pg_twophase/$(ls main/data/pg_twophase)"

rebuild_start cold main
