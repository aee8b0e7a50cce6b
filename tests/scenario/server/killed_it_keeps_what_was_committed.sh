#!/usr/bin/env bash
# killed_it_keeps_what_was_committed.sh - kill -9 of any process under load, again and again
#
# Clients of the real pgbench count their transactions, each of which writes its number; others make and drop tables. Then
# a process is killed, of HOLDFAST_KILLS (5) rounds: a backend, a background process, the supervisor. When the server is
# up again every transaction that was acknowledged is there, the one under way is there or not, and sums agree. In the end
# a real server looks at each table and index.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
kills=${HOLDFAST_KILLS-5}
clients=6
RANDOM=$((HOLDFAST_SEED & 32767))
note "HOLDFAST_SEED=$HOLDFAST_SEED"

cluster_init ours --bin "$(server_bin)" --set "checkpoint_timeout = 30s" --set "max_wal_size = 64MB"
cluster_start ours

sql()
{
    cluster_run ours "$bin/psql" -X -A -t -q -d postgres -v ON_ERROR_STOP=1 "$@"
}

cluster_run ours "$bin/pgbench" -i -I dtgp -s 1 postgres >init.out 2>&1 || fail "init: $(tail -3 init.out)"
sql -c "CREATE TABLE done (client int, n int, PRIMARY KEY (client, n))"

cat >load.sql <<'SQL'
\set n :n + 1
\set aid random(1, 100000)
\set delta random(-5000, 5000)
BEGIN;
INSERT INTO done VALUES (:base + :client_id, :n);
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = 1;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :aid, :delta, now());
COMMIT;
SQL
cat >ddl.sql <<'SQL'
CREATE TABLE churn (a int PRIMARY KEY, b text);
INSERT INTO churn VALUES (1, 'x'), (2, 'y');
CREATE INDEX ON churn (b);
TRUNCATE churn;
INSERT INTO churn VALUES (3, 'z');
DROP TABLE churn;
SQL

# load ROUND: in the background, until the connection is lost; a log of what was acknowledged.
load()
{
    mkdir -p "$TEST_DIR/log$1"
    owner_path "$TEST_DIR/log$1"
    (cd "$TEST_DIR/log$1" && cluster_run ours "$bin/pgbench" -n -c $clients -j 2 -T 60 -l -D n=0 \
        -D base=$((1000 * $1)) -f "$TEST_DIR/load.sql" postgres >run.out 2>&1) &
    loader=$!
    (cluster_run ours "$bin/pgbench" -n -c 1 -T 60 -f "$TEST_DIR/ddl.sql" postgres >ddl.out 2>&1) &
    changer=$!
}

# What the log of a round acknowledged, by client, against what is there.
check_round()
{
    local client acked there last
    for ((client = 0; client < clients; client++)); do
        acked=$(cat "$TEST_DIR/log$1"/pgbench_log.* | awk -v c=$client '$1 == c' | wc -l)
        IFS='|' read -r there last < <(sql -c "SELECT count(*), max(n) FROM done WHERE client = $((1000 * $1 + client))")
        [ "${last:-0}" = "$there" ] || fail "round $1, client $client: $there transactions, but the last is $last"
        [ "$there" -ge "$acked" ] || fail "round $1, client $client: $acked were acknowledged, $there are there"
        [ "$there" -le $((acked + 1)) ] || fail "round $1, client $client: $there are there of $acked"
    done
}

for ((round = 1; round <= kills; round++)); do
    load "$round"
    wait_until "work in round $round" eval "[ \"\$(sql -c 'SELECT count(*) FROM done WHERE client >= $((1000 * round))' 2>/dev/null || echo 0)\" -ge 50 ]"
    sleep "0.$((RANDOM % 5))"
    read -r -a children <<<"$(server_children ours)"
    if [ $((RANDOM % 4)) = 0 ]; then
        cluster_kill_postmaster ours
        for child in "${children[@]}"; do
            wait_until "the end of orphan $child" process_is_gone "$child"
        done
        wait "$loader" "$changer" || true
        cluster_start ours
    else
        kill -KILL "${children[RANDOM % ${#children[@]}]}" 2>/dev/null || true
        wait "$loader" "$changer" || true
        wait_until "the server after a kill" eval "sql -c 'SHOW work_mem' >/dev/null 2>&1"
    fi
    check_round "$round"
    assert_eq "$(sql -c 'SELECT sum(delta) FROM pgbench_history')" "$(sql -c 'SELECT sum(abalance) FROM pgbench_accounts')" \
        "round $round: history and accounts agree"
    assert_eq "$(sql -c 'SELECT sum(abalance) FROM pgbench_accounts')" \
        "$(sql -c 'SELECT sum(bbalance) FROM pgbench_branches')" "and branches, too"
done

cluster_stop ours
cluster_adopt real "$(cluster_dir ours)"
cluster_start real
cluster_sql real "CREATE EXTENSION amcheck"
cluster_sql real "SELECT bt_index_check(indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
    WHERE relam = 403" >/dev/null
ok "every index agrees with its table"
assert_eq "$(cluster_sql real "SELECT count(*) FROM pg_class c, LATERAL verify_heapam(c.oid) WHERE relkind = 'r'")" 0 \
    "and every table is in order"
