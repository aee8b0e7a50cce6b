#!/usr/bin/env bash
# base_backups_under_load_are_good.sh - backups of our server by pg_basebackup and pgbasebackup while pgbench changes it and
# tables come, grow, shrink and go: pg_verifybackup finds nothing wrong, real PostgreSQL and ours start on them, sums agree
#
# full_page_writes is off, so that only the images which a backup forces make torn pages whole.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
declare -A program=([real]=$bin/pg_basebackup [own]=$HOLDFAST_BIN/pgbasebackup)
cluster_init ours --bin "$(server_bin)" --set "full_page_writes = off" --set "wal_keep_size = 2GB"
cluster_start ours
cluster_run ours "$bin/pgbench" -i -q -I dtgp -s 5 postgres >init.out 2>&1 || fail "init: $(tail -5 init.out)"
# So many that the manifest does not fit into memory that it may have.
for ((i = 0; i < 400; i++)); do
    echo "create table small_$i (x int); insert into small_$i values ($i);"
done | cluster_sql ours "$(cat)"

cluster_run ours "$bin/pgbench" -n -c 4 -R 200 -T 600 postgres >load.out 2>&1 &
load=$!
at_end kill "$load"
# Files come and go, whole relations and their ends, and databases (with HOLDFAST_WORLD).
changes()
{
    while [ -e changing ]; do
        cat <<'SQL'
create table come (x int primary key);
insert into come select generate_series(1, 10000);
create table comes_and_stays (x int);
delete from come where x > 100;
vacuum come;
truncate come;
insert into come select generate_series(1, 5000);
drop table come;
drop table comes_and_stays;
select pg_sleep(0.2);
SQL
        [ -z "${HOLDFAST_WORLD-}" ] || printf '%s\n' 'create database gone;' 'drop database gone;'
    done | cluster_psql ours -q -A -t >changes.out 2>&1
}
touch changing
changes &
changer=$!
cluster_wait_sql ours "select count(*) > 100 from pgbench_history" "the first transactions"

check_sums()
{
    assert_eq "$(cluster_sql "$1" "select count(*) >= $before from pgbench_history")" t "$1: nothing is lost"
    assert_eq "$(cluster_sql "$1" "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)
        and (select sum(tbalance) from pgbench_tellers) = (select sum(bbalance) from pgbench_branches)")" t "$1: sums agree"
    assert_eq "$(cluster_sql "$1" "select sum(x) from small_399")" 399 "$1: the last table is there"
}

# check NAME DIR SERVER: the copy starts on that server, with all that was there before, and sums agree.
check()
{
    local name=$1 dir=$2 options=()
    [ "$3" = real ] || options=(--bin "$(server_bin)")
    cluster_adopt "$name" "$TEST_DIR/$dir" ${options[@]+"${options[@]}"}
    cluster_start "$name"
    cluster_wait_sql "$name" "select not pg_is_in_recovery()" "the end of recovery"
    check_sums "$name"
    if [ "$3" = real ]; then
        cluster_run "$name" "$bin/pg_amcheck" --all --install-missing --heapallindexed >amcheck.log 2>&1 ||
            fail "$name: pg_amcheck: $(tail -5 amcheck.log)"
    fi
    cluster_stop "$name"
    rm -rf "${TEST_DIR:?}/$dir"
}

# unpack DIR: what archives hold, compressed or not, in place of them.
unpack()
{
    local file
    for file in "$1"/*.tar*; do
        case $file in
            *.gz) gzip -dc "$file" ;;
            *.lz4) lz4 -dcq "$file" ;;
            *.zst) zstd -dcq "$file" ;;
            *) cat "$file" ;;
        esac | tar -xf - -C "$1" || fail "tar does not take $file"
        rm "$file"
    done
    owner_path "$1"
}

number=0
# backup PROGRAM SERVER OPTION...: take it, verify it, start SERVER on it.
backup()
{
    local who=$1 server=$2 dir
    shift 2
    number=$((number + 1))
    dir=copy$number
    before=$(cluster_sql ours "select count(*) from pgbench_history")
    case " $* " in
        *"=server:"*) dir=on_server ;;
        *) set -- -D "$TEST_DIR/$dir" "$@" && as_owner mkdir "$dir" ;;
    esac
    cluster_run ours "${program[$who]}" -c fast --no-sync "$@" >backup.out 2>&1 || fail "$who $*: $(tail -5 backup.out)"
    owner_path "$dir"
    chmod 700 "$dir"
    ! compgen -G "$dir/*.tar*" >/dev/null || unpack "$dir"
    as_owner "$bin/pg_verifybackup" "$dir" >verify.out 2>&1 || fail "$who $*: pg_verifybackup: $(tail -5 verify.out)"
    check "run$number" "$dir" "$server"
    ok "$who ${*//$TEST_DIR/}"
}

backup real real -X fetch
backup own ours -X stream
backup real ours -X fetch -Ft -Z server-zstd:level=1,workers=2
backup own real -X fetch -Ft -Z server-lz4
if [ -n "${HOLDFAST_WORLD-}" ]; then
    backup real real -X stream -Z server-gzip:1 -r 100M
    backup real real -X fetch --target="server:$TEST_DIR/on_server" -Z server-lz4 --manifest-checksums=SHA256
fi
backup own ours -X fetch --target="server:$TEST_DIR/on_server"
[ ! -e "$(cluster_dir ours)/base/pgsql_tmp" ] || [ -z "$(ls -A "$(cluster_dir ours)/base/pgsql_tmp")" ] ||
    fail "temporary files are left"

# Both servers follow ours from a backup that reserved the log for them, and are promoted when it is quiet.
for server in real ours; do
    options=()
    [ $server = real ] || options=(--bin "$(server_bin)")
    as_owner mkdir -m 700 standby.$server
    cluster_run ours "${program[$server]:-$bin/pg_basebackup}" -D "$TEST_DIR/standby.$server" -c fast --no-sync -R -C -S slot_$server \
        >backup.out 2>&1 || fail "-R -C -S: $(tail -5 backup.out)"
    cluster_adopt s_$server "$TEST_DIR/standby.$server" ${options[@]+"${options[@]}"}
    cluster_start s_$server
    cluster_wait_replay s_$server "$(cluster_lsn ours)"
    ok "-R -C -S: a standby follows, $server"
done

rm changing
wait $changer
! grep -v "^$" changes.out || fail "changes: $(cat changes.out)"
kill $load
wait $load 2>/dev/null || true
before=$(cluster_sql ours "select count(*) from pgbench_history")
for server in real ours; do
    cluster_wait_replay s_$server "$(cluster_lsn ours)"
    cluster_promote s_$server
    check_sums s_$server
    cluster_stop s_$server
done
cluster_stop ours
