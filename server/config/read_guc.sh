#!/bin/bash
# read_guc.sh - read the facts of all settings from a running PostgreSQL 15, as rows for guc.def
#
#     read_guc.sh GUC_DEF > new_rows
#
# psql connects as its environment says (PGHOST, PGPORT, PGUSER), as a superuser, over a Unix socket or TCP. Writes a
# row for each setting that pg_settings shows, and for those that only SHOW knows (`hidden` below). The texts are ours:
# they are taken from GUC_DEF, the table as it is; a new setting gets an empty one, to be written by hand. Rows of
# holdfast.* are not touched by this script: keep them. The server needs no data, and ALTER SYSTEM is used to probe
# (and reset), so take a scratch cluster.
#
# Where a flag comes from:
#   EXPLAIN, NO_RESET_ALL, NO_SHOW_ALL, NOT_IN_SAMPLE, RUNTIME_COMPUTED   pg_settings_get_flags()
#   SUPERUSER_ONLY      not in pg_settings for a role without rights
#   DISALLOW_IN_FILE, DISALLOW_IN_AUTO_FILE   ALTER SYSTEM says that it cannot be changed; the first is left out by
#                       postgres --describe-config as well (POSTGRES names the program), or NOT_IN_SAMPLE
#   LIST_INPUT, LIST_QUOTE   what ALTER SYSTEM makes of a list of two, one of which needs quotes
#   IS_NAME             ALTER SYSTEM cuts a long value, with a notice
#   REPORT, NOT_WHILE_SEC_REST   documented: "protocol-async", and SET ROLE / SET SESSION AUTHORIZATION
set -euo pipefail

guc_def=$1
postgres=${POSTGRES:-/usr/lib/postgresql/15/bin/postgres}
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
sql() { psql -XAtq -F '|' -d postgres "$@"; }

# Not in pg_settings: name|type|context|group|unit|default|min|max
hidden='default_with_oids|bool|user|Version and Platform Compatibility / Previous PostgreSQL Versions||off||
is_superuser|string|internal|Ungrouped||off||
role|string|user|Ungrouped||none||
seed|real|user|Ungrouped||0|-1|1
session_authorization|string|user|Ungrouped||<NULL>||
ssl_renegotiation_limit|integer|user|Connections and Authentication / SSL|kB|0|0|0'

report='application_name client_encoding DateStyle default_transaction_read_only in_hot_standby integer_datetimes
IntervalStyle is_superuser server_encoding server_version session_authorization standard_conforming_strings TimeZone'

read_facts() {
    {
        sql -c "SELECT name, vartype, context, category, unit, coalesce(boot_val, '<NULL>'), min_val, max_val
                FROM pg_settings WHERE name !~ '[.]'"
        echo "$hidden"
    } | LC_ALL=C sort -t '|' -k 1,1 > "$dir/facts"
    cut -d '|' -f 1 "$dir/facts" > "$dir/names"
}

# Flags, a line "name FLAG" each.
read_flags() {
    sql -F ' ' -c "SELECT name, unnest(pg_settings_get_flags(name))
                   FROM unnest(string_to_array(trim(E'\n' FROM \$\$$(cat "$dir/names")\$\$), E'\n')) AS name"
    printf '%s REPORT\n' $report
    printf '%s IS_NAME\n' role session_authorization
    printf '%s NOT_WHILE_SEC_REST\n' role session_authorization
    superuser_only | sed 's/$/ SUPERUSER_ONLY/'
    not_in_files
    lists_and_names
}

superuser_only() {
    sql -c 'CREATE ROLE read_guc_low' -c 'SET ROLE read_guc_low' -c 'SELECT name FROM pg_settings' | LC_ALL=C sort \
        > "$dir/low"
    sql -c 'DROP ROLE read_guc_low'
    sql -c 'SELECT name FROM pg_settings' | LC_ALL=C sort | comm -23 - "$dir/low"
}

# Run ALTER SYSTEM SET name ARGS for each setting; prints "name message" lines.
probe() {
    while read -r name; do
        printf '\\echo ## %s\nALTER SYSTEM SET "%s" %s;\n' "$name" "$name" "$1"
    done < "$dir/names" > "$dir/probe.sql"
    sql -f "$dir/probe.sql" 2>&1 | awk '/^## / { name = $2; next } { print name, $0 }'
}

not_in_files() {
    $postgres --describe-config 2>/dev/null | cut -f 1 | LC_ALL=C sort > "$dir/described" || true
    probe 'TO DEFAULT' | awk '/cannot be changed$/ { print $1 }' | while read -r name; do
        if grep -qx "$name" "$dir/described"; then
            echo "$name DISALLOW_IN_AUTO_FILE"
        else
            echo "$name DISALLOW_IN_FILE"
        fi
    done
    sql -c 'ALTER SYSTEM RESET ALL'
}

