#!/usr/bin/env bash
# changed_tables_are_equal.sh - a table that is changed at random is a real server's, with its log
#
# heap_play makes the changes and says them in SQL, for the real server. All records of the table
# and of multixacts must be the same, in the same order, then all pages, and the visibility map.
# HOLDFAST_SEED is where the seeds begin, HOLDFAST_PLAYS how many there are (4), of
# HOLDFAST_PLAY_STEPS steps (1500).
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
seed=${HOLDFAST_SEED:-$RANDOM}
steps=${HOLDFAST_PLAY_STEPS:-1500}

# Only what says which row is looked at is to choose how; the index is there for HOT alone.
cat >begin.sql <<'END'
SET enable_seqscan = off;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET enable_indexonlyscan = off;
END

cluster_init empty --initdb --locale=C --set 'autovacuum = off' --set 'max_prepared_transactions = 5' \
    --set 'checkpoint_timeout = 1h' --set 'max_wal_size = 10GB' --set 'lock_timeout = 2s' \
    --set 'bgwriter_delay = 10s'

# What the records of a log say, without where they are.
records_of()
{
    "$(cluster_tool empty pg_waldump)" -p "$@" 2>/dev/null |
        grep -E 'rmgr: (Heap|Heap2|MultiXact) ' | grep -E 'rel 1663/5/16384|CREATE_ID' |
        sed -E 's/lsn: [^,]*, prev [^,]*, //; s/ +/ /g'
}

play()
{
    local name=$1 fillfactor=$2 begin end xid relation segments
    cluster_copy empty "$name"
    cluster_start "$name"
    cluster_sql "$name" "CREATE TABLE t (id int, k int, n int, indexed int, v int, filler text)
            WITH (fillfactor = $fillfactor, autovacuum_enabled = off);
        CREATE UNIQUE INDEX ON t (k, n);
        CREATE INDEX ON t (indexed);
        CREATE FUNCTION expect(a text, b text) RETURNS void LANGUAGE plpgsql AS
            'BEGIN IF a <> b THEN RAISE EXCEPTION ''it is %, not %'', a, b; END IF; END'"
    xid=$(cluster_sql "$name" 'SELECT pg_current_xact_id()')
    relation=$(cluster_sql "$name" "SELECT 't'::regclass::oid")
    [ "$relation" = 16384 ] || fail "the table has OID $relation"
    begin=$(cluster_sql "$name" 'SELECT pg_current_wal_insert_lsn()')

    mkdir "$TEST_DIR/$name/ours"
    "$HOLDFAST_BUILD/tests/access/heap_play" "$TEST_DIR/$name/ours" "$seed" $((xid + 1)) "$fillfactor" \
        "$steps" >"$name/play.sql" 2>"$name/counts" || fail "seed $seed: $(cat "$name/counts")"
    cat begin.sql "$name/play.sql" >"$name/all.sql"
    cluster_sql_file "$name" "$name/all.sql" >/dev/null 2>"$name/errors" ||
        fail "seed $seed, fillfactor $fillfactor: $(head -3 "$name/errors")"
    end=$(cluster_sql "$name" 'SELECT pg_current_wal_insert_lsn()')
    cluster_sql "$name" CHECKPOINT
    cluster_stop "$name"

    records_of "$(cluster_dir "$name")/pg_wal" -s "$begin" -e "$end" >"$name/theirs.records" || true
    segments=("$name"/ours/pg_wal/0*)
    records_of "$name/ours/pg_wal" "$(basename "${segments[0]}")" >"$name/ours.records" || true
    [ "$(wc -l <"$name/theirs.records")" -gt $((steps / 3)) ] || fail 'there are hardly any records'
    diff "$name/theirs.records" "$name/ours.records" >"$name/differences" ||
        fail "seed $seed, fillfactor $fillfactor: records differ: $(head -6 "$name/differences")"
    "$HOLDFAST_BUILD/tests/access/heap_play" compare "$(cluster_dir "$name")/base/5/16384" \
        "$name/ours/main" >"$name/pages" || fail "seed $seed, fillfactor $fillfactor: $(cat "$name/pages")"
    cmp <(tail -c +25 "$(cluster_dir "$name")/base/5/16384_vm") <(tail -c +25 "$name/ours/map") ||
        fail "seed $seed, fillfactor $fillfactor: the visibility map differs"
    ok "seed $seed, fillfactor $fillfactor: $(cat "$name/counts"), $(wc -l <"$name/ours.records") records"
    rm -r "${TEST_DIR:?}/$name/ours"
}

for ((i = 0; i < ${HOLDFAST_PLAYS:-4}; i++)); do
    if ((i % 2 == 0)); then play "play$i" 100; else play "play$i" 70; fi
    seed=$((seed + 1))
done
