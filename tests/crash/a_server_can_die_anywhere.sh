#!/usr/bin/env bash
# a_server_can_die_anywhere.sh - the server's processes killed, or their disk failing, at any fault point
#
# A script makes, fills, changes and drops tables, indexes, a database and a tablespace, with checkpoints between. The
# point acts in every process that passes it so often, the supervisor and the startup process of a restart included. Then the
# server is started without it: what was acknowledged is there, what was not is there wholly or not at all, and real tools
# find every page, table and index in order.

. "$(dirname "$0")/crash_lib.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

crash_check_build
bin=$(cluster_find_bin 15)
fault_bin=$TEST_DIR/.fault_bin
mkdir "$fault_bin"
ln -s "$CRASH_BIN/pgserver" "$fault_bin/postgres"

cluster_init template --bin "$(server_bin)" --wal-segsize 1
cluster_set template "fsync = on" "max_wal_size = 8MB" "min_wal_size = 2MB" "checkpoint_timeout = 30s" "autovacuum_naptime = 1s" \
    "wal_init_zero = off" "shared_buffers = 1MB" "restart_after_crash = on"

# Each line is a transaction that notes its number; a few are statements that cannot be in one.
cat >script <<SQL
begin; create table t (a int primary key, b text); create table n (n int primary key); insert into n values (1); commit;
begin; insert into n values (2); insert into t select g, repeat('x', 200) from generate_series(1, 3000) g; commit;
begin; insert into n values (3); create index on t (b); commit;
checkpoint;
begin; insert into n values (4); update t set b = 'changed' where a % 3 = 0; commit;
create database other;
begin; insert into n values (5); create table u as select * from t; commit;
begin; insert into n values (6); truncate t; insert into t select g, 'again' from generate_series(1, 500) g; commit;
select pg_switch_wal();
vacuum u;
begin; insert into n values (7); alter table u alter a type bigint; commit;
create tablespace s location '$TEST_DIR/space';
begin; insert into n values (8); create table v (a int) tablespace s; insert into v select generate_series(1, 100); commit;
checkpoint;
begin; insert into n values (9); drop table u; commit;
drop database other;
begin; insert into n values (10); drop table v; commit;
drop tablespace s;
checkpoint;
begin; insert into n values (11); delete from t where a > 250; commit;
SQL

# play NAME: the script in sessions of one line each, which a crash may cut; numbers that were acknowledged go to FILE.
play()
{
    local line number
    while read -r line; do
        number=$(sed -n 's/.*into n values (\([0-9]*\)).*/\1/p' <<<"$line")
        if timeout 20 "${owner_prefix[@]}" env PGHOST="$(cluster_socket_dir "$1")" PGCONNECT_TIMEOUT=5 "$bin/psql" -X -q -U postgres \
            -d postgres -v ON_ERROR_STOP=1 <<<"$line" >>"$1/said" 2>&1 && [ -n "$number" ]; then
            echo "$number"
        fi
        cluster_is_up "$1" || return 0
    done <script
}

# up NAME: it has started, or ended.
up()
{
    ! cluster_is_up "$1" || grep -q '^ready' "$1/data/postmaster.pid" 2>/dev/null
}

# visit NAME FAULT: play once; then without the fault.
visit()
{
    local name=$1
    rm -rf space
    as_owner mkdir space
    mkdir "$name"
    cp -a template/data "$name/data"
    cluster_adopt "$name" "$TEST_DIR/$name/data" --bin "$fault_bin"
    export HOLDFAST_FAULT=$2
    cluster_start_nowait "$name"
    wait_until "start of the server" up "$name"
    play "$name" >acked
    ! cluster_is_up "$name" || cluster_stop "$name" fast
    unset HOLDFAST_FAULT
}

export HOLDFAST_FAULT_LIST=$TEST_DIR/passed
visit first ""
unset HOLDFAST_FAULT_LIST
assert_eq "$(tr '\n' ' ' <acked)" "1 2 3 4 5 6 7 8 9 10 11 " "all is done without a fault"
crash_plan passed 2
rm -rf first
visits=0
for case in "${crash_cases[@]}"; do
    name=v$visits
    visits=$((visits + 1))
    visit $name "$case"
    ! grep -E 'assertion failed|Sanitizer|SIGSEGV|signal 11' "$(cluster_log $name)" >bad || fail "$case: $(head -3 bad)"
    server_bin >$name/bin
    cluster_start $name
    there=$(cluster_sql $name "select n from n order by 1" 2>/dev/null || true)
    [ -z "$(comm -23 <(sort acked) <(sort <<<"$there"))" ] ||
        fail "$case: acknowledged were $(tr '\n' ' ' <acked), there is only $(tr '\n' ' ' <<<"$there")"
    # What t has follows from which of its transactions are there.
    rows=0
    grep -qx 2 <<<"$there" && rows=3000
    grep -qx 6 <<<"$there" && rows=500
    grep -qx 11 <<<"$there" && rows=$((rows < 250 ? rows : 250))
    if grep -qx 1 <<<"$there"; then
        assert_eq "$(cluster_sql $name "select count(*) from t")" "$rows" "$case: rows of t after $(tr '\n' ' ' <<<"$there")"
    fi
    cluster_stop $name
    run "$bin/pg_checksums" --check -D "$TEST_DIR/$name/data"
    [ "$run_code" = 0 ] || fail "$case: $run_err"
    echo "$bin" >$name/bin
    cluster_start $name
    cluster_run $name "$bin/pg_amcheck" --all --install-missing --heapallindexed >amcheck.out 2>&1 || fail "$case: $(head -5 amcheck.out)"
    cluster_stop $name
    rm -rf "${TEST_DIR:?}/$name"
done
ok "$visits visits"
