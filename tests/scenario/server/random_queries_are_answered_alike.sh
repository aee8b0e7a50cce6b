#!/usr/bin/env bash
# random_queries_are_answered_alike.sh - queries and changes by chance have the same answers on a real PostgreSQL 15 and on
# ours
#
# HOLDFAST_QUERIES says how many (300), HOLDFAST_SEED which; the seed is printed. What takes either server too long is
# left out, and counted; so are full joins that one of them cannot do (they differ in which are no full joins in truth),
# and errors that name one of several wrong columns.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
count=${HOLDFAST_QUERIES:-300}
seed=${HOLDFAST_SEED:-1}
note "HOLDFAST_SEED=$seed"

cluster_init theirs --set 'statement_timeout = 2s'
cluster_init ours --bin "$(server_bin)" --set 'statement_timeout = 2s'
awk -v seed="$seed" -v count="$count" -f "$HOLDFAST_SRC/tests/sql/random/queries.awk" |
    awk '{ print; print "\\echo " NR "." }' >queries.sql
owner_path queries.sql

# answers NAME: each behind the statement's line.
answers()
{
    cluster_run "$1" psql -X -q -A -t -d postgres -f "$HOLDFAST_SRC/tests/sql/random/tables.sql" >/dev/null ||
        fail "tables on $1"
    cluster_run "$1" psql -X -q -A -t -d postgres -f queries.sql 2>&1 |
        awk '/^(LINE|HINT|DETAIL)/ || /^ *\^/ { next }
            { sub(/^psql:[^ ]* /, "") }
            /^[0-9]+\.$/ { print $1, text; text = ""; next }
            { text = text " " $0 }
            END { if (text != "") print "end", text }'
}

for name in theirs ours; do
    cluster_start $name
    answers $name >$name.out
done
cluster_stop ours
late=$(cat theirs.out ours.out | awk '/statement timeout|transaction is aborted|FULL JOIN is only supported|subquery uses ungrouped/ { print $1 }' | sort -u)
for name in theirs ours; do
    grep -vwF -f <(echo "${late:-none}") $name.out >$name.kept || true
done
note "$(grep -c . <<<"$late") of $(wc -l <theirs.out) lines left out"
if ! diff theirs.kept ours.kept >different; then
    note "$(head -20 different)"
    at=$(awk '/^[<>]/ { sub(/\.$/, "", $2); print $2; exit }' different)
    fail "another answer to: $(awk -v at="$at" 'NR == 2 * at - 1' queries.sql)"
fi
ok "$count queries"
