#!/usr/bin/env bash
# analyzed_tables_are_equal.sh - ANALYZE tells planners the same of a table as a real server does
#
# Where the sample has all rows, pg_statistic must be the same to the last digit. Of a large table,
# what is told must be near to what is true.
# shellcheck source=tests/lib/cluster.sh
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
cluster_init loaded --initdb --locale=C --set 'autovacuum = off' --set 'fsync = off'
cluster_start loaded
cluster_sql_file loaded "$TEST_SRC/analyzed.sql" >/dev/null
cluster_sql loaded 'CREATE EXTENSION amcheck'
declare -A oids
tables='s one two none sorted'
for table in $tables large; do
    oids[$table]=$(cluster_sql loaded "SELECT '$table'::regclass::oid")
done
cluster_stop loaded

stats="SELECT oid, relname, relpages, reltuples, relallvisible FROM pg_class WHERE oid >= 16384 AND relname !~ 'large'
    ORDER BY oid; SELECT * FROM pg_statistic WHERE starelid >= 16384 AND starelid <> ${oids[large]}
    ORDER BY starelid, staattnum"

# analyze_both WHAT ROUNDS COMMAND-OF-OURS SQL
analyze_both()
{
    local what=$1 rounds=$2 ours=$3 sql=$4 commands=() statements="" table round
    rm -rf ours theirs
    cluster_copy loaded ours
    cluster_copy loaded theirs
    for ((round = 0; round < rounds; round++)); do
        for table in $tables; do
            commands+=("$ours:${oids[$table]}")
            statements="$statements $sql $table;"
        done
    done
    cluster_start theirs
    cluster_psql theirs -A -t -q <<<"$statements" >theirs.out 2>&1
    cluster_sql theirs "$stats" >theirs.stats
    cluster_stop theirs
    as_owner "$HOLDFAST_BUILD/tests/access/in_cluster" "$(cluster_dir ours)" 5 stop "${commands[@]}" \
        "analyze::${oids[large]}" >ours.out 2>&1 || fail "$what: $(tail -5 ours.out)"
    cluster_start ours
    cluster_sql ours "$stats" >ours.stats
    [ "$(wc -l <ours.stats)" -gt 40 ] || fail "$what: there are hardly any statistics"
    diff theirs.stats ours.stats >differences || fail "$what: $(cut -c1-300 differences | head -6)"
    # PostgreSQL's own reports of what it looked at, of our large table apart.
    diff <(sed -E 's/^INFO: *//' theirs.out | grep -E '^"|^analyzing') \
        <(sed -E 's/^in_cluster: //' ours.out | grep -E '^"|^analyzing') >differences ||
        fail "$what: reports differ: $(head -6 differences)"
    large=$(cluster_sql ours "SELECT string_agg(attname || ' ' || CASE attname
            WHEN 'id' THEN n_distinct = -1 AND correlation > 0.99 AND null_frac = 0 AND
                array_length(histogram_bounds::text::int[], 1) = 4 AND
                abs((histogram_bounds::text::int[])[2] - 13333) < 4000
            WHEN 'few' THEN n_distinct = 5 AND abs(correlation - 0.2) < 0.1 AND coalesce(array_length(most_common_freqs, 1), 0) <= 3
            ELSE abs(null_frac - 0.5) < 0.1 AND n_distinct < -0.3 END, ', ' ORDER BY attname)
        FROM pg_stats WHERE tablename = 'large'")
    assert_eq "$large" 'few true, half true, id true' "$what: of a large table"
    assert_eq "$(cluster_sql ours "SELECT reltuples BETWEEN 38000 AND 42000 FROM pg_class WHERE relname = 'large'")" t \
        "$what: rows of a large table"
    as_owner "$(cluster_tool ours pg_amcheck)" --heapallindexed -h "$(cluster_socket_dir ours)" \
        -p "$(cluster_port ours)" -U postgres postgres >amcheck 2>&1 || fail "$what: $(head -5 amcheck)"
    cluster_stop ours
    ok "$what: $(wc -l <ours.stats) rows are equal"
}

analyze_both 'once' 1 'analyze:verbose' 'ANALYZE VERBOSE'
analyze_both 'again' 2 'analyze:' 'ANALYZE'
analyze_both 'with a vacuum' 1 'vacuum:analyze' 'VACUUM ANALYZE'
