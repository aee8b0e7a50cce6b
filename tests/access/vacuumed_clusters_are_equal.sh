#!/usr/bin/env bash
# vacuumed_clusters_are_equal.sh - a vacuum makes the same pages, maps and catalogs as a real server's
#
# Two copies of a cluster are vacuumed, by a real server and by ours. Then all of their relations
# are compared, what pg_class and pg_database say, and what VERBOSE told; a real server checks ours.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init loaded --initdb --locale=C --set 'autovacuum = off' --set 'fsync = off'
cluster_start loaded
cluster_sql_file loaded "$TEST_SRC/vacuumed.sql" >/dev/null
cluster_stop loaded

stats="SELECT oid, relname, relpages, reltuples, relallvisible, relfrozenxid, relminmxid, relhasindex FROM pg_class
    ORDER BY oid; SELECT datfrozenxid, datminmxid FROM pg_database ORDER BY oid"
tables='many long cut few again locked empty unlogged'

# Numbers of pages that were read, and times, are nobody's business.
report_of()
{
    sed -E 's/^(in_cluster: |INFO: *)//' "$1" |
        grep -vE '^(avg read|buffer usage|WAL usage|system usage|database system|checkpoint|redo)' || true
}

# Whoever reads catalogs sets hints in them, so those count only where all is frozen.
compare_files()
{
    local file name
    for file in "$(cluster_dir theirs)"/base/5/[0-9]*; do
        name=${file##*/}
        [ -s "$file" ] || continue
        [ "${name%%_*}" -ge 16384 ] || [ "$1" = 'all tables' ] || continue
        case $name in
            1249* | 1259* | 2658* | 2659* | 2662* | 2663* | 3455*) continue ;;
            *_fsm | *_init) continue ;;
            *_vm)
                cmp <(tail -c +25 "$file") <(tail -c +25 "$(cluster_dir ours)/base/5/$name") ||
                    fail "$1: the map $name differs"
                ;;
            *)
                "$HOLDFAST_BUILD/tests/access/heap_play" compare "$file" \
                    "$(cluster_dir ours)/base/5/$name" >pages || fail "$1: $name: $(tail -4 pages)"
                ;;
        esac
        compared=$((compared + 1))
    done
}

# vacuum_both WHAT OPTIONS-OF-OURS OPTIONS-OF-SQL [table...]
vacuum_both()
{
    local what=$1 ours=$2 sql=$3 commands=() statements="" table oid
    shift 3
    rm -rf ours theirs
    cluster_copy loaded ours
    cluster_copy loaded theirs
    cluster_start theirs
    for table in "$@"; do
        oid=0
        [ "$table" = all ] || oid=$(cluster_sql theirs "SELECT '$table'::regclass::oid")
        commands+=("vacuum:$ours:$oid")
        statements="$statements VACUUM (PARALLEL 0$sql) ${table#all};"
    done
    cluster_psql theirs -A -t -q <<<"$statements" >theirs.out 2>&1
    cluster_sql theirs "$stats" >theirs.stats
    cluster_stop theirs
    as_owner "$HOLDFAST_BUILD/tests/access/in_cluster" "$(cluster_dir ours)" 5 "$end" "${commands[@]}" \
        >ours.out 2>&1 || fail "$what: $(tail -5 ours.out)"
    compared=0
    # After a crash redo has not made all that was there, but what matters.
    [ "$end" = crash ] || compare_files "$what"
    [ "$end" = crash ] || [ "$compared" -gt 15 ] || fail "$what: only $compared files were compared"
    diff <(report_of theirs.out) <(report_of ours.out) >differences || fail "$what: reports differ: $(head -6 differences)"
    cluster_start ours
    cluster_sql ours "$stats" >ours.stats
    diff theirs.stats ours.stats >differences || fail "$what: catalogs differ: $(head -6 differences)"
    for table in $tables; do
        [ "$(cluster_sql ours "SELECT (SELECT count(*) FROM pg_check_visible('$table')) +
            (SELECT count(*) FROM pg_check_frozen('$table'))")" = 0 ] || fail "$what: the map of $table lies"
    done
    as_owner "$(cluster_tool ours pg_amcheck)" --heapallindexed -h "$(cluster_socket_dir ours)" \
        -p "$(cluster_port ours)" -U postgres postgres >amcheck 2>&1 || fail "$what: $(head -5 amcheck)"
    cluster_stop ours
    ok "$what: $compared files"
}

end=stop
# shellcheck disable=SC2086
vacuum_both 'vacuum' verbose ', VERBOSE' $tables
# shellcheck disable=SC2086
vacuum_both 'freeze' freeze,verbose ', FREEZE, VERBOSE' $tables
vacuum_both 'all tables' freeze ', FREEZE' all
vacuum_both 'no indexes' index-off,verbose ', INDEX_CLEANUP off, VERBOSE' many few again
vacuum_both 'all indexes' index-on,verbose,truncate-off ', INDEX_CLEANUP on, TRUNCATE off, VERBOSE' many few cut
vacuum_both 'all pages, twice' all-pages ', DISABLE_PAGE_SKIPPING' many again many again locked
end=crash
# shellcheck disable=SC2086
vacuum_both 'crash' freeze,verbose ', FREEZE, VERBOSE' ${tables% unlogged}
