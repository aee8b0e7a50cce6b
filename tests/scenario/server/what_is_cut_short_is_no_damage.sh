#!/usr/bin/env bash
# what_is_cut_short_is_no_damage.sh - a server that is killed while it writes maps leaves nothing that pg_checksums calls bad
#
# Databases come and go, so that maps of relations are written all the time while it is killed, and while its recovery is. What a crash can leave is laid
# there too: the real pg_checksums passes over it, and the next start takes it away.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
rounds=${HOLDFAST_WORLD:+20}
rounds=${rounds:-4}
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
data=$(cluster_dir ours)
lost()
{
    find "$data/global" "$data/base" \( -name 'pgsql_tmp.*' -o -name '*.tmp' \) -printf '%P\n'
}
for ((i = 1; i <= rounds; i++)); do
    cluster_start ours
    [ -z "$(lost)" ] || fail "after a start: $(lost)"
    { while :; do echo "create database d; drop database d;"; echo "reindex table pg_class; reindex table pg_database;"; done | cluster_psql ours -q || true; } >vacuum.out 2>&1 &
    writer=$!
    sleep "0.$((RANDOM % 5 + 2))" # the moment is chance, nothing is waited for
    cluster_kill ours
    wait $writer
    lost >>left
    # Its recovery writes the maps again, and is killed as well.
    cluster_start_nowait ours
    sleep "0.0$((RANDOM % 9 + 1))"
    cluster_kill ours
    lost >>left
done
cluster_start ours
cluster_sql ours "drop database if exists d"
cluster_stop ours
note "left by $rounds crashes: $(wc -l <left) files"
as_owner touch "$data/base/5/pgsql_tmp.pg_filenode.map" "$data/global/pgsql_tmp.pg_filenode.map"
echo "cut short" | tee "$data/base/5/pgsql_tmp.pg_filenode.map" >"$data/global/pgsql_tmp.pg_filenode.map"
as_owner "$bin/pg_checksums" -c -D "$data" >checksums.out 2>&1 || fail "pg_checksums: $(cat checksums.out)"
ok "pg_checksums passes over what was cut short: $(grep -i "bad checksums" checksums.out)"
as_owner touch "$data/base/5/pg_filenode.map.0123456789abcdef.tmp"
cluster_start ours
[ -z "$(lost)" ] || fail "after a start: $(lost)"
assert_eq "$(cluster_sql ours "select count(*) > 100 from pg_class")" t "what was cut short is gone after a start"
cluster_stop ours
