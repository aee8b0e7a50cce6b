#!/usr/bin/env bash
# server.sh - our server and PostgreSQL 15 in turn, with the same settings: transactions, COPY, indexes, replay, backups,
# and what an idle session costs
#
# HOLDFAST_BENCH_PARTS says which (all: "select tpcb connect copy index replay backup memory"). Sizes: HOLDFAST_BENCH_SCALE
# of pgbench (20), HOLDFAST_BENCH_TRANSACTIONS of a round (100000 that read; a tenth that write, a hundredth that connect),
# HOLDFAST_BENCH_ROWS of COPY and index (5 million), HOLDFAST_BENCH_MB of log and of backup (1000).
. "$(dirname "$0")/../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
. "$TEST_LIB/bench.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
parts=" ${HOLDFAST_BENCH_PARTS:-select tpcb connect copy index replay backup memory} "
transactions=${HOLDFAST_BENCH_TRANSACTIONS:-100000}
rows=${HOLDFAST_BENCH_ROWS:-5000000}
mb=${HOLDFAST_BENCH_MB:-1000}
settings=(--set 'shared_buffers = 512MB' --set 'max_wal_size = 16GB' --set 'checkpoint_timeout = 1h' --set 'autovacuum = off'
    --set 'maintenance_work_mem = 256MB' --set 'fsync = on' --set 'max_connections = 100')

wanted() { [[ "$parts" == *" $1 "* ]]; }

cluster_init theirs "${settings[@]}"
cluster_init ours --bin "$(server_bin)" "${settings[@]}"
for name in theirs ours; do
    cluster_start $name
done
printf 'processors: %s; file system: %s\n' "$(nproc)" "$(stat -f -c %T "$TEST_DIR")"

# What one round left to be written does not fall into the next.
settle()
{
    cluster_sql theirs "checkpoint"
    cluster_sql ours "checkpoint"
}
BENCH_BEFORE=settle

# compare WHAT FUNCTION: the function with each server's name.
compare()
{
    theirs() { "$measured" theirs; }
    ours() { "$measured" ours; }
    local measured=$2
    bench_compare "$1" theirs ours
}

# ---- Transactions ----

bench()
{
    cluster_run "$1" "$bin/pgbench" -n -c "$clients" -j "$((clients < 8 ? clients : 8))" -t "$((count / clients))" "${words[@]}" postgres
}

# pgbench_row WHAT COUNT OPTION...: for 1, 8 and 32 clients.
pgbench_row()
{
    local what=$1 count=$2 clients
    words=("${@:3}")
    for clients in 1 8 32; do
        compare "$what, $clients clients" bench
    done
}

if wanted select || wanted tpcb || wanted connect; then
    for name in theirs ours; do
        cluster_run $name "$bin/pgbench" -i -q -I dtgp -s "${HOLDFAST_BENCH_SCALE:-20}" postgres >init.out 2>&1 ||
            fail "pgbench -i on $name: $(tail -5 init.out)"
        cluster_sql $name "vacuum analyze"
    done
fi
! wanted select || pgbench_row "select-only, prepared" "$transactions" -S -M prepared
! wanted tpcb || pgbench_row "tpcb-like, prepared" $((transactions / 10)) -M prepared
! wanted connect || pgbench_row "select-only, a connection each" $((transactions / 100)) -S -C

# ---- COPY and an index ----

copy_in()
{
    cluster_run "$1" psql -X -q -d postgres -c "copy bench_rows from stdin" <rows.txt
}

make_index()
{
    cluster_sql "$1" "create index bench_index on bench_rows (b)"
}

empty_tables()
{
    for name in theirs ours; do
        cluster_sql $name "truncate bench_rows"
    done
    settle
}

drop_indexes()
{
    for name in theirs ours; do
        cluster_sql $name "drop index if exists bench_index" 2>/dev/null
    done
    settle
}

if wanted copy || wanted index; then
    awk -v n="$rows" 'BEGIN { for (i = 1; i <= n; i++) printf "%d\t%d\tthe text of row %d\n", i, (i * 7919) % 1000003, i }' \
        >rows.txt
    owner_path rows.txt
    for name in theirs ours; do
        cluster_sql $name "create table bench_rows (a int, b int, c text)"
    done
    BENCH_BEFORE=empty_tables
    ! wanted copy || compare "COPY in, $rows rows" copy_in
    empty_tables
    copy_in theirs
    copy_in ours
    BENCH_BEFORE=drop_indexes
    ! wanted index || compare "CREATE INDEX, $rows rows" make_index
    BENCH_BEFORE=settle
    for name in theirs ours; do
        cluster_sql $name "drop table bench_rows"
    done
    rm rows.txt
fi

# ---- A base backup, to nobody's disk ----

back_up()
{
    cluster_run "$1" "$bin/pg_basebackup" -c fast -X none -Ft -D -
}

if wanted backup; then
    for name in theirs ours; do
        cluster_sql $name "create table bench_filler (x int, filler text)"
        cluster_sql $name "insert into bench_filler select g, md5(g::text) || repeat('y', 900) from generate_series(1, $mb * 1000) g"
    done
    compare "base backup, $mb MB" back_up
fi

# ---- An idle session ----

# private_kb NAME: of a session that has run a query and waits.
private_kb()
{
    local pid line
    coproc IDLE { cluster_run "$1" psql -X -A -t -q -d postgres; }
    echo "select pg_backend_pid() from pg_class limit 1;" >&"${IDLE[1]}"
    read -r pid <&"${IDLE[0]}"
    while read -r line; do
        case $line in Private_*) echo "$line" ;; esac
    done <"/proc/$pid/smaps_rollup" | awk '{ sum += $2 } END { print sum }'
    echo '\q' >&"${IDLE[1]}"
    wait "$IDLE_PID"
}

if wanted memory; then
    a=$(private_kb theirs)
    b=$(private_kb ours)
    printf '%-44s theirs %6d kB, ours %6d kB, ratio %d.%02d\n' "private memory of an idle session" "$a" "$b" \
        $((a / b)) $((a * 100 / b % 100))
fi

# ---- Replay after a crash, of the same directory ----

copy_crashed()
{
    rm -rf "$TEST_DIR/replay.theirs" "$TEST_DIR/replay.ours"
    for name in theirs ours; do
        mkdir "$TEST_DIR/replay.$name"
        cp -a "$crashed" "$TEST_DIR/replay.$name/data"
        cluster_adopt "replay.$name" "$TEST_DIR/replay.$name/data" --bin "$(cat "$TEST_DIR/$name/bin")"
    done
    sync
}

replay()
{
    cluster_start "replay.$1"
}

# Both start, outside of the measure the one that has been measured is stopped.
replay_round()
{
    local name
    for name in theirs ours; do
        ! cluster_is_up "replay.$name" || cluster_stop "replay.$name" immediate
    done
    copy_crashed
}

if wanted replay; then
    cluster_stop ours
    cluster_sql theirs "create table bench_log (a int primary key, b text); checkpoint"
    start=$(cluster_lsn theirs)
    for ((at = 0; ; at += 200000)); do
        cluster_sql theirs "insert into bench_log select g, md5(g::text) from generate_series($at, $at + 199999) g"
        [ "$(cluster_sql theirs "select pg_current_wal_insert_lsn() - '$start' < $mb * 1048576::bigint")" = t ] || break
    done
    cluster_kill theirs
    crashed=$(cluster_dir theirs)
    mkdir replay.theirs replay.ours
    BENCH_BEFORE=replay_round
    compare "replay after a crash, $mb MB" replay
    replay_round
fi
