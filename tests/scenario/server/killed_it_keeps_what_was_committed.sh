#!/usr/bin/env bash
# killed_it_keeps_what_was_committed.sh - kill -9 of any process under load, again and again
#
# Clients of the real pgbench count their transactions, each of which writes its number; one of them makes and drops
# tables. Then a process is killed, of HOLDFAST_KILLS (5, 50 with HOLDFAST_WORLD) rounds: a backend, a background process,
# the supervisor, or two one after the other. When the server is up again every transaction that was acknowledged is there,
# the one under way is there wholly or not at all, sums agree, and every index has the rows of its table.
#
# A killed supervisor leaves one process behind, stopped but alive: beside it neither our server nor a real one starts. Of
# what such a crash leaves, a real server makes the same as ours. In the end real tools look at each table, each index, each
# page, the control file, and each record of the whole log.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
kills=${HOLDFAST_KILLS:-$([ -n "${HOLDFAST_WORLD-}" ] && echo 50 || echo 5)}
clients=6
RANDOM=$((${HOLDFAST_SEED:-$$} & 32767))
note "HOLDFAST_SEED=${HOLDFAST_SEED:-$$}, $kills kills"

# All of the log is kept, for pg_waldump.
cluster_init ours --bin "$(server_bin)" --set "checkpoint_timeout = 30s" --set "max_wal_size = 64MB" \
    --set "wal_keep_size = 1000GB" --set "autovacuum_naptime = 1s" --set "full_page_writes = on"
cluster_start ours
data=$(cluster_dir ours)

sql()
{
    cluster_run ours "$bin/psql" -X -A -t -q -d postgres -v ON_ERROR_STOP=1 "$@"
}

cluster_run ours "$bin/pgbench" -i -I dtgp -s 1 postgres >init.out 2>&1 || fail "init: $(tail -3 init.out)"
sql -c "CREATE TABLE done (client int, n int, PRIMARY KEY (client, n)); CREATE TABLE made (n int PRIMARY KEY);
    CREATE INDEX ON pgbench_accounts (abalance)"

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
# A table of its own for each number, in one transaction with the number; the last three stay. What a crash may cut: each
# of the two transactions, and statements outside of them.
cat >ddl.sql <<'SQL'
\set n :n + 1
\set old greatest(:n - 3, 0)
BEGIN;
INSERT INTO done VALUES (:base + 999, :n);
INSERT INTO made VALUES (:n);
CREATE TABLE made_:n (a int PRIMARY KEY, b text);
INSERT INTO made_:n SELECT g, repeat('x', g) FROM generate_series(1, 100) g;
CREATE INDEX ON made_:n (b);
ALTER TABLE made_:n ADD COLUMN c int DEFAULT 7;
COMMIT;
CREATE TABLE churn (a int PRIMARY KEY, b text);
INSERT INTO churn VALUES (1, 'x'), (2, 'y');
CREATE INDEX ON churn (b);
REINDEX TABLE CONCURRENTLY churn;
CLUSTER churn USING churn_pkey;
VACUUM FULL churn;
TRUNCATE churn;
VACUUM pgbench_branches;
VACUUM FULL pgbench_branches;
DROP TABLE churn;
BEGIN;
DROP TABLE IF EXISTS made_:old;
DELETE FROM made WHERE n = :old;
COMMIT;
SQL

# load ROUND: in the background, until the connection is lost; a log of what was acknowledged.
load()
{
    mkdir -p "$TEST_DIR/log$1" "$TEST_DIR/ddl$1"
    owner_path "$TEST_DIR/log$1" "$TEST_DIR/ddl$1"
    (cd "$TEST_DIR/log$1" && cluster_run ours "$bin/pgbench" -n -c $clients -j 2 -T 60 -l -D n=0 \
        -D base=$((1000 * $1)) -f "$TEST_DIR/load.sql" postgres >run.out 2>&1) &
    loader=$!
    (cd "$TEST_DIR/ddl$1" && cluster_run ours "$bin/pgbench" -n -c 1 -T 60 -l -D n=0 -D base=$((1000 * $1)) \
        -f "$TEST_DIR/ddl.sql" postgres >run.out 2>&1) &
    changer=$!
}

# has_worked ROUND: clients have, and the one that makes tables.
has_worked()
{
    [ "$(sql -c "SELECT count(*) FILTER (WHERE client % 1000 < 999) >= 50 AND count(*) FILTER (WHERE client % 1000 = 999) >= 2
        FROM done WHERE client >= $((1000 * $1))" 2>/dev/null)" = t ]
}

