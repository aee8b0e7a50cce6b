#!/usr/bin/env bash
# settings_are_taken_as_in_postgresql.sh - many values of all settings: taken, shown and refused alike
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
cluster_init main --set 'fsync = off'
cluster_start main

probe() { "$HOLDFAST_BUILD/tests/scenario/server/set_and_show" "$@"; }

# What an upper module decides, of catalogs, locales, encodings, sockets, transactions: its hook says it.
upper='client_encoding|role|session_authorization|lc_messages|lc_monetary|lc_numeric|lc_time|default_tablespace'
upper="$upper|default_table_access_method|default_text_search_config|temp_tablespaces|timezone_abbreviations"
upper="$upper|synchronous_standby_names|backtrace_functions|recovery_target_time|transaction_isolation"
upper="$upper|TimeZone|log_timezone|transaction_read_only|transaction_deferrable|ssl_dh_params_file|recovery_target_timeline"

# ---- What pg_settings tells -----------------------------------------------------------------------------------------

cluster_sql main "SELECT name, coalesce(unit, ''), category, context, vartype, coalesce(min_val, ''),
    coalesce(max_val, ''), coalesce(boot_val, ''), array_to_string(enumvals, ',')
    FROM pg_settings WHERE name !~ '[.]' ORDER BY lower(name) COLLATE \"C\"" > "$TEST_DIR/theirs"
echo show_all | probe > "$TEST_DIR/ours"
# The version may be a packager's.
sed -i 's/^\(server_version|.*|\)15[^|]*|/\1|/' "$TEST_DIR/theirs" "$TEST_DIR/ours"
assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours")" "" "pg_settings has the same rows"

# The fifth column is the default. PostgreSQL 15 shows nothing but zeros there, as it has not set any yet; we show it.
as_owner "$(cluster_tool main postgres)" --describe-config | cut -f 1-4,6-7 | LC_ALL=C sort -f > "$TEST_DIR/theirs"
echo describe | probe | cut -f 1-4,6-7 | LC_ALL=C sort -f > "$TEST_DIR/ours"
assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours")" "" "--describe-config says the same"

# ---- Values --------------------------------------------------------------------------------------------------------

values() {
    printf '%s\n' 0 1 -1 2 -2 7 8 63 64 100 1000 65535 65536 262143 2147483647 2147483648 -2147483648 -2147483649 \
        99999999999999999999 1e3 1e10 1E+2 1e-3 1e400 1e-400 1e-310 0x10 0X1F 0xg 010 08 0.5 1.5 2.5 -0.4 -0.5 .5 5. . - + \
        +5 ' 5' '5 ' ' 5 kB ' '5 kB x' 1kB 1KB 1kb 64kB 1MB 1GB 1TB 2TB 3TB 1PB 100B 1000000B 1.5MB 0.7kB 0.0001GB \
        1us 499us 500us 501us 1500us 1ms 1s 1min 1h 1d 25d 1000d 1.5s 0.0015s 1.0005ms 1min30 90s 1500ms \
        on off On OFF tr t true yes y ye no n f false o of '' ' ' nan inf -inf infinity x '%' "it's" 'a b' 'a,b' 'a,,b' \
        'a, "B c"' '"a' ä 'a\b' default none all try always pglz lz4 zstd ON replica archive minimal debug info \
        'read committed' TLSv1.2 immediate 0/1 0/G UTC europe/berlin 5.25 -8 168 -167.5 'CET-1CEST' 'iso, dmy' \
        'German' 'postgres, us' 'default, ymd' 'dmy, mdy' sql euro noneuro heap 'heap, all' stderr 'csvlog,jsonlog' \
        view 'view, foreign-table' slot_1 Slot a/b//c/../d ./x /tmp/ \
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa \
        ääääääääääääääääääääääääääääääääääääääääääääää
}
quoted() { printf "E'%s'" "$(printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g")"; }
# SET and RESET go as one message: a session that is idle with idle_session_timeout = 1ms may be gone before the next.
cases() { # names: a command for each of them and each value, in both languages
    values > "$TEST_DIR/values"
    while IFS= read -r value; do
        quoted "$value"
        echo
    done < "$TEST_DIR/values" > "$TEST_DIR/quoted"
    awk -v values="$TEST_DIR/values" -v quoted="$TEST_DIR/quoted" -v how="$1" \
        -v sql="$TEST_DIR/sql" -v tsv="$TEST_DIR/tsv" '
        BEGIN {
            while ((getline line < values) > 0) { n++; value[n] = line; gsub(/\\/, "&&", value[n]) }
            for (i = 1; i <= n; i++) getline q[i] < quoted
            print "\\set VERBOSITY verbose" > sql
        }
        {
            for (i = 1; i <= n; i++) {
                print "\\echo '"'"'#" $1, i "'"'"'" > sql
                print "echo\t#" $1, i > tsv
                if (how == "set") {
                    print "SELECT set_config('"'"'" $1 "'"'"', " q[i] ", false) \\; RESET " $1 ";" > sql
                    print "set\t" $1 "\t" value[i] "\nreset\t" $1 > tsv
                } else {
                    print "ALTER SYSTEM SET \"" $1 "\" = " q[i] ";" > sql
                    print "alter\t" $1 "\t" value[i] > tsv
                }
            }
        }'
}
# A parameter that psql tells the server or the server tells of itself starts from another value on our side.
compare() {
    cluster_psql main -XAtq -f "$TEST_DIR/sql" 2>&1 | sed 's/^psql:[^ ]* //' | grep -v '^LOCATION: ' \
        > "$TEST_DIR/theirs" || true
    probe -D "$TEST_DIR/ours_data" < "$TEST_DIR/tsv" > "$TEST_DIR/ours" 2>&1
    assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours" | head -40)" "" "$1"
}

