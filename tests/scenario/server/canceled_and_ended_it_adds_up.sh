#!/usr/bin/env bash
# canceled_and_ended_it_adds_up.sh - statements canceled and sessions ended at random moments under load
#
# Eight clients change rows, with savepoints, cursors and COPY among it, two make and drop tables, one vacuums. Meanwhile
# another session cancels or ends one of them again and again, and some clients are killed themselves, HOLDFAST_SECONDS (4,
# 60 with HOLDFAST_WORLD) long. No process of the server dies of it; afterwards nothing is left of the sessions, what was
# acknowledged is there, sums agree, and a real server finds every table and index in order.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
seconds=${HOLDFAST_SECONDS:-$([ -n "${HOLDFAST_WORLD-}" ] && echo 60 || echo 4)}
clients=8
seed=${HOLDFAST_SEED:-$$}
note "HOLDFAST_SEED=$seed, $seconds seconds"

cluster_init ours --bin "$(server_bin)" --set "autovacuum_naptime = 1s" --set "work_mem = 64kB" --set "deadlock_timeout = 100ms"
cluster_start ours
cluster_run ours "$bin/pgbench" -i -I dtgp -s 1 postgres >init.out 2>&1 || fail "init: $(tail -3 init.out)"
cluster_sql ours "CREATE TABLE done (client int, n int, delta int, PRIMARY KEY (client, n));
    CREATE TABLE copied (client int, n int DEFAULT current_setting('test.n')::int); CREATE INDEX ON copied (n)"
supervisor=$(cluster_pid ours)
for ((c = 1; c <= clients; c++)); do
    yes "$c" | head -300 >"rows.$c" || true
done

# work CLIENT: transactions without end. Each changes accounts, a teller and the branch alike, and copies 300 rows or none.
work()
{
    local client=$1 n=0 number aid delta
    RANDOM=$(((seed + client * 77 + run * 1009) & 32767))
    while [ -e "$TEST_DIR/open" ]; do
        n=$((n + 1)) number=$((run * 100000 + n)) aid=$((RANDOM * 3 + 1)) delta=$((RANDOM % 2001 - 1000))
        cat <<SQL
SET test.n = $number;
BEGIN;
INSERT INTO done VALUES ($client, $number, $delta);
SAVEPOINT a;
UPDATE pgbench_accounts SET abalance = abalance + 77 WHERE aid = $aid;
ROLLBACK TO a;
UPDATE pgbench_accounts SET abalance = abalance + $delta WHERE aid = $aid;
SQL
        case $((RANDOM % 6)) in
            0) echo "DECLARE c CURSOR FOR SELECT * FROM pgbench_accounts WHERE aid < 5000 ORDER BY abalance; FETCH 10 FROM c; FETCH 1000 FROM c;" ;;
            1) echo "SELECT count(*) FROM (SELECT DISTINCT abalance, aid FROM pgbench_accounts WHERE aid < 5000) x;" ;;
            2) echo "\\copy copied (client) FROM '$TEST_DIR/rows.$client'" ;;
            3) echo "COPY (SELECT * FROM pgbench_accounts WHERE aid < 2000) TO STDOUT;" ;;
            4) echo "INSERT INTO copied SELECT $client, $number FROM generate_series(1, 300); DECLARE c CURSOR FOR SELECT * FROM copied; FETCH 5 FROM c;" ;;
            5) echo "SELECT sum(a.aid) FROM pgbench_accounts a JOIN pgbench_accounts b ON a.aid = b.aid + 1 WHERE a.aid < 5000;" ;;
        esac
        cat <<SQL
SAVEPOINT b;
UPDATE pgbench_tellers SET tbalance = tbalance + $delta WHERE tid = $((RANDOM % 10 + 1));
RELEASE b;
UPDATE pgbench_branches SET bbalance = bbalance + $delta WHERE bid = 1;
SQL
        # What failed is answered with ROLLBACK.
        printf '\\echo number %d\nCOMMIT;\n' "$number"
        # Not faster than the server, which would fill the pipe with work that nobody stops.
        [ $((n % 20)) != 0 ] || sleep 0.1
    done
}

# client NUMBER: sessions, one after the other until time is up; some are killed in the middle.
client()
{
    local run=0
    while [ -e "$TEST_DIR/open" ]; do
        run=$((run + 1))
        work "$1" 2>/dev/null | as_owner env PGHOST="$(cluster_socket_dir ours)" PGPORT="$(cluster_port ours)" PGUSER=postgres \
            timeout -s KILL "$((RANDOM % 3 + 1)).$((RANDOM % 9 + 1))" stdbuf -oL "$bin/psql" -X -A -t -d postgres 2>>"$TEST_DIR/client.$1.err" |
            grep --line-buffered -E '^(number [0-9]+|COMMIT)$' >>"$TEST_DIR/client.$1" || true
    done
}

