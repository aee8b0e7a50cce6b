#!/usr/bin/env bash
# damaged_files_are_reported_as_in_postgresql.sh - pages with wrong checksums, files cut or gone, the log cut or damaged
#
# Two copies of one directory are damaged alike; a real server and ours must say the same, and go on with what is whole.
# Then damage that no checksum tells of, by chance: ours may refuse it or give what stands there, but not die of it.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
seed=${HOLDFAST_SEED:-$$}
RANDOM=$((seed & 32767))
rounds=$([ -n "${HOLDFAST_WORLD-}" ] && echo 300 || echo 3)
note "HOLDFAST_SEED=$seed"

cluster_init base --set "autovacuum = off" --set "wal_recycle = off"
cluster_start base
cluster_sql base "create table t (a int primary key, b text, c text);
    alter table t alter c set storage external;
    insert into t select g, repeat('b', g % 50), repeat('c', 3000) from generate_series(1, 3000) g;
    create index t_b on t (b); create table cut (a int); insert into cut select generate_series(1, 10000);
    create table gone (a int); insert into gone values (1); create table whole (a int); insert into whole select generate_series(1, 1000);
    vacuum; checkpoint"
declare -A file
for relation in t t_pkey t_b cut gone whole; do
    file[$relation]=$(cluster_sql base "select pg_relation_filepath('$relation')")
done
file[toast]=$(cluster_sql base "select pg_relation_filepath(reltoastrelid) from pg_class where relname = 't'")
file[fsm]=${file[t]}_fsm
file[vm]=${file[t]}_vm
cluster_stop base

# flip FILE OFFSET: another byte there.
flip()
{
    local old
    old=$(dd if="$1" bs=1 skip="$2" count=1 status=none | od -An -tu1)
    # shellcheck disable=SC2059
    printf "\\$(printf '%03o' $((old ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

copies()
{
    local name
    for name in theirs ours; do
        ! cluster_is_up "$name" 2>/dev/null || cluster_stop "$name" immediate
        rm -rf "${TEST_DIR:?}/$name"
        mkdir "$name"
        cp -a "$(cluster_dir "${1:-base}")" "$name/data"
    done
    cluster_adopt theirs "$TEST_DIR/theirs/data"
    cluster_adopt ours "$TEST_DIR/ours/data" --bin "$(server_bin)"
}

both()
{
    local name
    for name in theirs ours; do
        cluster_psql "$name" -A -t -v VERBOSITY=verbose <<<"$1" 2>&1 | sed '/^LOCATION: /d' >"$name.out"
    done
    diff -U 2 theirs.out ours.out >differ || fail "other answers to damage: $(head -30 differ)"
    ok "$(grep -m 1 ERROR ours.out || head -1 ours.out) ..."
}

# ---- Pages whose checksum is wrong, files that are cut or missing ----

copies
for name in theirs ours; do
    (
        cd "$name/data"
        flip "${file[t]}" $((8192 * 2 + 5000))
        flip "${file[t]}" $((8192 * 7 + 20))
        flip "${file[t_pkey]}" $((8192 * 2 + 1000))
        flip "${file[t_b]}" $((8192 * 0 + 5000))
        flip "${file[toast]}" $((8192 * 5 + 4000))
        flip "${file[fsm]}" 300
        flip "${file[vm]}" 300
        truncate -s $((8192 * 10 + 4096)) "${file[cut]}"
        rm "${file[gone]}"
    )
    cluster_start "$name"
done
both "select count(*) from t;
select count(*) from whole;
set enable_indexscan = off; set enable_bitmapscan = off; select count(*) from t where ctid < '(2,0)';
select a from t where a = 1; reset enable_indexscan; reset enable_bitmapscan;
set enable_seqscan = off; select b from t where a = 1; select b from t where a between 500 and 510; select count(*) from t where b = 'bbb';
reset enable_seqscan; select sum(length(c)) from t where a < 100;
select length(c) from t where a between 1 and 3;
insert into t values (-1, 'x', 'y');
update whole set a = a + 1 where a < 3; select sum(a) from whole;
select count(*) from cut; insert into cut values (1); select * from gone; insert into gone values (2); drop table gone;
vacuum t; analyze whole;
set ignore_checksum_failure = on; select count(*) from t where a < 0;
set ignore_checksum_failure = off; set zero_damaged_pages = on; select count(*) > 0 from t;
create table more as select * from whole; select count(*) from more; drop table more; checkpoint;"
for name in theirs ours; do
    cluster_kill "$name"
    cluster_start "$name"
done
both "select count(*) from whole; select count(*) from t where ctid < '(2,0)';"

# ---- Maps: what is damaged there is made anew, after a crash too ----

copies
for name in theirs ours; do
    flip "$name/data/${file[vm]}" 300
    flip "$name/data/${file[fsm]}" 300
    cluster_start "$name"
done
both "update t set b = 'x' where a = 1500; insert into t values (-1, 'x', 'y');"
for name in theirs ours; do
    cluster_kill "$name"
    cluster_start "$name"
    sed -n 's/.*WARNING: *\(invalid page\)/\1/p' "$(cluster_log "$name")" >"$name.maps"
done
diff theirs.maps ours.maps >differ || fail "other words about maps: $(cat differ)"
[ "$(wc -l <ours.maps)" -ge 2 ] || fail "no page of a map was made anew: $(cat ours.maps)"
both "select count(*) from t; vacuum t; select count(*) from t"

# ---- The log: cut, or damaged, behind the last checkpoint ----

cluster_start base
cluster_sql base "insert into whole select generate_series(1, 500); insert into whole values (-1); insert into whole values (-2); insert into whole values (-3)"
cluster_kill base
redo=$(as_owner "$bin/pg_controldata" "$(cluster_dir base)" | sed -n "s/^Latest checkpoint's REDO location: *//p")
segment=pg_wal/$(as_owner "$bin/pg_controldata" "$(cluster_dir base)" | sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
start=$((16#${redo#*/} % 16777216))
as_owner "$bin/pg_waldump" -p "$(cluster_dir base)/pg_wal" -s "$redo" 2>/dev/null | grep -o 'lsn: 0/[0-9A-F]*' | sed 's/.*\///' >records || true
last=$((16#$(tail -1 records) % 16777216))
note "records from $start to $last"
for ((i = 0; i < rounds; i++)); do
    copies
    at=$((start + 200 + (RANDOM * 32768 + RANDOM) % (last - start - 200)))
    case $((i % 3)) in
        0) what="a byte" ;;
        1) what="zeros" ;;
        2) what="another page" ;;
    esac
    for name in theirs ours; do
        case $what in
            "a byte") flip "$name/data/$segment" $at ;;
            zeros) dd if=/dev/zero of="$name/data/$segment" bs=1 seek=$at count=$((last - at + 3000)) conv=notrunc status=none ;;
            "another page") dd if="$name/data/$segment" of="$name/data/$segment" bs=8192 seek=$((at / 8192 + 1)) skip=$((at / 8192)) count=1 conv=notrunc status=none ;;
        esac
        cluster_start "$name"
        grep -E 'redo|invalid|incorrect|unexpected|record|PANIC|FATAL' "$(cluster_log "$name")" | grep -v checkpoint |
            sed -E 's/^[^ ]+ [^ ]+ [A-Z]+ \[[0-9]+\] //; s/, *elapsed.*//; s/system usage.*//' >"$name.log"
        cluster_sql "$name" "select count(*), sum(a) from whole" >>"$name.log"
    done
    diff -U 3 theirs.log ours.log >differ || fail "round $i, $what at $at of $segment: $(cat differ)"
    ok "$what at $at: $(tail -1 ours.log)"