# Names of zones are a test of their own below: as a rule PostgreSQL takes whatever has a digit in it ("1KB").
compare_values() { # NAME WHAT: the values on standard input
    local name=$1
    cat > "$TEST_DIR/values_of_one"
    echo "$name" > "$TEST_DIR/names"
    values() { cat "$TEST_DIR/values_of_one"; }
    cases set < "$TEST_DIR/names"
    compare "$2"
}

mkdir "$TEST_DIR/ours_data"
cluster_sql main "SELECT name FROM pg_settings WHERE context IN ('user', 'superuser')
    AND name !~ '^($upper|tcp_.*)$' AND name !~ '[.]' ORDER BY name" > "$TEST_DIR/names"
cases set < "$TEST_DIR/names"
compare "SET takes and refuses the same ($(grep -c '^set' "$TEST_DIR/tsv") values)"

# Those that SET cannot reach. Fewer values, as each that is taken is a file written and synced.
cluster_sql main "SELECT name FROM pg_settings WHERE (context NOT IN ('user', 'superuser') OR name = 'DateStyle')
    AND name !~ '^($upper)$' AND name !~ '[.]' ORDER BY name" > "$TEST_DIR/names"
all_values=$(values | awk 'NR % 7 == 0 || /,|[0-9]MB|imm|SSL|TLS|debug|0x/')
values() { printf '%s\n' "$all_values"; }
cases alter < "$TEST_DIR/names"
compare "ALTER SYSTEM takes and refuses the same ($(grep -c '^alter' "$TEST_DIR/tsv") values)"
cluster_sql main "SELECT pg_read_file('postgresql.auto.conf')" | sed '$d' > "$TEST_DIR/theirs"
assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours_data/postgresql.auto.conf")" "" "postgresql.auto.conf is the same"

printf '%s\n' UTC utc europe/berlin EUROPE/BERLIN Etc/GMT+3 gmt -8 5.25 5.25555 -5.5 167.9 168 -168 0 -0 1e1 0x10 \
    'interval '"'3:30'" "INTERVAL '-3:30'" CET-1CEST 'cet-1cest,m3.5.0,m10.5.0/3' UTC+3 \
    '<+05>-5' EST5EDT abc abc3 abc3def right/UTC right/Europe/Berlin europe foo '' ../UTC /usr/share/zoneinfo/UTC \
    zone.tab posixrules America/Argentina/buenos_aires nan inf |
    compare_values TimeZone "time zones are found alike"
