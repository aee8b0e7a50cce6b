#!/usr/bin/env bash
# shop.sh - the main job, end to end: a shop's database, an accident, and the way back
#
# A cluster of pginit, run by pgserver, archives its WAL through walarchive; pgbasebackup copies it while customers
# order; somebody deletes every order and drops a table; pitr restores the second before, and pgserver replays it. The
# proof compares counts and checksums, and the orders that the shop had confirmed to its customers.
#
# HOLDFAST_DEMO_SERVER   folder with postgres, initdb and pg_ctl, to show it on a real PostgreSQL 15 in place of pgserver
# HOLDFAST_DEMO_DIR      where to work (default: a new folder under TMPDIR, removed at the end)
# HOLDFAST_BUILD         where the built programs are (default: the checkout)

set -Eeuo pipefail
export LC_ALL=C.UTF-8 PSQLRC=/dev/null PGUSER=shop PGDATABASE=shop

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
source_dir=$(cd "$here/.." && pwd -P)
programs=$(cd "${HOLDFAST_BUILD:-$source_dir}" && pwd -P)/bin
if [ -n "${HOLDFAST_DEMO_SERVER:-}" ]; then
    server=$HOLDFAST_DEMO_SERVER/postgres init=$HOLDFAST_DEMO_SERVER/initdb control=$HOLDFAST_DEMO_SERVER/pg_ctl
else
    server=$programs/pgserver init=$programs/pginit control=$programs/pgctl
fi
all_programs=(pgbasebackup pgctl pgdump pginit pgserver pitr walarchive)