# check_client ROUND CLIENT FOLDER COLUMN: what the log of a round acknowledged, against what is there.
check_client()
{
    local acked there last
    acked=$(cat "$TEST_DIR/$3$1"/pgbench_log.* | awk -v c="$4" '$1 == c' | wc -l)
    IFS='|' read -r there last < <(sql -c "SELECT count(*), max(n) FROM done WHERE client = $((1000 * $1 + $2))")
    [ "${last:-0}" = "$there" ] || fail "round $1, client $2: $there transactions, but the last is $last"
    [ "$there" -ge "$acked" ] || fail "round $1, client $2: $acked were acknowledged, $there are there"
    [ "$there" -le $((acked + 1)) ] || fail "round $1, client $2: $there are there of $acked"
    acknowledged=$((acknowledged + acked))
}

check_round()
{
    local client
    for ((client = 0; client < clients; client++)); do
        check_client "$1" "$client" log "$client"
    done
    check_client "$1" 999 ddl 0
}

# Tables that were made in a transaction, with their rows, are there if and only if their number is; then all may go. A
# table outside of a transaction may be there or not.
check_made()
{
    local made
    made=$(sql -c "SELECT string_agg(n::text, ' ' ORDER BY n) FROM made")
    assert_eq "$(sql -c "SELECT string_agg(substr(relname, 6), ' ' ORDER BY substr(relname, 6)::int) FROM pg_class
        WHERE relkind = 'r' AND relname LIKE 'made\\_%'")" "$made" "round $1: numbers and tables agree"
    for n in $made; do
        [ "$(sql -c "SELECT count(*), sum(a), sum(length(b)), sum(c) FROM made_$n" \
            -c "SET enable_seqscan = off; SELECT count(*) FROM made_$n WHERE a > 0" \
            -c "SET enable_seqscan = off; SELECT count(*) FROM made_$n WHERE b > ''" | tr '\n' ' ')" = "100|5050|5050|700 100 100 " ] ||
            fail "round $1: table made_$n has other rows than were written"
        sql -c "DROP TABLE made_$n"
    done
    sql -c "DELETE FROM made; DROP TABLE IF EXISTS churn" 2>/dev/null
}

# The same rows by the table and by each index of it, without any help of the real server.
by_way()
{
    local way=$1
    sql <<SQL
SET enable_seqscan = $([ "$way" = seq ] && echo on || echo off);
SET enable_indexscan = $([ "$way" = seq ] && echo off || echo on);
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
SELECT count(*), sum(aid::bigint * (abalance + 1000000)) FROM pgbench_accounts WHERE aid > 0;
SELECT count(*), sum(aid::bigint * (abalance + 1000000)) FROM pgbench_accounts WHERE abalance > -2000000000;
SELECT count(*), sum(client::bigint * n) FROM done WHERE client > 0;
SELECT count(*), sum(oid::bigint) FROM pg_class WHERE oid > 0;
SELECT count(*), sum(oid::bigint) FROM pg_class WHERE relname > '';
SELECT count(*), sum(oid::bigint) FROM pg_type WHERE oid > 0;
SELECT count(*), sum(attrelid::bigint * attnum) FROM pg_attribute WHERE attrelid > 0;
SELECT count(*), sum(objid::bigint) FROM pg_depend WHERE classid > 0;
SELECT count(*), sum(objid::bigint) FROM pg_depend WHERE refclassid > 0;
SQL
}

check_sums()
{
    assert_eq "$(sql -c 'SELECT sum(delta) FROM pgbench_history')" "$(sql -c 'SELECT sum(abalance) FROM pgbench_accounts')" \
        "round $1: history and accounts agree"
    assert_eq "$(sql -c 'SELECT sum(abalance) FROM pgbench_accounts')" \
        "$(sql -c 'SELECT sum(bbalance) FROM pgbench_branches')" "and branches, too"
    assert_eq "$(by_way index)" "$(by_way seq)" "and every index with its table"
}

# Nobody starts beside a process of a dead supervisor.
refused_beside_orphan()
{
    local server
    for server in "$(server_bin)" "$bin"; do
        run timeout 20 "$server/postgres" -D "$data" -p 5432 -c listen_addresses=
        [ "$run_code" = 1 ] || fail "beside a stopped orphan: exit code $run_code of $server: $run_err"
        [[ "$run_err" == *"pre-existing shared memory block"* ]] || fail "beside a stopped orphan: $run_err"
    done
    orphans=$((orphans + 1))
}

amcheck()
{
    cluster_run "$1" "$bin/pg_amcheck" --all --install-missing --heapallindexed --parent-check >amcheck.out 2>&1 ||
        fail "amcheck of $1: $(head -5 amcheck.out)"
    [ ! -s amcheck.out ] || fail "amcheck of $1: $(head -5 amcheck.out)"
}

# The rows of all tables, as one line.
rows_of()
{
    cluster_sql "$1" "SELECT (SELECT sum(client::bigint * n) FROM done), (SELECT count(*) FROM done), (SELECT sum(n) FROM made),
        (SELECT sum(aid::bigint * abalance) FROM pgbench_accounts), (SELECT sum(delta) FROM pgbench_history),
        (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE oid > 16383 AND relkind = 'r')"
}

