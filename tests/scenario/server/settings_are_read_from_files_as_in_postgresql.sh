#!/usr/bin/env bash
# settings_are_read_from_files_as_in_postgresql.sh - configuration files mean the same, and mistakes are said alike
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
cluster_init main --set 'fsync = off' --set "log_line_prefix = ''" --set 'log_error_verbosity = verbose' \
    --set "include_if_exists 'try.conf'"
cluster_start main
theirs_dir=$(cluster_dir main)
ours_dir="$TEST_DIR/ours"
mkdir "$ours_dir"
# What the cluster's file has is on both sides, so that only try.conf decides.
as_owner cat "$theirs_dir/postgresql.conf" > "$ours_dir/postgresql.conf"

# ---- Texts of try.conf; \n, \t and \\ stand for what they do in C ---------------------------------------------------

cat > "$TEST_DIR/cases" <<'END'
work_mem = 1MB\n
work_mem 1MB\n
work_mem\t=\t1MB
WORK_MEM = '1MB' # comment\r\n
work_mem = 2MB\nwork_mem = 3MB\nmaintenance_work_mem = 2MB\n
work_mem = 'a''b'\n
archive_cleanup_command = 'a''b\\'c"d'\n
archive_cleanup_command = 'a\\tc\\101\\8\\x\\\\'\n
archive_cleanup_command = 'a\\\nb'\n
archive_cleanup_command = ''\n
archive_cleanup_command = ' '\n
log_filename = a.b\n
log_filename = a.b.c\n
log_filename = a/b-c:d_e.f\n
log_filename = a-b.c\n
log_filename = a.\n
log_filename = a$b\n
a$b = 1\n
a.b.c = 1\n
a.b = 1\n
a.b = 2\n
a.b-c = 1\n
a-b = 1\n
x = 1\n
1x = 1\n
_x = 1\n
work_mem = -5kB\n
work_mem = +5000kB\n
work_mem = 1.5MB\n
work_mem = 0x400kB\n
work_mem = 0x400\n
work_mem = 0x1Fg9\n
work_mem = 12 kB\n
work_mem = 5000kBx\n
work_mem = 07777\n
seq_page_cost = 1.5e3\n
seq_page_cost = 1.5e+3\n
seq_page_cost = 1.5e\n
seq_page_cost = 1.5e3x\n
seq_page_cost = 5e3\n
seq_page_cost = 5e3x\n
seq_page_cost = .5\n
seq_page_cost = 5.\n
seq_page_cost = 5.e1\n
seq_page_cost = .\n
seq_page_cost = -\n
seq_page_cost = -.5\n
seq_page_cost = --5\n
seq_page_cost = +5\n
work_mem =\n
work_mem\n
= 5\n
work_mem == 5\n
work_mem = = 5\n
work_mem = 'abc\nfsync = off\n
work_mem = "1MB"\n
work_mem = (5)\n
work_mem = 5MB;\n
work_mem = 5MB # x\n# y\n\n  \t enable_sort=off#x\r\n\tenable_hashjoin\toff\n
enable_sort = off\x0cenable_hashjoin = off\n
ä = 5\n
log_filename = äx\n
work_mem = '5MB' '6MB'\n
work_mem = 5MB 6MB\nenable_sort = off on\nfoo bar baz\nenable_hashjoin = off\n
block_size = 8192\n
port = 1\n
port = 1\nwork_mem = 2MB\n
max_connections = 50\n
max_connections = 100\n
log_connections = on\n
log_connections = off\nlog_disconnections = on\n
work_mem = 1\nenable_sort = off\n
enable_sort = maybe\nwork_mem = 3MB\n
include 'other.conf'\n
include = 'other.conf'\ninclude_if_exists 'other.conf'\nINCLUDE 'other.conf'\n
include 'missing.conf'\n
include_if_exists = 'missing.conf'\nwork_mem = 6MB\n
include_dir 'confs'\n
include_dir 'missing'\n
include 'try.conf'\n
include ''\n
include ' '\n
include_dir ''\n
include /etc/x\n
include a.b\n
include 'loop.conf'\n
include 'bad.conf'\nwork_mem = 7MB\n
include 'unknown.conf'\n
seed = 1\n
is_superuser = on\n
default_with_oids = on\n
default_with_oids = off\n
sort_mem = 500kB\n
plpgsql.foo = 1\n
search_path = a, b\n
search_path = 'a, b'\n
statement_timeout = 90s\nvacuum_cost_delay = 1.5\nlog_min_messages = info\n
statement_timeout = 90000\nvacuum_cost_delay = 1500us\nlog_min_messages = INFO\n
TimeZone = europe/berlin\ndatestyle = 'sql, dmy'\n
timezone = nowhere\ndatestyle = 'sql, iso'\nlog_timezone = nowhere\n
wal_level = logical\nshared_buffers = 10MB\nwal_buffers = 1\n
log_destination = 'stderr, foo'\n
log_rotation_age = 1d\nlog_rotation_size = 0\nautovacuum = off\n
ssl = maybe\nlog_statement = all\n
log_statement = ALL\n
log_directory = 'a//b/../c'\n
data_directory = 'x'\n
config_file = 'x'\n
backend_flush_after = 17\neffective_cache_size = 1TB\nwal_writer_flush_after = 7999kB\n
END
{
    for i in $(seq 105); do printf 'x y z\\n'; done
    echo
    printf '\\n\\n\n'
} >> "$TEST_DIR/cases"

