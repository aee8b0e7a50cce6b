#!/usr/bin/env bash
# read_zone_abbrevs.sh - write server/types/timezone_abbrev.def from a real PostgreSQL 15
#
#     read_zone_abbrevs.sh [CONNINFO]
#
# Offsets are those of the view pg_timezone_abbrevs; which abbreviations follow a zone of the tz
# database, and which zone, the server's set "Default" says.
set -eu
conninfo=${1:-}
out=$(dirname "$0")/../server/types/timezone_abbrev.def
{
    cat <<'END'
/*
 * timezone_abbrev.def - the time zone abbreviations of PostgreSQL 15's set "Default"
 *
 * FIXED(name, offset, is_daylight): seconds east of UTC. DYNAMIC(name, zone): what the zone of the
 * tz database calls so, when it does. Sorted by name. Written by setup/read_zone_abbrevs.sh.
 */
END
    psql -X -At "$conninfo" <<'END'
WITH lines AS (
    SELECT regexp_split_to_array(trim(regexp_replace(l, '#.*', '')), '\s+') AS w
    FROM pg_config c, regexp_split_to_table(pg_read_file(c.setting || '/timezonesets/Default'), E'\n') l
    WHERE c.name = 'SHAREDIR'),
zones AS (SELECT upper(w[1]) AS name, w[2] AS zone FROM lines WHERE w[2] ~ '^[A-Z].*/')
SELECT CASE WHEN z.zone IS NULL
    THEN format('FIXED(%s, %s, %s)', a.abbrev, extract(epoch FROM a.utc_offset)::int,
                CASE WHEN a.is_dst THEN 1 ELSE 0 END)
    ELSE format('DYNAMIC(%s, "%s")', a.abbrev, z.zone) END
FROM pg_timezone_abbrevs a LEFT JOIN zones z ON z.name = a.abbrev
ORDER BY a.abbrev COLLATE "C";
END
} >"$out.new"
mv "$out.new" "$out"