# maker NUMBER: tables that come and go.
maker()
{
    while [ -e "$TEST_DIR/open" ]; do
        cluster_psql ours -q >>"$TEST_DIR/maker.$1" 2>&1 <<SQL || true
BEGIN;
CREATE TABLE made_$1 (a int PRIMARY KEY, b text);
INSERT INTO made_$1 SELECT g, repeat('x', g % 300) FROM generate_series(1, 3000) g;
CREATE INDEX ON made_$1 (b);
SAVEPOINT a;
ALTER TABLE made_$1 ALTER COLUMN a TYPE bigint;
ROLLBACK TO a;
ALTER TABLE made_$1 ADD COLUMN c int DEFAULT 5;
COMMIT;
TRUNCATE made_$1;
ANALYZE made_$1;
DROP TABLE made_$1;
DROP TABLE made_$1;
CREATE INDEX extra_$1 ON pgbench_accounts (abalance);
DROP INDEX extra_$1;
VACUUM pgbench_tellers;
VACUUM copied;
SQL
    done
}

# One backend after the other. Endings are as frequent as cancellations.
disturber()
{
    RANDOM=$((seed & 32767))
    while [ -e "$TEST_DIR/open" ]; do
        echo "SELECT pg_$([ $((RANDOM % 3)) = 0 ] && echo terminate || echo cancel)_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND backend_type IN ('client backend', 'autovacuum worker') ORDER BY random() LIMIT 1;"
        sleep "0.0$((RANDOM % 5))"
    done | cluster_psql ours -A -t -q >"$TEST_DIR/disturber" 2>&1
}

# are_done N: so many were acknowledged.
are_done()
{
    [ "$(cat "$TEST_DIR"/client.? | grep -c '^COMMIT')" -ge "$1" ]
}

touch open
pids=()
for ((c = 1; c <= clients; c++)); do
    client "$c" &
    pids+=($!)
done
for m in 1 2; do
    maker "$m" &
    pids+=($!)
done
disturber &
pids+=($!)
sleep "$seconds"
# On a machine that is slow it goes on until something was done.
wait_until "enough transactions" are_done 50
rm open
wait "${pids[@]}"
assert_eq "$(cluster_pid ours)" "$supervisor" "the supervisor is the same"
for bad in "was terminated by signal" PANIC "assertion failed" "terminating any other active" Sanitizer "not given back" "to the resource owner"; do
    ! server_logged ours "$bad" || fail "the log has \"$bad\": $(grep -m 3 "$bad" "$(cluster_log ours)")"
done
cluster_wait_sql ours "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()" \
    "the end of all sessions"
cluster_wait_sql ours "SELECT count(*) = 0 FROM pg_locks WHERE pid <> pg_backend_pid()" "nobody holds a lock"
assert_eq "$(find "$(cluster_dir ours)/base/pgsql_tmp" -type f 2>/dev/null)" "" "no temporary file is left"

for ((c = 1; c <= clients; c++)); do
    awk '$1 == "number" { n = $2 } $1 == "COMMIT" { print n }' "client.$c" >"acked.$c"
    cluster_sql ours "SELECT n FROM done WHERE client = $c ORDER BY n" >"there.$c"
    assert_eq "$(sort "acked.$c" | comm -23 - <(sort "there.$c") | wc -l)" 0 \
        "client $c: all of $(wc -l <"acked.$c") acknowledged transactions are there ($(wc -l <"there.$c"))"
done
[ "$(cat acked.* | wc -l)" -ge 50 ] || fail "only $(cat acked.* | wc -l) transactions were done"
note "$(grep -c t disturber) disturbances; errors: $(sed -n 's/^ERROR: *//p; s/^FATAL: *//p' client.*.err | sort | uniq -c | sort -rn | head -8 | tr '\n' ';')"
assert_contains "$(cat client.*.err)" "canceling statement due to user request" "statements were canceled"
assert_contains "$(cat client.*.err)" "terminating connection due to administrator command" "sessions were ended"
total=$(cluster_sql ours "SELECT coalesce(sum(delta), 0) FROM done")
assert_eq "$(cluster_sql ours "SELECT sum(abalance) FROM pgbench_accounts")" "$total" "the accounts have what was done"
assert_eq "$(cluster_sql ours "SELECT sum(tbalance) FROM pgbench_tellers")" "$total" "so have the tellers"
assert_eq "$(cluster_sql ours "SELECT sum(bbalance) FROM pgbench_branches")" "$total" "and the branch"
assert_eq "$(cluster_sql ours "SELECT count(*) FROM (SELECT client, n FROM copied GROUP BY 1, 2 HAVING count(*) <> 300) x")" 0 \
    "what was copied is there wholly or not at all"
assert_eq "$(cluster_sql ours "SELECT count(*) FROM copied c WHERE NOT EXISTS (SELECT FROM done d WHERE d.client = c.client AND d.n = c.n)")" 0 \
    "and only with its transaction"

cluster_stop ours
assert_exit 0 "$bin/pg_checksums" --check -D "$(cluster_dir ours)"
cluster_adopt real "$(cluster_dir ours)"
cluster_start real
cluster_run real "$bin/pg_amcheck" --all --install-missing --heapallindexed --parent-check >amcheck.out 2>&1 || fail "amcheck: $(head -5 amcheck.out)"
ok "every index agrees with its table, and every table is in order"
