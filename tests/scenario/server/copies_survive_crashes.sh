#!/usr/bin/env bash
# copies_survive_crashes.sh - what COPY has said it copied is there after a crash, whole, and nothing else is
#
# HOLDFAST_TEST_CRASHES rounds (3; with HOLDFAST_WORLD 20): clients copy rows, and the server is killed.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
theirs=$(cluster_find_bin 15)
crashes=${HOLDFAST_TEST_CRASHES:-${HOLDFAST_WORLD:+20}}
HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM}
RANDOM=$((HOLDFAST_SEED % 32768))
note "HOLDFAST_SEED=$HOLDFAST_SEED HOLDFAST_TEST_CRASHES=${crashes:=3}"
rows=3000

cluster_init ours --bin "$(server_bin)" --set "shared_buffers = '2MB'" --set "wal_buffers = '64kB'"
cluster_start ours
cluster_psql ours -q -c "create table t (batch int, n int, x text, primary key (n, batch)); create index on t (x)" ||
    fail "no table"

# copy_on CLIENT ROUND: batch after batch until the server is gone; those that it has taken stand in done.CLIENT.
copy_on()
{
    local batch=$(($2 * 1000 + $1 * 100))
    while seq $rows | awk -v b=$batch '{ printf "%d\t%d\tx%d", b, $1, ($1 * 7919) % 1000
            for (i = $1 % 40; i > 0; i--) printf " more"; printf "\n" }' |
        cluster_psql ours -q -c "copy t from stdin" >/dev/null 2>&1; do
        echo $batch >>"done.$1"
        batch=$((batch + 1))
    done
}

for ((round = 1; round <= crashes; round++)); do
    loads=()
    for client in 1 2 3; do
        copy_on $client $round &
        loads+=($!)
    done
    sleep 0.$((2 + RANDOM % 8))
    cluster_kill ours
    wait "${loads[@]}" 2>/dev/null || true
    cluster_start ours
done
cluster_stop ours fast
cat done.* | sort -n >told
[ -s told ] || fail "nothing was copied"

cluster_adopt again "$(cluster_dir ours)" --bin "$theirs"
cluster_start again
cluster_psql again -At -c "select batch from t group by batch having count(*) <> $rows" >parts
[ ! -s parts ] || fail "some of batches $(tr '\n' ' ' <parts)is there"
cluster_psql again -At -c "select distinct batch from t order by 1" >found
comm -23 <(sort told) <(sort found) >lost
[ ! -s lost ] || fail "batches $(tr '\n' ' ' <lost)are lost"
ok "$(wc -l <told) batches were copied, $(wc -l <found) are there"
run "$theirs/pg_amcheck" -h "$(cluster_socket_dir again)" -p "$(cluster_port again)" -U postgres --install-missing \
    --heapallindexed postgres
assert_eq "$run_code" 0 "pg_amcheck finds nothing: $run_out $run_err"
cluster_stop again fast
assert_exit 0 "$theirs/pg_checksums" --check -D "$(cluster_dir ours)"
