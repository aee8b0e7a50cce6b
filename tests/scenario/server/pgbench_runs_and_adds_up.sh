#!/usr/bin/env bash
# pgbench_runs_and_adds_up.sh - the real pgbench on our server, in all its modes, and what is left of it
#
# Every script, every mode, 1, 8 and 32 clients, HOLDFAST_TRANSACTIONS (20) each: nothing may fail, and accounts, tellers,
# branches and history must agree. A real server then starts on the directory and finds every index in order.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
transactions=${HOLDFAST_TRANSACTIONS-20}
cluster_init ours --bin "$(server_bin)" --set "max_connections = 50"
cluster_start ours

cluster_run ours "$bin/pgbench" -i -I dtgp -s 2 postgres >init.out 2>&1 || fail "init: $(tail -5 init.out)"
ok "tables are made, filled and get their keys"

for mode in simple extended prepared; do
    for script in tpcb-like simple-update select-only; do
        for clients in 1 8 32; do
            cluster_run ours "$bin/pgbench" -n -M $mode -b $script -c $clients -t "$transactions" postgres >run.out 2>&1 ||
                fail "$script, $mode, $clients clients: $(tail -5 run.out)"
            grep -q "^number of failed transactions: 0 " run.out || fail "$script, $mode: $(cat run.out)"
            wanted=$((clients * transactions))
            grep -q "actually processed: $wanted/$wanted" run.out || fail "not all were done: $(cat run.out)"
        done
    done
    ok "all scripts, $mode"
done

# sums NAME PSQL: of history, accounts; of history's tpcb-like rows, tellers and branches.
sums()
{
    cluster_run "$1" "$bin/psql" -X -A -t -q -d postgres <<'SQL'
SELECT count(*), sum(delta) FROM pgbench_history;
SELECT sum(abalance) FROM pgbench_accounts;
SELECT sum(tbalance) FROM pgbench_tellers;
SELECT sum(bbalance) FROM pgbench_branches;
SQL
}

sums ours >ours.sums
{ IFS='|' read -r count history && read -r accounts && read -r tellers && read -r branches; } <ours.sums
assert_eq "$count" $((2 * 3 * 41 * transactions)) "a row of history for each transaction that writes"
assert_eq "$history" "$accounts" "history and accounts agree"
assert_eq "$tellers" "$branches" "tellers and branches agree"

cluster_stop ours
cluster_adopt real "$(cluster_dir ours)"
cluster_start real
sums real >real.sums
assert_eq "$(cat real.sums)" "$(cat ours.sums)" "a real server finds the same sums"
cluster_sql real "CREATE EXTENSION amcheck"
assert_eq "$(cluster_sql real "SELECT count(bt_index_check(indexrelid, true)) FROM pg_index WHERE indrelid > 16383")" \
    3 "and every index in order"
assert_eq "$(cluster_sql real "SELECT count(*) FROM pg_class c, LATERAL verify_heapam(c.oid) WHERE relkind = 'r'")" \
    0 "and every table"
