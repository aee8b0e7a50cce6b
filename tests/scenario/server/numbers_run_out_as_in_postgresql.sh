#!/usr/bin/env bash
# numbers_run_out_as_in_postgresql.sh - xids, multixacts, their members, connections, locks and temporary files at their ends
#
# The same clusters, moved on by the real pg_resetwal, run by a real server and by ours: what they refuse, in which words,
# when they go on, and over the end of 32 bits (of multixacts with HOLDFAST_WORLD alone). The next number of a kind is given; a segment of its
# status is made.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
conf=(--set "autovacuum = off" --set "max_connections = 6"
    --set "superuser_reserved_connections = 2" --set "max_locks_per_transaction = 10" --set "max_wal_senders = 0")
cluster_init theirs "${conf[@]}"
cluster_init ours --bin "$(server_bin)" "${conf[@]}"

# both SQL [FILTER...]: on both as one session, with what they answer; it must be the same.
both()
{
    local name text=$1
    shift
    for name in theirs ours; do
        cluster_psql "$name" -A -t -v VERBOSITY=verbose <<<"$text" 2>&1 | sed '/^LOCATION: /d' | "${@:-cat}" >"$name.out"
    done
    diff -U 2 theirs.out ours.out >differ || fail "other answers: $(head -30 differ)"
    ok "$(head -1 ours.out | cut -c 1-100) ..."
}

# move OPTION...: both are stopped, pg_resetwal moves them, both go on.
move()
{
    move_one theirs "$@"
    move_one ours "$@"
}

move_one()
{
    local name=$1
    shift
    ! cluster_is_up "$name" || cluster_stop "$name"
    as_owner "$bin/pg_resetwal" "$@" -D "$(cluster_dir "$name")" >/dev/null
    for segment in "${segments[@]}"; do
        as_owner dd if=/dev/zero of="$(cluster_dir "$name")/$segment" bs=8192 count=32 status=none
    done
    cluster_start "$name"
}

# segment FOLDER NUMBER PER_PAGE: of a status file, 32 pages each.
segment()
{
    printf '%s/%04X' "$1" $(($2 / $3 / 32))
}

freeze_all="vacuum freeze; \\c template1
vacuum freeze; \\c postgres
"
freeze()
{
    local name
    for name in theirs ours; do
        cluster_sql "$name" "update pg_database set datallowconn = true where datname = 'template0'"
        printf '%s\n' "$freeze_all" '\c template0' 'vacuum freeze' ';' | PGOPTIONS="-c client_min_messages=error" cluster_psql "$name" -q -v ON_ERROR_STOP=1
    done
}

# ---- Xids ----

for name in theirs ours; do
    cluster_start "$name"
    cluster_sql "$name" "create table t (a int primary key, b text); insert into t select g, 'x' from generate_series(1, 100) g"
done
# A server begins to vacuum by itself, but it cannot in template1, as long as that has no PG_VERSION.
for left in 40000000 3000000; do
    cluster_stop theirs
    cluster_stop ours
    oldest=$(as_owner "$bin/pg_controldata" "$(cluster_dir theirs)" | sed -n "s/^Latest checkpoint's oldestXID: *//p")
    next=$((oldest + 2147483647 - left + 1000))
    segments=("$(segment pg_xact "$next" 32768)")
    for name in theirs ours; do
        version=$(cluster_dir "$name")/base/1/PG_VERSION
        mv "$version" "$version.away"
        move_one "$name" -x "$next" -u "$oldest"
        cluster_psql "$name" -A -t -v VERBOSITY=verbose >"$name.out" 2>&1 <<SQL
insert into t values (-$left, 'late'); select count(*) from t;
begin; savepoint a; insert into t values (-$left - 1, 'later'); commit; select 1; select txid_current_if_assigned();
select txid_current() > 0; insert into t values (-$left - 2, 'last'); select count(*) from t; analyze t;
SQL
        sed -i -E '/^LOCATION: /d; s/within [0-9]+ transactions/within N transactions/; s/database ("[a-z0-9]*"|with OID [0-9]*)/DATABASE/' "$name.out"
        mv "$version.away" "$version"
        cluster_restart "$name"
        cluster_wait_sql "$name" "select max(age(datfrozenxid)) < 1000 from pg_database"
    done
    diff -U 2 theirs.out ours.out >differ || fail "$left xids are left: $(head -30 differ)"
    ok "$left xids are left: $(grep -E -m 1 'WARNING|ERROR' ours.out)"
