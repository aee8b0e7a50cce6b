#!/usr/bin/env bash
# times_are_read_as_the_server_does.sh - common/text/timestamp means what PostgreSQL 15 means
#
# HOLDFAST_TIME_COUNT values and texts for each zone (200), in all zones with HOLDFAST_WORLD.
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
times=$HOLDFAST_BUILD/tests/scenario/text/times
count=${HOLDFAST_TIME_COUNT:-200}
export HOLDFAST_SEED=${HOLDFAST_SEED:-$RANDOM$RANDOM}
echo "HOLDFAST_SEED=$HOLDFAST_SEED"

cluster_init main --set "timezone = 'UTC'"
cluster_start main
cluster_sql main "
    create table line (n serial, text text);
    create function try_parse(text text) returns text language plpgsql as \$\$
    begin
        return text::timestamptz;
    exception when others then
        return sqlstate;
    end \$\$"

if [ -n "${HOLDFAST_WORLD-}" ]; then
    zones=$(cluster_sql main "select name from pg_timezone_names where name !~ '^posix' order by 1")
else
    zones="UTC Europe/Berlin America/New_York Asia/Kolkata Australia/Lord_Howe Europe/Dublin Pacific/Apia
        America/Sao_Paulo Africa/Casablanca Asia/Tehran Antarctica/Troll America/St_Johns Asia/Gaza Europe/Moscow"
fi

# The server's answers to the lines of a file, in a zone: ask ZONE FILE EXPRESSION
ask() {
    { echo "set timezone = '$1'; truncate line restart identity; copy line (text) from stdin;"
      cat "$2"
      printf '%s\n' '\.' "select $3 from line order by n;"
    } | cluster_psql main -A -t -q -v ON_ERROR_STOP=1
}

# They must be equal: same WHAT OURS THEIRS INPUT
same() {
    if ! cmp -s "$2" "$3"; then
        paste -d '#' "$4" "$2" "$3" | awk -F '#' '$2 != $3' | head -10 >&2
        fail "$1: ours and the server's differ"
    fi
}

# Where more than one thing is wrong, either may be told.
refuse() {
    sed 's/^[0-9A-Z]\{5\}$/refused/'
}

for zone in $zones; do
    "$times" texts "$count" >texts
    "$times" parse "$zone" <texts | refuse >ours
    ask "$zone" texts "try_parse(text)" | refuse >theirs
    same "texts in $zone" ours theirs texts

    "$times" values "$count" >values
    "$times" format "$zone" <values >ours
    cut -d '|' -f 3 ours >utc
    ask "$zone" utc "((extract(epoch from text::timestamptz) - 946684800) * 1000000)::bigint
        || '|' || (text::timestamptz)::text || '|' || text" |
        paste -d '|' - <(cut -d '|' -f 4 ours) >theirs
    same "values in $zone" ours theirs values

    # What is misspelt is refused, or means the same.
    "$times" mutants "$count" >texts
    "$times" parse "$zone" <texts | refuse >ours
    ask "$zone" texts "try_parse(text)" | refuse | paste - ours |
        awk -F '\t' '{ print $2 == "refused" ? "refused" : $1 }' >theirs
    same "mutants in $zone" ours theirs texts
    HOLDFAST_SEED=$((HOLDFAST_SEED + 1))
done
ok "$(wc -w <<<"$zones") zones, three times $count lines each"

# One thing wrong, and the words for it.
cat >texts <<'END'
2026-02-30 10:00
2026-13-01 10:00
0000-01-01
294277-01-02
2026-11-20 25:00
2026-11-20 10:60
2026-11-20 10:00:61
2026-11-20 24:00:01
2026-11-20 10:00+16
2026-11-20 10:00-01:60
2026-11-20 10:00 Nowhere/X
2026-11-20 10:00 nowhere
2026-11-20 10:00 UTC UTC
2026-11-20 10
2026-11-20 10:00:00,5
2026-11
yestermorrow
END
cluster_sql main "create or replace function try_parse(text text) returns text language plpgsql as \$\$
    begin
        return text::timestamptz;
    exception when others then
        return sqlstate || ' ' || sqlerrm;
    end \$\$"
"$times" complain UTC <texts >ours
ask UTC texts "try_parse(text)" >theirs
same "messages" ours theirs texts
ok "$(wc -l <texts) messages"

# Each abbreviation is the server's, from the year on that our table gives.
cluster_sql main "select abbrev from pg_timezone_abbrevs order by abbrev collate \"C\"" >theirs
sed -n 's/^ROW(\([^,]*\),.*/\1/p' "$TOP_SRCDIR/common/text/zone_abbrev.def" >ours
same "the list of abbreviations" ours theirs ours
sed -n 's/^ROW(\([^,]*\), [^,]*, \([0-9]*\))/\1 \2/p' "$TOP_SRCDIR/common/text/zone_abbrev.def" |
    while read -r name since; do
        for year in $((since > 1900 ? since : 1900)) 2026 2037; do
            for day in 01-01 07-01; do
                echo "$year-$day 12:00 $name"
            done
        done
    done >texts
"$times" parse UTC <texts >ours
ask UTC texts "try_parse(text)" >theirs
same "abbreviations" ours theirs texts
ok "$(wc -l <texts) times with abbreviations"
