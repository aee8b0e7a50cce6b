#!/bin/bash
# databases_come_and_go.sh - databases made by both strategies, and tablespaces, survive a crash, whichever server made them and
# whichever recovers; one whose making or dropping was cut short is in nobody's way
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)

# query CLUSTER DATABASE SQL: what psql gives, bare.
query()
{
    as_owner env PGHOST="$(cluster_socket_dir "$1")" PGPORT="$(cluster_port "$1")" \
        "$theirs/psql" -X -A -t -q -U postgres -d "$2" -c "$3" 2>&1
}

make_databases()
{
    query "$1" postgres "create database d1"
    query "$1" d1 "create table t (a int primary key, b text); insert into t select i, repeat('x', 50) from generate_series(1, 5000) i"
    query "$1" d1 "create unlogged table u (a int); insert into u values (1)"
    query "$1" postgres "checkpoint"
    query "$1" d1 "update t set b = 'y' where a % 7 = 0"
    query "$1" postgres "create database d2 template d1 strategy wal_log"
    query "$1" postgres "create database d3 template d1 strategy file_copy"
    query "$1" d3 "insert into t values (0, 'more')"
    query "$1" postgres "create database d4"
    query "$1" postgres "drop database d4"
    as_owner mkdir "$(cluster_dir "$1").space" "$(cluster_dir "$1").gone"
    query "$1" postgres "create tablespace space location '$(cluster_dir "$1").space'"
    query "$1" postgres "create table far (a int) tablespace space; insert into far values (1), (2), (3)"
    query "$1" postgres "create tablespace gone location '$(cluster_dir "$1").gone'"
    query "$1" postgres "create table g (a int) tablespace gone"
    query "$1" postgres "drop table g"
    query "$1" postgres "drop tablespace gone"
}

# check CLUSTER WHAT
check()
{
    assert_eq "$(query "$1" postgres "select string_agg(datname, ' ' order by datname) from pg_database")" \
        "d1 d2 d3 postgres template0 template1" "$2: the databases"
    assert_eq "$(query "$1" d1 "select count(*), count(*) filter (where b = 'y') from t")" "5000|714" "$2: d1"
    assert_eq "$(query "$1" d2 "select count(*), count(*) filter (where b = 'y') from t")" "5000|714" "$2: d2"
    assert_eq "$(query "$1" d3 "select count(*), count(*) filter (where b = 'y') from t")" "5001|714" "$2: d3"
    assert_eq "$(query "$1" d2 "set enable_seqscan = off; select b from t where a = 7")" y "$2: an index of d2"
    assert_eq "$(query "$1" d2 "select count(*) from u")" 0 "$2: an unlogged table is empty"
    assert_eq "$(query "$1" postgres "select count(*), (select count(*) from pg_tablespace) from far")" "3|3" "$2: a tablespace"
    assert_eq "$(ls "$(cluster_dir "$1")/base" | grep -vc tmp)" 6 "$2: folders"
}

cluster_init ours --bin "$(server_bin)"
cluster_start ours
make_databases ours
cluster_kill ours
cluster_adopt real "$(cluster_dir ours)" --bin "$theirs"
cluster_start real
check real "a real server recovers ours"
run "$theirs/pg_amcheck" -h "$(cluster_socket_dir real)" -p "$(cluster_port real)" -U postgres --install-missing \
    --heapallindexed --all
assert_eq "$run_code" 0 "pg_amcheck has nothing to complain of: $run_out $run_err"
cluster_stop real fast
assert_exit 0 "$theirs/pg_checksums" --check -D "$(cluster_dir real)"

cluster_init their --bin "$theirs"
cluster_start their
make_databases their
cluster_kill their
cluster_adopt mine "$(cluster_dir their)" --bin "$(server_bin)"
cluster_start mine
check mine "ours recovers a real server's"

# Cut short, again and again: each time the server comes back, and the name can be used.
for try in 1 2 3; do
    query mine postgres "create database cut strategy $( ((try % 2)) && echo wal_log || echo file_copy) template d1" >/dev/null &
    sleep 0.0$((try * 3))
    cluster_kill mine
    wait
    cluster_start mine
    query mine postgres "drop database if exists cut" >/dev/null
    query mine postgres "create database cut template d1" >/dev/null
    assert_eq "$(query mine cut "select count(*) from t")" 5000 "after making was cut short ($try)"
    query mine postgres "drop database cut" >/dev/null &
    sleep 0.0$((try * 3))
    cluster_kill mine
    wait
    cluster_start mine
    query mine postgres "drop database if exists cut" >/dev/null
    assert_eq "$(query mine postgres "select count(*) from pg_database where datname = 'cut'")" 0 "after dropping was cut short ($try)"
done
cluster_stop mine fast
assert_exit 0 "$theirs/pg_checksums" --check -D "$(cluster_dir mine)"