done
both "insert into t values (2000, 'after'); select count(*) from t; select datname, age(datfrozenxid) < 1000 from pg_database order by 1"

# Over the end of 32 bits, in transactions and subtransactions, with a crash behind it.
segments=(pg_xact/0FFF)
move -x 4294967200
script=
for ((i = 0; i < 100; i++)); do
    script+="begin; insert into t values (10000 + $i, 'top'); savepoint a; insert into t values (20000 + $i, 'sub'); rollback to a; savepoint b;
        update t set b = b || '.' where a = 10000 + $i; commit; "
done
both "$script"
both "select txid_current() > 4294967296, txid_current() < 4294968000; select count(*), sum(length(b)) from t; select b, count(*) from t group by 1 order by 1;
    select xmin::text::bigint < 1000 and xmin::text::bigint >= 3 from t where a = 10099; select xmin::text::bigint > 4294967199 from t where a = 10001"
for name in theirs ours; do
    cluster_kill "$name"
    cluster_start "$name"
done
both "select txid_current() > 4294967296; select count(*), sum(length(b)) from t; delete from t where a > 20000; vacuum t; select count(*) from t"
freeze
both "select count(*), sum(length(b)) from t; select max(age(datfrozenxid)) < 100 from pg_database"

# ---- Multixacts: rows locked by two sessions at once ----

# share COUNT: each of so many rows by two sessions, at the same time.
share()
{
    local name
    for name in theirs ours; do
        session_open "a.$name" "$name"
        session_open "b.$name" "$name"
        session_run "a.$name" "begin; select count(*) from (select 1 from t where a <= $1 for share) x" >"$name.said"
        session_run "b.$name" "\\set VERBOSITY verbose
            begin; select count(*) from (select 1 from t where a <= $1 for share) x" >>"$name.said" 2>&1
        session_run "a.$name" "commit" >>"$name.said"
        session_run "b.$name" "commit" >>"$name.said"
        session_close "a.$name"
        session_close "b.$name"
        sed -i -E '/^LOCATION: /d; s/before [0-9]+ more MultiXactIds are used/before N more/; s/database ("[a-z0-9]*"|with OID [0-9]*)/DATABASE/' "$name.said"
    done
    diff -U 2 theirs.said ours.said >differ || fail "two sessions share $1 rows: $(head -30 differ)"
    ok "two sessions share $1 rows: $(tr '\n' ' ' <ours.said | cut -c 1-160)"
}

# 1636 members on a page, 2048 multixacts; members run over their end of 32 bits.
segments=("$(segment pg_multixact/members 4294967250 1636)" pg_multixact/offsets/0000 pg_multixact/members/0000)
move -m 2,1 -O 4294967250
share 20
share 100
for name in theirs ours; do
    cluster_kill "$name"
    cluster_start "$name"
done
share 100
both "select count(*) from t where xmax <> '0'; vacuum freeze t; select count(*) from t where xmax <> '0'"
freeze
# Over the end of 32 bits of the multixacts themselves, in steps that leave none two milliards behind.
multixacts_over_the_end()
{
    local next rows
    for next in 1500000000 3000000000; do
        segments=("$(segment pg_multixact/offsets $next 2048)" pg_multixact/members/0000)
        move -m $next,$next -O 1
        share 10
        freeze
    done
    segments=("$(segment pg_multixact/offsets 4294967292 2048)" pg_multixact/members/0000)
    move -m 4294967292,4294967292 -O 1
    for rows in 10 20 30 40 50 60; do
        share $rows
    done
    both "update t set b = b || '!' where a < 50; select count(*) from t where xmax <> '0'; vacuum freeze t; select count(*), sum(length(b)) from t"
    freeze
}
[ -z "${HOLDFAST_WORLD-}" ] || multixacts_over_the_end

# Too many of them: the oldest is two milliards behind.
for left in ${HOLDFAST_WORLD:+40000000} 3000000; do
    for name in theirs ours; do
        cluster_stop "$name"
        mv "$(cluster_dir "$name")/base/1/PG_VERSION" "$name.version"
    done
    oldest=$(as_owner "$bin/pg_controldata" "$(cluster_dir theirs)" | sed -n "s/^Latest checkpoint's oldestMultiXid: *//p")
    next=$((oldest + 2147483647 - left + 1000))
    segments=("$(segment pg_multixact/offsets "$next" 2048)" pg_multixact/members/0000)
    move -m "$next,$oldest" -O 1
    share 5
    for name in theirs ours; do
        mv "$name.version" "$(cluster_dir "$name")/base/1/PG_VERSION"
    done
    freeze
