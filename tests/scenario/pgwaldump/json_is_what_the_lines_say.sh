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
as_owner "$program" -b -p wal 000000010000000000000001 | grep -a '^rmgr: ' >details.text
as_owner "$program" -p wal --json --stats=record 000000010000000000000001 >stats.json
owner_path records.json records.text details.text stats.json

cluster_init main
cluster_start main
cluster_sql main "create table j (n serial, r jsonb); create table s (r jsonb); create table l (n serial, t text);
    create table d (n serial, t text)"
cluster_psql main -c "\copy j (r) from $TEST_DIR/records.json (format csv, quote e'\x01', delimiter e'\x02')"
cluster_psql main -c "\copy s from $TEST_DIR/stats.json (format csv, quote e'\x01', delimiter e'\x02')"
# Forged texts are not all UTF-8.
cluster_psql main -c "\copy l (t) from $TEST_DIR/records.text (format csv, quote e'\x01', delimiter e'\x02', encoding latin1)"
cluster_psql main -c "\copy d (t) from $TEST_DIR/details.text (format csv, quote e'\x01', delimiter e'\x02', encoding latin1)"

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
# What is not ASCII stands there as U+FFFD.
assert_eq "$(cluster_sql main "select count(*) from j join d using (n)
    where r ->> 'description' ~ '^[ -~]*\$' and t !~ '\(unexpected'
        and rtrim(split_part(t, ' desc: ', 2)) <> rtrim(concat_ws(' ', r ->> 'kind', r ->> 'description'))
        and r ? 'description' and r ->> 'kind' is not null")" 0 "descriptions are those of the lines"
cluster_sql main "create table e as select r ->> 'rmgr' as rmgr, r ->> 'kind' as kind, r -> 'effect' as e,
    r -> 'effect' ->> 'kind' as effect, r ->> 'description' as description from j"

note "effects"
assert_eq "$(cluster_sql main "select string_agg(distinct rmgr || '/' || kind, ' ') from e where e is null
    and rmgr in ('Transaction', 'Storage', 'Database', 'Tablespace', 'CLOG', 'CommitTs', 'MultiXact', 'RelMap',
        'Standby', 'XLOG', 'ReplicationOrigin', 'LogicalMessage') and kind not in ('NOOP', 'FPI', 'FPI_FOR_HINT')")" \
    "" "all that do something beyond blocks say so"
assert_eq "$(cluster_sql main "select count(distinct effect) >= 30 from e")" t "there are many kinds"
assert_eq "$(cluster_sql main "select count(*), count(*) filter (where (e ->> 'time')::timestamptz
        = substring(description from '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC')::timestamptz) from e
    where effect in ('commit', 'abort') and (e ->> 'time') !~ 'BC|infinity|\d{5}-'" | tr -d '\n')" \
    "$(cluster_sql main "select count(*) || '|' || count(*) from e where effect in ('commit', 'abort')
        and (e ->> 'time') !~ 'BC|infinity|\d{5}-'")" "times of commits and aborts"
assert_eq "$(cluster_sql main "select count(*) from e where effect in ('commit', 'abort', 'prepare')
    and (select coalesce(string_agg(x, ' ' order by o), '') from jsonb_array_elements_text(e -> 'subxacts')
            with ordinality as a (x, o))
        <> coalesce(substring(description from 'subxacts: ([0-9 ]+)'), '')")" 0 "their children"
assert_eq "$(cluster_sql main "select count(*) from e where effect = 'create_relation'
    and e ->> 'tablespace' = '1663' and split_part(description, '_', 1)
        <> format('base/%s/%s', e ->> 'database', e ->> 'relation')")" 0 "files that are made"
assert_eq "$(cluster_sql main "select count(*) from e where effect = 'checkpoint' and description
    not like format('redo %s; tli %s; prev tli %s; fpw %s; %%', e ->> 'redo', e ->> 'timeline',
        e ->> 'previous_timeline', e ->> 'full_page_writes')")" 0 "checkpoints"