# Servers refuse to run as root, so root hands the whole demo over to an ordinary user.
if [ "$(id -u)" = 0 ]; then
    user=nobody
    ! id postgres >/dev/null 2>&1 || user=postgres
    work=${HOLDFAST_DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/holdfast-demo.XXXXXX")}
    tools=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-demo-programs.XXXXXX")
    mkdir -p "$tools/bin" "$work"
    cp "${all_programs[@]/#/$programs/}" "$tools/bin"
    cp "$here"/{shop.sh,shop.sql,order.sql} "$tools"
    chmod -R a+rX "$tools" && chown "$user" "$work"
    status=0
    HOLDFAST_DEMO_DIR=$work HOLDFAST_BUILD=$tools \
        setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
        env HOME="$work" bash "$tools/shop.sh" || status=$?
    rm -rf "$tools"
    [ -n "${HOLDFAST_DEMO_KEEP:-}" ] || rm -rf "$work"
    exit "$status"
fi

work=${HOLDFAST_DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/holdfast-demo.XXXXXX")}
keep=${HOLDFAST_DEMO_DIR:-}${HOLDFAST_DEMO_KEEP:-}
export PGHOST=$work/run
repo=file://$work/repository
step_no=0
started=$(date +%s%N)
writers=()

# ---- telling -----------------------------------------------------------------------------------------------------------

if [ -t 1 ]; then bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; else bold='' green='' red='' plain=''; fi

step()
{
    step_no=$((step_no + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step_no" "$*" "$plain"
}

say()
{
    printf '   %s\n' "$*"
}

# Show a command as it would be typed, then run it.
show()
{
    local word line
    line=$(basename "$1")
    for word in "${@:2}"; do
        [[ "$word" != *[!A-Za-z0-9_./:=-]* ]] || word="'$word'"
        line+=" $word"
    done
    printf '   $ %s\n' "${line//$work/\$WORK}"
    "$@" 2>&1 | sed -u 's/^/   /'
}

fail()
{
    printf '%s   FAILED: %s%s\n' "$red" "$*" "$plain" >&2
    exit 1
}

finish()
{
    local status=$?

    trap - EXIT
    stop_writers
    for cluster in production restored; do
        "$control" -D "$work/$cluster" -m immediate stop >/dev/null 2>&1 || true
    done
    if [ "$status" != 0 ]; then
        printf '%sThe demo failed at step %d.%s Logs are in %s\n' "$red" "$step_no" "$plain" "$work" >&2
    elif [ -z "$keep" ]; then
        rm -rf "$work"
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# ---- doing -------------------------------------------------------------------------------------------------------------

sql()
{
    psql -XAtq -v ON_ERROR_STOP=1 -p "$1" -c "$2"
}

start_server()
{
    local dir=$1 port=$2

    "$control" -D "$dir" -l "$work/$(basename "$dir").log" -w -t 120 \
        -o "-p $port -c listen_addresses='' -c unix_socket_directories='$work/run'" start >/dev/null ||
        fail "the server in $dir does not start: $(tail -n 5 "$work/$(basename "$dir").log")"
}

# Customers order, through one writer each; a confirmed order goes to the writer's own list, which the database never
# sees. The next order is placed when the one before was confirmed.
writer()
{
    local order

    trap - EXIT INT TERM
    coproc CLIENT { stdbuf -oL psql -XAtq -v ON_ERROR_STOP=1 -p 5601 2>>"$work/writers.log"; }
    cat "$here/order.sql" >&"${CLIENT[1]}"
    while [ ! -e "$work/closed" ]; do
        echo "execute place_order($1);" >&"${CLIENT[1]}" || break
        read -r order <&"${CLIENT[0]}" || break
        echo "$order" >>"$work/confirmed.$1"
    done 2>/dev/null
}

start_writers()
{
    local n

    for n in 1 2; do
        writer "$n" &
        writers+=($!)
    done
}

stop_writers()
{
    touch "$work/closed"
    for pid in "${writers[@]:-}"; do
        [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    done
    writers=()
    rm -f "$work/closed"
}

# One line a table: name, rows, a checksum over all rows.
fingerprint()
{
    sql "$1" "select 'customers', count(*), sum(hashtextextended(c::text, 0)) from customers c
              union all select 'products', count(*), sum(hashtextextended(p::text, 0)) from products p
              union all select 'orders', count(*), sum(hashtextextended(o::text, 0)) from orders o
              union all select 'order_items', count(*), sum(hashtextextended(i::text, 0)) from order_items i"
}

seconds_since()
{
    local ms=$((($(date +%s%N) - $1) / 1000000))

    printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

main()
{
    local t target before after confirmed_before orders_now missing

    for program in "${all_programs[@]}"; do
        [ -x "$programs/$program" ] || fail "$programs/$program is not built"
    done
    [ -x "$server" ] || fail "there is no PostgreSQL server in $HOLDFAST_DEMO_SERVER (HOLDFAST_DEMO_SERVER)"
    mkdir -p "$work/run"

    step "A cluster that archives its WAL"
    "$init" -D "$work/production" -U shop -A trust -k --locale=C.UTF-8 >"$work/initdb.log" ||
        fail "$(basename "$init"): $(tail -n 3 "$work/initdb.log")"
    cat >>"$work/production/postgresql.conf" <<CONF
wal_level = replica
archive_mode = on
archive_command = '"$programs/walarchive" push --repo "$repo" "%p"'
archive_timeout = 60
max_wal_size = 2GB
CONF
    say "archive_command = 'walarchive push --repo $(sed "s#$work#\$WORK#" <<<"$repo") \"%p\"'"
    start_server "$work/production" 5601
    say "$(PGDATABASE=postgres sql 5601 "select version()")"

    step "A shop with about a million rows"
    t=$(date +%s%N)
    PGDATABASE=postgres sql 5601 "create database shop"
    psql -Xq -v ON_ERROR_STOP=1 -p 5601 -f "$here/shop.sql"
    fingerprint 5601 | while IFS='|' read -r table rows _; do
        printf '   %-12s %9d rows\n' "$table" "$rows"
    done
    say "made in $(seconds_since "$t")"

    step "A hot base backup, while customers order"
    start_writers
    t=$(date +%s%N)
    show "$programs/pgbasebackup" -p 5601 -D "$work/base" -c fast -P
    say "$(du -sh "$work/base" | cut -f1) copied in $(seconds_since "$t"), the shop stayed open"

    step "Business goes on"
    sleep 3
    # Nobody writes while the shares are held, so what is seen here is exactly what was committed before this second.
    before=$(psql -XAtq -v ON_ERROR_STOP=1 -p 5601 <<'SQL'
begin; lock customers, products, orders, order_items in share mode;
select 'target', clock_timestamp();
select 'customers', count(*), sum(hashtextextended(c::text, 0)) from customers c
union all select 'products', count(*), sum(hashtextextended(p::text, 0)) from products p
union all select 'orders', count(*), sum(hashtextextended(o::text, 0)) from orders o
union all select 'order_items', count(*), sum(hashtextextended(i::text, 0)) from order_items i;
commit;
SQL
)
    target=$(sed -n 's/^target|//p' <<<"$before")
    before=$(grep -v '^target|' <<<"$before")
    sleep 1.1
    say "$(sql 5601 "select count(*) from orders") orders at $(sql 5601 "select now()::timestamp(0)")"

    step "The accident"
    say "shop=# DELETE FROM order_items;    -- without a WHERE"
    sql 5601 "delete from order_items"
    say "shop=# DROP TABLE customers CASCADE;"
    # In the order in which the writers lock, or one of both is the victim of a deadlock.
    sql 5601 "set client_min_messages = error; begin; lock orders in access exclusive mode; drop table customers cascade; commit"
    stop_writers
    say "order_items: $(sql 5601 'select count(*) from order_items') rows; customers: $(
        sql 5601 "select coalesce(to_regclass('customers')::text, 'gone')")"
    wait_archived

    step "Back to the second before it"
    t=$(date +%s%N)
    show "$programs/pitr" restore --backup "$work/base" --repo "$repo" --target-time "$target" -D "$work/restored"
    say "restored in $(seconds_since "$t"); now $(basename "$server") replays the archive"
    t=$(date +%s%N)
    start_server "$work/restored" 5602
    for _ in $(seq 600); do
        [ "$(sql 5602 'select pg_is_in_recovery()')" = t ] || break
        sleep 0.1
    done
    [ "$(sql 5602 'select pg_is_in_recovery()')" = f ] || fail "recovery did not end"
    say "recovered and promoted in $(seconds_since "$t")"

    step "The proof"
    after=$(fingerprint 5602)
    paste -d'|' <(echo "$before") <(echo "$after") | while IFS='|' read -r table rows sum _ rows2 sum2; do
        printf '   %-12s %9d rows before, %9d now; checksums %20s %20s\n' "$table" "$rows" "$rows2" "$sum" "$sum2"
    done
    [ "$before" = "$after" ] || fail "the restored shop differs from the one before the accident"
    sql 5602 "select order_no from orders where writer > 0" | sort >"$work/restored.orders"
    sort -u "$work"/confirmed.? >"$work/all.confirmed"
    missing=$(comm -23 "$work/restored.orders" "$work/all.confirmed" | wc -l)
    orders_now=$(wc -l <"$work/restored.orders")
    confirmed_before=$(comm -12 "$work/restored.orders" "$work/all.confirmed" | wc -l)
    say "$confirmed_before of $orders_now orders placed during the demo had been confirmed to a customer"
    [ "$missing" = 0 ] || fail "$missing restored orders were never confirmed"
    say "$(($(wc -l <"$work/all.confirmed") - confirmed_before)) orders were confirmed after $target: rightly not there"

    step "A copy as SQL"
    t=$(date +%s%N)
    show "$programs/pgdump" -p 5602 -f "$work/shop.dump.sql" shop
    say "$(du -h "$work/shop.dump.sql" | cut -f1) of SQL in $(seconds_since "$t")"
    t=$(date +%s%N)
    PGDATABASE=postgres sql 5602 "create database shop_copy"
    PGDATABASE=shop_copy psql -Xq -v ON_ERROR_STOP=1 -p 5602 -f "$work/shop.dump.sql" >"$work/load.log" 2>&1 ||
        fail "the dump does not load: $(tail -n 3 "$work/load.log")"
    [ "$after" = "$(PGDATABASE=shop_copy fingerprint 5602)" ] || fail "the copy differs from the shop"
    say "loaded into a new database in $(seconds_since "$t"): the same rows, the same checksums"

    printf '\n%sEvery row committed before %s is there, and none after.%s  (%s in all)\n' \
        "$green" "$target" "$plain" "$(seconds_since "$started")"
}

# End the segment that holds the accident, and wait until the archive has it.
wait_archived()
{
    local last

    last=$(sql 5601 "select pg_walfile_name(pg_switch_wal())")
    for _ in $(seq 600); do
        [ ! -e "$work/production/pg_wal/archive_status/$last.done" ] || return 0
        sleep 0.1
    done
    fail "the archiver does not follow: $(tail -n 5 "$work/production.log")"
}

main