lists_and_names() {
    probe "= 'Aa b', 'c'" > "$dir/lists"
    grep -v ' cannot be changed$\| takes only one argument$' "$dir/lists" | grep 'Aa b' | cut -d ' ' -f 1 |
        sort -u | sed 's/$/ LIST_INPUT/'
    sql -c "SELECT pg_read_file('postgresql.auto.conf')" | sed -n "s/^\([a-z_]*\) = '.*Aa b.*/\1 LIST_INPUT/p"
    sql -c "SELECT pg_read_file('postgresql.auto.conf')" | sed -n "s/^\([a-z_]*\) = '\"Aa b\".*/\1 LIST_QUOTE/p"
    sql -c 'ALTER SYSTEM RESET ALL'
    probe "= '$(printf 'a%.0s' {1..70})'" | awk '/NOTICE:.*will be truncated/ { print $1, "IS_NAME" }'
    sql -c 'ALTER SYSTEM RESET ALL'
}

write_rows() {
    awk -F '|' -v flags="$dir/flags" -v guc_def="$guc_def" -v groups="$(dirname "$guc_def")/guc_group.def" '
    function number(text) {
        if (text == "-2147483648") return "INT_MIN"
        if (text == "2147483647") return "INT_MAX"
        if (text == "1.79769e+308") return "DBL_MAX"
        return text
    }
    function quoted(text,   n, part, i, out) {
        n = split(text, part, "\"")
        out = part[1]
        for (i = 2; i <= n; i++) out = out "\\\"" part[i]
        return "\"" out "\""
    }
    # Columns go on where they fit, the text has a line of its own.
    function put(column) {
        if (length(line) + length(column) > 97) { print line; line = "    " column }
        else line = line " " column
    }
    function put_flags(flags,   n, flag, i) {
        n = split(flags == "" ? "0" : flags, flag, " ")
        for (i = 1; i < n; i++) put("GUC_" flag[i] " |")
        put((n == 1 && flag[1] == "0" ? "" : "GUC_") flag[n] ",")
    }
    # Which choices of guc_enum.def a setting takes, when they are not named as the setting is.
    function set_of(name) {
        if (name ~ /^huge_pages|^recovery_prefetch/) return toupper(name)
        if (name ~ /^log_min_(messages|error_statement)$/) return "LOG_MESSAGES"
        if (name == "client_min_messages" || name == "trace_recovery_messages") return "CLIENT_MESSAGES"
        if (name ~ /transaction_isolation$/) return "ISOLATION"
        if (name == "ssl_min_protocol_version") return "SSL_PROTOCOL"
        if (name == "ssl_max_protocol_version") return "SSL_PROTOCOL_MAX"
        if (name == "default_toast_compression") return "TOAST_COMPRESSION"
        if (name == "IntervalStyle") return "INTERVAL_STYLE"
        return toupper(name)
    }
    BEGIN {
        context["internal"] = "INTERNAL"; context["postmaster"] = "POSTMASTER"; context["sighup"] = "SIGHUP"
        context["superuser-backend"] = "SU_BACKEND"; context["backend"] = "BACKEND"
        context["superuser"] = "SUSET"; context["user"] = "USERSET"
        unit["ms"] = "MS"; unit["s"] = "S"; unit["min"] = "MIN"; unit["B"] = "BYTE"; unit["kB"] = "KB"
        unit["MB"] = "MB"; unit["8kB"] = "BLOCK"; unit[""] = "NONE"
        while ((getline line < flags) > 0) {
            split(line, f, " ")
            of[f[1]] = of[f[1]] " " f[2]
        }
        while ((getline line < groups) > 0) {
            if (line !~ /^ROW/) continue
            split(line, f, "\"")
            sub(/^ROW\(/, "", f[1]); sub(/, *$/, "", f[1])
            group[f[2]] = f[1]
        }
        while ((getline line < guc_def) > 0) {
            if (line ~ /^SET_/) { name = line; sub(/^[^(]*\(/, "", name); sub(/,.*/, "", name) }
            if (line ~ /^    ".*"\)$/) { sub(/^ +/, "", line); sub(/\)$/, "", line); text[name] = line }
        }
    }
    {
        kind = $2 == "integer" ? "INT" : toupper($2)
        line = "SET_" kind "(" $1 ","
        put(context[$3] ",")
        put(group[$4] ",")
        put_flags(of[$1])
        if ($1 == "server_version") put("SERVER_VERSION,")
        else if ($1 == "server_version_num") put("NONE, SERVER_VERSION_NUM, SERVER_VERSION_NUM, SERVER_VERSION_NUM,")
        else if (kind == "BOOL") put(($6 == "on" ? "true" : "false") ",")
        else if (kind == "INT" || kind == "REAL") {
            put(unit[$5] ",")
            put(number($6) ",")
            put(number($7) ",")
            put(number($8) ",")
        } else if (kind == "ENUM") {
            value = $6 == "" ? "ANY" : toupper($6)
            gsub(/[^A-Z0-9]/, "_", value)
            put(set_of($1) ",")
            put(value ",")
        } else put(($6 == "<NULL>" ? "NULL" : quoted($6)) ",")
        print line
        print "    " ($1 in text ? text[$1] : "\"\"") ")"
    }' "$dir/facts"
}

read_facts
read_flags | LC_ALL=C sort -u > "$dir/flags"
write_rows
