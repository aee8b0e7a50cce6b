#!/usr/bin/env bash
# vacuum_survives_crashes.sh - sessions change a table while it is vacuumed, and the server is killed: nothing is lost
#
# Each session changes rows of its own, one statement at a time, and writes down what was answered.
# After each crash the table has what was answered, but for the one statement that was on its way.
# In the end a real server finds nothing wrong. HOLDFAST_KILLS says how often (3).
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
rows=2000
sessions=3
RANDOM=${HOLDFAST_SEED:-$RANDOM}
cluster_init ours --bin "$(server_bin)" --initdb --locale=C
cluster_set ours 'autovacuum = off' 'shared_buffers = 4MB' 'maintenance_work_mem = 1MB' 'fsync = on'
cluster_start ours
cluster_sql ours 'CREATE TABLE t (id int PRIMARY KEY, k int, v text)' >/dev/null
cluster_sql ours 'CREATE INDEX ON t (k)' >/dev/null
for ((i = 0; i < rows; i += 200)); do
    values=$(for ((j = i; j < i + 200; j++)); do printf "(%d, 0, 'row %d')," $j $j; done)
    echo "INSERT INTO t VALUES ${values%,};"
done >load.sql
cluster_sql_file ours load.sql
for ((s = 0; s < sessions; s++)); do
    for ((i = s; i < rows; i += sessions)); do echo "$i 0"; done >"is.$s"
done

# What a session does: updates that count k up, each answered by what the row is then.
changes_of()
{
    local s=$1 i id
    for ((i = 0; i < 4000; i++)); do
        id=$(((RANDOM * 32768 + RANDOM) % (rows / sessions) * sessions + s))
        echo "UPDATE t SET k = k + 1, v = 'changed $i' WHERE id = $id RETURNING id, k;"
    done
}

for ((kill = 1; kill <= ${HOLDFAST_KILLS:-3}; kill++)); do
    for ((s = 0; s < sessions; s++)); do
        changes_of $s >"do.$s.sql"
        cluster_psql ours -A -t -q -F ' ' <"do.$s.sql" >"said.$s" 2>/dev/null &
    done
    for ((i = 0; i < 100; i++)); do echo 'VACUUM t; VACUUM (FREEZE, INDEX_CLEANUP on) t; ANALYZE t;'; done |
        cluster_psql ours -q >vacuum.out 2>&1 &
    # No condition to wait for: at any moment.
    sleep "1.$((RANDOM % 10))"
    cluster_kill ours
    wait
    cluster_start ours
    [ "$(cat said.* | wc -l)" -gt 20 ] || fail "only $(cat said.* | wc -l) changes were made before crash $kill"
    for ((s = 0; s < sessions; s++)); do
        cluster_sql ours "SELECT id, k FROM t WHERE id % $sessions = $s ORDER BY id" -F ' ' >"found.$s"
        [ "$(wc -l <"found.$s")" = "$(wc -l <"is.$s")" ] || fail "crash $kill: session $s has $(wc -l <"found.$s") rows"
        # The newest answer of each row counts; one row may be one further, if its answer was lost.
        awk -v crash="$kill" 'FILENAME ~ /^is/ || FILENAME ~ /^said/ { if (NF == 2) is[$1] = $2; next }
            $2 != is[$1] { if ($2 == is[$1] + 1) further++; else { print "crash " crash ": row " $1 " is " $2 ", not " is[$1]; bad = 1 } }
            END { if (further > 1) { print further " rows are ahead"; bad = 1 } exit bad }' \
            "is.$s" "said.$s" "found.$s" >wrong || fail "$(head -3 wrong)"
        cp "found.$s" "is.$s"
    done
    ok "crash $kill: $(cat said.* | wc -l) changes, $(grep -c . vacuum.out || true) lines of vacuums"
done
cluster_stop ours
cluster_adopt again "$(cluster_dir ours)" --bin "$(cluster_find_bin 15)"
cluster_start again
as_owner "$(cluster_tool again pg_amcheck)" --install-missing --heapallindexed --parent-check \
    -h "$(cluster_socket_dir again)" -p "$(cluster_port again)" -U postgres postgres >amcheck 2>&1 || fail "$(head -5 amcheck)"
cluster_sql again 'CREATE EXTENSION pg_visibility'
assert_eq "$(cluster_sql again "SELECT (SELECT count(*) FROM pg_check_visible('t')) + (SELECT count(*) FROM pg_check_frozen('t'))")" \
    0 'the visibility map tells the truth'
cluster_stop again