write_both() { # FILE TEXT
    printf '%b' "$2" | tee "$ours_dir/$1" | as_owner tee "$theirs_dir/$1" > /dev/null
}
mkdir "$ours_dir/confs"
as_owner mkdir "$theirs_dir/confs"
write_both other.conf 'work_mem = 5MB\n'
write_both confs/b.conf 'work_mem = 8MB\n'
write_both confs/a.conf 'work_mem = 9MB\ninclude ../other.conf\nenable_sort = off\n'
write_both confs/.hidden.conf 'x y z\n'
write_both confs/a.txt 'x y z\n'
write_both confs/.conf 'x y z\n'
write_both loop.conf "include 'loop2.conf'\n"
write_both loop2.conf "include 'loop.conf'\n"
write_both bad.conf 'a b c\nwork_mem = 1GB\n'
write_both unknown.conf '\nnosuch = 1\nwork_mem = 1GB\n'

# ---- Both sides ----------------------------------------------------------------------------------------------------

names="'work_mem', 'enable_sort', 'enable_hashjoin', 'seq_page_cost', 'port', 'max_connections', 'log_connections',
    'log_filename', 'archive_cleanup_command', 'statement_timeout', 'vacuum_cost_delay', 'log_min_messages',
    'TimeZone', 'DateStyle', 'wal_level', 'shared_buffers', 'log_directory', 'log_statement', 'autovacuum'"
shown() { printf '%s,' "$names" | tr -d " '\n" | tr ',' '\n'; }

{
    # The port is given to the real server by its command line.
    printf 'option\tport\t%s\nwrite\ttry.conf\t\nload\n' "$(cluster_port main)"
    while IFS= read -r text; do
        # Form feed is written as \x0c, which only printf knows.
        printf 'echo\t--- %s\nwrite\ttry.conf\t%s\nfiles\nreload\n' "$(printf '%s' "$text" | sed 's/\\/\\\\/g')" \
            "$(printf '%s' "$text" | sed "s/\\\\x0c/$(printf '\f')/g; s/\\\\r/$(printf '\r')/g")"
        shown | sed 's/^/state\t/'
    done < "$TEST_DIR/cases"
} > "$TEST_DIR/commands"
"$HOLDFAST_BUILD/tests/scenario/server/set_and_show" -D "$ours_dir" < "$TEST_DIR/commands" 2>&1 |
    sed "s|$ours_dir|DIR|g" > "$TEST_DIR/ours_out"

# The log has what the supervisor says up to the error that follows it. Missing files each child notes for itself.
while IFS= read -r text; do
    printf -- '--- %s\n' "$text"
    printf '%b' "$text" | as_owner tee "$theirs_dir/try.conf" > /dev/null
    cluster_sql main "SELECT sourcefile, sourceline, name, setting, applied, error FROM pg_file_settings"
    lines=$(as_owner wc -l < "$(cluster_log main)")
    cluster_sql main 'SELECT pg_reload_conf()' > /dev/null
    cluster_sql main 'SELECT 1 / 0' > /dev/null 2>&1 || true
    as_owner tail -n "+$((lines + 1))" "$(cluster_log main)" |
        sed '/division by zero/,$d; /^LOCATION/d; /received SIGHUP/d; /^LOG:  00000: \(connection\|disconnection\|statement\)/d' |
        awk '!/skipping missing/ || !was[$0]++'
    cluster_sql main "SELECT name, setting, source, coalesce(sourceline, 0), pending_restart
        FROM pg_settings WHERE name IN ($names) ORDER BY array_position(ARRAY[$names], name)"
done < "$TEST_DIR/cases" | sed "s|$theirs_dir|DIR|g" > "$TEST_DIR/theirs_out"

assert_eq "$(diff "$TEST_DIR/theirs_out" "$TEST_DIR/ours_out" | head -60)" "" \
    "$(wc -l < "$TEST_DIR/cases") files are read alike"

# ---- The file of a new cluster, with all that it shows in force: every setting of the real sample, no mistake -------

echo sample | "$HOLDFAST_BUILD/tests/scenario/server/set_and_show" | grep '^#[a-zA-Z_]* = ' | grep -v "^#include" |
    sed 's/^#//' > "$TEST_DIR/sample"
as_owner tee "$theirs_dir/try.conf" < "$TEST_DIR/sample" > /dev/null
assert_eq "$(cluster_sql main "SELECT name, setting, error FROM pg_file_settings
    WHERE error <> 'setting could not be applied'")" "" "a real server reads the sample"
assert_eq "$(cut -d ' ' -f 1 "$TEST_DIR/sample" | LC_ALL=C sort)" "$(as_owner "$(cluster_tool main postgres)" \
    --describe-config | cut -f 1 | tr A-Z a-z | LC_ALL=C sort)" "the sample has what a file may have"
assert_eq "$(cluster_sql main "SELECT f.name, f.setting FROM pg_file_settings f JOIN pg_settings s USING (name)
    WHERE f.sourcefile LIKE '%try.conf' AND f.error IS NOT NULL AND context <> 'postmaster' AND name !~ '_file$'
        AND name <> 'lc_messages'")" "" \
    "and takes its values"