done

# ---- Damage that no checksum tells of ----

cluster_start base
cluster_stop base
as_owner "$bin/pg_checksums" --disable -D "$(cluster_dir base)" >/dev/null
for ((i = 0; i < rounds; i++)); do
    rm -rf "${TEST_DIR:?}/wild"
    mkdir wild
    cp -a "$(cluster_dir base)" wild/data
    cluster_adopt wild "$TEST_DIR/wild/data" --bin "$(server_bin)"
    damaged=
    for relation in t t_pkey t_b toast fsm vm; do
        size=$(stat -c %s "wild/data/${file[$relation]}")
        for ((n = 0; n < 6; n++)); do
            # Page headers, line pointers, the first and the last items are most worth it.
            at=$(((RANDOM * 32768 + RANDOM) % size))
            [ $((n % 2)) = 0 ] || at=$((at / 8192 * 8192 + RANDOM % 300))
            flip "wild/data/${file[$relation]}" $at
            damaged+=" $relation:$at"
        done
    done
    cluster_start wild
    timeout 100 "${owner_prefix[@]}" env PGHOST="$(cluster_socket_dir wild)" "$bin/psql" -X -A -t -U postgres -d postgres >wild.out 2>&1 <<'SQL' || true
set statement_timeout = '10s';
select count(*), sum(length(b)), sum(length(c)) from t;
select count(*) from t where xmin is not null;
select a, length(c) from t where a % 100 = 0 order by a;
set enable_seqscan = off; set enable_bitmapscan = off;
select count(*) from t where a > 0;
select count(*) from t where b > '';
select a from t where a > 0 order by a desc limit 2000;
select * from t where b = 'bbb';
insert into t select g, 'new', repeat('n', 3000) from generate_series(5000, 5200) g;
update t set b = 'changed', c = c || 'x' where a between 100 and 200;
delete from t where a between 300 and 400;
vacuum t;
analyze t;
vacuum freeze t;
reindex table t;
vacuum t;
select count(*) from t;
SQL
    # Where a page is tidied up while it is changed, that it is corrupted ends the server, as it does a real one. The log
    # still grows: both look at one copy of it.
    cp "$(cluster_log wild)" wild.log
    grep -A 1000 'PANIC:  corrupted' wild.log >panic || true
    if grep -vxFf panic wild.log |
        grep -E 'terminated by signal|assertion failed|PANIC|Sanitizer|canceling statement due to' >bad; then
        fail "round $i, bytes turned at$damaged: $(head -3 bad)"
    fi
    cluster_stop wild immediate
done
ok "$rounds times damaged without checksums: no process died"
