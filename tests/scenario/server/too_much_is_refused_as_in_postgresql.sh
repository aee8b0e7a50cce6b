#!/usr/bin/env bash
# too_much_is_refused_as_in_postgresql.sh - too many columns, too deep, too long, more memory than there is
#
# Each statement fails with the message of a real server, and the session goes on. Where memory is short, what was
# asked for differs, so SQLSTATE and message are compared without the detail. With HOLDFAST_WORLD there is more of it.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql
memory_kb=120000 # more than that fails
if [ -n "${HOLDFAST_WORLD-}" ]; then
    memory_kb=600000
fi

# times COUNT TEXT [BETWEEN]: TEXT so often, a # in it is the number from 1.
times()
{
    awk -v n="$1" -v text="$2" -v between="${3-}" 'BEGIN {
        count = split(text, part, "#")
        for (i = 1; i <= n; i++) {
            printf "%s%s", (i > 1 ? between : ""), part[1]
            for (j = 2; j <= count; j++)
                printf "%d%s", i, part[j]
        }
    }'
}

many_columns()
{
    echo "create table wide ($(times 1601 'c# int' ,));"
    echo "create table wide ($(times 1600 'c# int' ,));"
    echo "alter table wide add column one_more int;"
    echo "insert into wide values ($(times 1600 '#' ,));"
    echo "insert into wide values ($(times 1601 '#' ,));"
    echo "insert into wide select $(times 10000 1 ,);"
    echo "select c1, c1600 from wide;"
    echo "select w.*, w.* from wide w;"
    echo "select $(times 1664 '# as a#' ,);"
    echo "select $(times 1665 '#' ,);"
    echo "select count(*) from (select $(times 10000 '1 as a#' ,)) x;"
    echo "select concat($(times 101 1 ,));"
    echo "create view many as select $(times 1601 '1 as a#' ,);"
    echo "create index on wide ($(times 33 'c#' ,));"
    echo "select count(*) from (values $(times 10000 '(#)' ,)) v;"
    echo "select 1 where 10000 in ($(times 10000 '#' ,));"
}

too_deep()
{
    local n=50000
    echo "select $(times $n '(')1$(times $n ')');"
    echo "select $(times $n 1 +);"
    echo "select $(times $n 'not ')true;"
    echo "select $(times $n '- ')1;"
    echo "select $(times $n 'array[')1$(times $n ']');"
    echo "select $(times $n 'abs(')1$(times $n ')');"
    echo "select $(times $n '(select ')1$(times $n ')');"
    echo "$(times $n 'select #' ' union all ') limit 1;"
    echo "select $(times $n 'case when true then ')1$(times $n ' end');"
    echo "select * from $(times $n '(select * from ')(select 1) a$(times $n ') a');"
    echo "select '$(times 200000 '[')'::json;"
    echo "select '$(times $n '{')'::int[];"
    echo "select 'x' ~ '$(times $n '(')a$(times $n ')')';"
    echo "select 'aaaa' ~ '(((((a{1,255}){1,255}){1,255}){1,255}){1,255})';"
    echo "select 1$(times $n ::int);"
    echo "select $(times $n "'a'" '||') is null;"
}

too_long()
{
    echo "select length(repeat('x', 1073741824));"
    echo "select length(repeat('x', 600000000) || repeat('x', 600000000));"
    echo "select length(encode(repeat('x', 600000000)::bytea, 'hex'));"
    echo "select length(encode(convert_to(repeat('é', 150000000), 'utf8'), 'escape'));"
    echo "select array_fill(1, array[100000, 100000]);"
    echo "select 10::numeric ^ 200000;"
    echo "select length((10::numeric ^ 100000)::text);"
    echo "select factorial(100000);"
}

more_than_memory()
{
    echo "select length(repeat('x', 800000000));"
    echo "prepare many as select array[$(times 20000 '$#' ,)]::int[];" # no more than they need
    echo "set work_mem = '2000MB';"
    echo "set jit = off;"
    echo "select count(*) from (select g from generate_series(1, 20000000) g order by g desc) x;"
    echo "select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 900);"
}

# play SIDE: what is on the standard input, as one session; after each statement it must still be there.
play()
{
    sed 's/;$/;\n\\echo still here/' | as_owner env PGHOST="$(cluster_socket_dir "$1")" PGPORT="$(cluster_port "$1")" \
        PGAPPNAME=play "$psql" -X -A -U postgres -d postgres -v VERBOSITY=verbose 2>&1 | grep -v '^LOCATION: '
}

# alike WHAT [FILTER...]: the statements that WHAT prints, on both.
alike()
{
    local what=$1
    shift
    "$what" >statements
    play theirs <statements | "${@:-cat}" >theirs.out
    play ours <statements | "${@:-cat}" >ours.out
    diff -U 2 theirs.out ours.out | cut -c 1-200 >diff || fail "$what: $(head -40 diff)"
    assert_eq "$(grep -c '^still here' ours.out)" "$(grep -c ';$' statements)" "$what: the session goes on"
}

cluster_init theirs
cluster_init ours --bin "$(server_bin)"
cluster_start theirs
cluster_start ours
alike many_columns
alike too_deep
alike too_long

# Addresses that a server reserves are no memory: each may have as much more.
for name in theirs ours; do
    reserved=$(sed -n 's/^VmSize:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(cluster_pid "$name")/status")
    cluster_stop "$name"
    (
        ulimit -v $((reserved + memory_kb))
        cluster_start "$name"
    )
done
alike more_than_memory grep -v ^DETAIL:
