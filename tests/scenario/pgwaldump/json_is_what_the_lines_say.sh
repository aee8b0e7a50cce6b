#!/usr/bin/env bash
# json_is_what_the_lines_say.sh - --json read by PostgreSQL, against the plain lines
. "$(dirname "$0")/../../lib/cluster.sh"
cluster_require 15
program=${HOLDFAST_BIN:?}/pgwaldump

mkdir wal
"$HOLDFAST_BUILD/tests/scenario/pgwaldump/forge_wal" wal/000000010000000000000001 1
owner_path wal
as_owner "$program" -p wal --json 000000010000000000000001 >records.json
as_owner "$program" -p wal 000000010000000000000001 >records.text
as_owner "$program" -p wal --json --stats=record 000000010000000000000001 >stats.json
owner_path records.json records.text stats.json

cluster_init main
cluster_start main
cluster_sql main "create table j (r jsonb); create table s (r jsonb); create table l (n serial, t text)"
cluster_psql main -c "\copy j from $TEST_DIR/records.json (format csv, quote e'\x01', delimiter e'\x02')"
cluster_psql main -c "\copy s from $TEST_DIR/stats.json (format csv, quote e'\x01', delimiter e'\x02')"
# Forged texts are not all UTF-8.
cluster_psql main -c "\copy l (t) from $TEST_DIR/records.text (format csv, quote e'\x01', delimiter e'\x02', encoding latin1)"

assert_eq "$(cluster_sql main 'select count(*) from j')" "$(wc -l <records.text)" "a record a line"
cluster_sql main "create table fields as select r ->> 'rmgr' as rmgr, (r ->> 'total_length')::int as total,
    (r ->> 'record_length')::int as own, (r ->> 'xid')::bigint as xid, r ->> 'lsn' as lsn,
    r ->> 'description' as description, jsonb_array_length(r -> 'blocks') as blocks from j"
assert_eq "$(cluster_sql main "select count(*) from (
    select rmgr, own::text, total::text, xid::text, lsn::pg_lsn, blocks from fields
    except
    select m[1], m[2], m[3], m[4], m[5]::pg_lsn,
        regexp_count(t, 'blkref #') from l,
        regexp_match(t, 'rmgr: (\S+) +len \(rec/tot\): +(\d+)/ *(\d+), tx: +(\d+), lsn: ([0-9A-F/]+)') m) x")" \
    0 "each has the numbers of its line"
assert_eq "$(cluster_sql main "select sum((r ->> 'records')::int) from s")" "$(wc -l <records.text)" \
    "statistics count them all"
assert_eq "$(cluster_sql main "select count(*) from j where r ->> 'kind' = 'INSERT' and r ->> 'rmgr' = 'Heap'
    and r ->> 'description' !~ '^off \d+ flags 0x[0-9A-F]{2}\$'")" 0 "descriptions are those of the lines"