done
for name in theirs ours; do
    cluster_stop "$name"
done

# ---- Connections, locks, temporary files ----

# Four connections are for anybody, two more for superusers.
for name in theirs ours; do
    cluster_start "$name"
    cluster_sql "$name" "create role guest login"
    for ((i = 1; i <= 6; i++)); do
        session_open "s$i.$name" "$name"
        if [ "$i" = 4 ]; then
            cluster_psql "$name" -U guest -c "select 1" >"$name.said" 2>&1 || true
        fi
    done
    cluster_psql "$name" -c "select 1" >>"$name.said" 2>&1 || true
    for ((i = 1; i <= 6; i++)); do
        session_close "s$i.$name"
    done
    cluster_wait_sql "$name" "select count(*) = 1 from pg_stat_activity where backend_type = 'client backend'"
    cluster_psql "$name" -U guest -A -t -c "select 'let in'" >>"$name.said" 2>&1 || true
    sed -i 's/socket ".*"/socket/' "$name.said"
done
diff -U 2 theirs.said ours.said >differ || fail "all connections taken: $(head -30 differ)"
assert_contains "$(cat ours.said)" "too many clients already" "all connections are taken"

# fits NAME COUNT: is there room for so many locks?
fits()
{
    cluster_sql "$1" "select count(pg_advisory_xact_lock(i)) from generate_series(1, $2) i" >/dev/null 2>&1
}

# How many locks there is room for differs, but ours holds those that fit there; that they run out, what is said, and
# that all goes on, does not differ.
few=1
many=10000
while [ $((many - few)) -gt 1 ]; do
    count=$(((few + many) / 2))
    if fits theirs "$count"; then few=$count; else many=$count; fi
done
fits ours "$few" || fail "$few locks do not fit"
ok "$few locks fit"
script="begin;"
for ((i = 0; i < 3000; i++)); do
    script+="create table many_$i ();"
done
both "$script rollback; begin; create table many_0 (); commit; select count(*) from pg_class where relname ~ '^many_'" sort -u
assert_contains "$(cat ours.out)" "53200: out of shared memory" "locks run out"
both "set temp_file_limit = '1MB'; set work_mem = '64kB'; select count(*) from (select g from generate_series(1, 300000) g order by g desc) x;
    select count(*) from generate_series(1, 300000); set work_mem = '100MB';
    select count(*) from (select g from generate_series(1, 300000) g order by g desc) x;
    reset temp_file_limit; set work_mem = '64kB'; select count(*) from (select g from generate_series(1, 300000) g order by g desc) x"

# ---- Subtransactions: more than a process shows to others, deep and wide ----

script="create table s (a int); begin;"
for ((i = 1; i <= 3000; i++)); do
    script+="savepoint s$i; insert into s values ($i);"
done
script+="rollback to s2001; select count(*), sum(a) from s; insert into s values (0); release s1001; select count(*), sum(a) from s;"
for ((i = 1; i <= 300; i++)); do
    back=""
    [ $((i % 3)) != 0 ] || back="rollback to x;"
    script+="savepoint x; insert into s values (10000 + $i); $back release x;"
done
for name in theirs ours; do
    cluster_restart "$name" -c max_locks_per_transaction=1000
    session_open "deep.$name" "$name"
    session_open "other.$name" "$name"
    session_run "deep.$name" "$script" | sort | uniq -c >"$name.said"
    # Its xids do not fit into what a snapshot copies: others must ask for each one's parent.
    {
        session_run "other.$name" "begin isolation level repeatable read; select count(*), sum(a) from s"
        session_run "deep.$name" "select count(*), sum(a) from s; commit"
        session_run "other.$name" "select count(*), sum(a) from s; commit; select count(*), sum(a) from s; delete from s where a % 2 = 0; select count(*) from s"
    } >>"$name.said"
    session_close "deep.$name"
    session_close "other.$name"
done
diff -U 2 theirs.said ours.said >differ || fail "3000 savepoints: $(head -30 differ)"
ok "3000 savepoints: $(tail -1 ours.said)"

# ---- What a real server finds ----

for name in theirs ours; do
    cluster_stop "$name"
done
assert_exit 0 "$bin/pg_checksums" --check -D "$(cluster_dir ours)"
cluster_adopt real "$(cluster_dir ours)"
cluster_start real
cluster_run real "$bin/pg_amcheck" --all --install-missing --heapallindexed --parent-check >amcheck.out 2>&1 || fail "amcheck: $(head -5 amcheck.out)"
ok "every index agrees with its table, and every table is in order"
