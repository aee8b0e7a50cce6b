#!/usr/bin/env bash
# toast_values_go_both_ways.sh - we read values that a real server compressed, and it reads ours
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
tool=${HOLDFAST_BUILD:?}/tests/scenario/codecs/inline_values

cluster_init main --no-checksums --set 'full_page_writes = off'
cluster_start main

# Values of all kinds, 100 bytes to 40 kB, that stay in the page when they are compressed. The pad makes rows so wide
# that the server compresses at all.
cluster_sql main "
    create table v (id int, pad text not null, value text);
    alter table v alter pad set storage plain, alter value set storage main;
    create function make(i int) returns text language sql as \$\$
        select case i % 6
            when 0 then repeat(chr(97 + i % 26), 100 + i * 50)
            when 1 then (select string_agg(format('INSERT INTO t%s VALUES (%s, ''name %s'');', i, n, n % 7), E'\n')
                         from generate_series(1, i) n)
            when 2 then (select string_agg(n::text, ',') from generate_series(1, 200 + i) n)
            when 3 then (select string_agg(md5((n % 5)::text), '') from generate_series(1, i) n)
            when 4 then repeat(md5(i::text), 3) || repeat('0123456789abcdef', i) || md5((-i)::text)
            else (select left(string_agg(prosrc, E'\n' order by oid), i * 20) from pg_proc where oid > i * 10)
        end \$\$;"
for method in pglz lz4; do
    cluster_sql main "
        alter table v alter value set compression $method;
        insert into v select (select count(*) from v) + i, repeat('p', 2100), make(i) from generate_series(1, 600) i;"
done
cluster_sql main "checkpoint"
file=$(cluster_dir main)/$(cluster_sql main "select pg_relation_filepath('v')")
digests()
{
    cluster_sql main "select id || ' ' || pg_column_compression(value) || ' ' ||
                             encode(sha256(convert_to(value, 'UTF8')), 'hex')
                      from v where pg_column_compression(value) is not null order by id"
}

# Values that moved out of line are not in the file: the rest must be most.
digests >expected
"$tool" list "$file" | sort -n >got
for method in pglz lz4; do
    count=$(grep -c " $method " got)
    [ "$count" -gt 400 ] || fail "only $count values of $method in place"
    ok "$count values of $method in place"
done
missing=$(comm -13 <(sort expected) <(sort got) | wc -l)
assert_eq "$missing" 0 "each value that we read is the server's"

cluster_stop main
replaced=$("$tool" recompress "$file")
note "replaced $replaced streams of pglz by ours"
[ "${replaced%% *}" -gt 300 ] || fail "only $replaced streams fitted"
cluster_start main
digests >again
diff expected again >/dev/null || fail "the server reads other values: $(diff expected again | head -5)"
ok "the server reads what we compressed"