# copy_crash NAME: the directory as the crash left it, with the log from its last checkpoint on.
copy_crash()
{
    local copy=$TEST_DIR/$1/data redo segment
    mkdir -p "$copy/pg_wal/archive_status"
    find "$data" -mindepth 1 -maxdepth 1 ! -name pg_wal ! -name postmaster.pid -exec cp -a -t "$copy" {} +
    redo=$(as_owner "$bin/pg_controldata" "$data" | sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
    for segment in "$data/pg_wal/"????????????????????????; do
        [[ "$(basename "$segment")" < "$redo" ]] || cp -a -t "$copy/pg_wal" "$segment"
    done
    chmod 700 "$copy"
    cluster_adopt "$1" "$copy"
}

# Of the same crash a real server makes the same.
same_as_real()
{
    cluster_set "crash$1" "wal_keep_size = 0" "autovacuum = off"
    cluster_start "crash$1"
    assert_eq "$(rows_of "crash$1")" "$(rows_of ours)" "round $1: of the same crash a real server makes the same"
    amcheck "crash$1"
    cluster_stop "crash$1"
    rm -rf "$TEST_DIR/crash$1"
}

kill_supervisor()
{
    local round=$1 children orphan child
    read -r -a children <<<"$(server_children ours)"
    orphan=${children[RANDOM % ${#children[@]}]}
    # It may have ended since: then there is no orphan to refuse.
    kill -STOP "$orphan" 2>/dev/null || orphan=
    cluster_kill_postmaster ours
    for child in "${children[@]}"; do
        [ "$child" = "$orphan" ] || wait_until "the end of child $child" process_is_gone "$child"
    done
    if [ -n "$orphan" ] && ! process_is_gone "$orphan"; then
        refused_beside_orphan
        kill -KILL "$orphan"
        wait_until "the end of orphan $orphan" process_is_gone "$orphan"
    fi
    wait "$loader" "$changer" || true
    copy_crash "crash$round"
    cluster_start ours
    same=$round
}

# Killed while it recovers it may have to be started again.
is_back()
{
    cluster_is_up ours || cluster_start ours
    sql -c 'SHOW work_mem' >/dev/null 2>&1
}

kill_children()
{
    local children
    read -r -a children <<<"$(server_children ours)"
    kill -KILL "${children[RANDOM % ${#children[@]}]}" 2>/dev/null || true
    wait "$loader" "$changer" || true
    if [ $((RANDOM % 3)) = 0 ]; then
        read -r -a children <<<"$(server_children ours 2>/dev/null || true)"
        [ ${#children[@]} = 0 ] || kill -KILL "${children[RANDOM % ${#children[@]}]}" 2>/dev/null || true
    fi
    wait_until "the server after a kill" is_back
}

acknowledged=0 orphans=0
for ((round = 1; round <= kills; round++)); do
    load "$round"
    wait_until "work in round $round" has_worked "$round"
    sleep "0.$((RANDOM % 5))"
    same=
    if [ "$round" = 1 ] || [ $((RANDOM % 4)) = 0 ]; then
        kill_supervisor "$round"
    else
        kill_children
    fi
    [ -z "$same" ] || same_as_real "$same"
    check_round "$round"
    check_made "$round"
    check_sums "$round"
done
note "$acknowledged transactions were acknowledged, $orphans times nobody started beside an orphan"
[ "$orphans" -gt 0 ] || fail "no process was left behind by a killed supervisor"

cluster_stop ours
assert_contains "$(as_owner "$bin/pg_controldata" "$data")" "shut down" "pg_controldata reads the control file"
assert_exit 0 "$bin/pg_checksums" --check -D "$data"
# From the first record of the cluster to the checkpoint of its end.
end=$(as_owner "$bin/pg_controldata" "$data" | sed -n 's/^Latest checkpoint location: *//p')
first=$(ls "$data/pg_wal" | grep -E -m 1 '^[0-9A-F]{24}$')
assert_eq "$first" 000000010000000000000001 "the whole log is there"
assert_exit 0 "$bin/pg_waldump" --stats -p "$data/pg_wal" -s 0/1000028 -e "$end"
[ -z "$run_err" ] || fail "pg_waldump: $run_err"
note "pg_waldump read $(grep -E '^Total' <<<"$run_out" | awk '{ print $2 }') records"
assert_exit 0 "$bin/pg_waldump" -p "$data/pg_wal" -s "$end" -n 1
assert_contains "$run_out" CHECKPOINT_SHUTDOWN "up to the shutdown"

cluster_adopt real "$data"
cluster_start real
amcheck real
ok "every index agrees with its table, and every table is in order"
