#!/usr/bin/env bash
# bad_options_are_refused.sh - what does not fit is said in PostgreSQL's words, and touches nothing
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
cluster_init main
cluster_start main
theirs=$(cluster_tool main pg_basebackup)

# same WORD...: pg_basebackup and pgbasebackup say the same, but for their names.
same()
{
    local expected
    run cluster_run main "$theirs" "$@"
    [ "$run_code" != 0 ] || fail "pg_basebackup does not refuse: $*"
    expected="$run_code: ${run_err//pg_basebackup/pgbasebackup}"
    run cluster_run main "$BACKUP" "$@"
    assert_eq "$run_code: $run_err" "$expected" "refused alike: $*"
    backup_left_nothing x
}

same
same -D x operand
same -D x -F z
same -D x -X z
same -D x -c z
same -D x -r 5
same -D x -r z
same -D x -r 0
same -D x -r -1
same -D x -r 32G
same -D x -T foo
same -D x -T =foo
same -D x -T foo=/bar
same -D x -T /foo=bar
same -D x -T /foo=/bar=/baz
same -D x -s z
same -D x -s -1
same -D x -Z foo -Ft
same -D x -Z gzip:99 -Ft
same -D x -Z gzip:workers=1 -Ft
same -D x -z
same -D x -Z client-zstd
same -D x -Z server-foo -Ft
same -D - -Ft
same -D x -X none -S slot
same -D x -X fetch -S slot
same -D x -C
same -D x -S slot --no-slot
same -D x --waldir=relative
same -D x --waldir="$TEST_DIR/w" -Ft
same -D x --no-manifest --manifest-checksums=sha256
same -D x --no-manifest --manifest-force-encode
same -D x --manifest-checksums=foo -cfast
same -D x -P --no-estimate-size
same -D x -t server:/tmp
same -t server:/tmp
same -t server:/tmp -X none -Ft
same -t server:/tmp -X none -z -Z client-gzip
same -t server:/tmp -X none -R
same -t server -X none -cfast
same -t blackhole -X none -Z client-none
same -t blackhole -X none -Z client-gzip
same -t foo -X none -cfast
same -D x -U nobody_here
same -D x -d "no conninfo="
same -D - -Ft -X fetch -Z server-gzip -cfast

backup_fails "unrecognized option '--bogus'" --bogus
backup_fails "option '--no' is ambiguous" --no
backup_fails "cannot write recovery configuration into a compressed tar file" -D x -Ft -R -Z server-gzip

as_owner mkdir full
as_owner touch full/file
same -D full
assert_eq "$(ls full)" file "a folder with files in it is left alone"
same -D full/file
backup_fails "exists but is not empty" -D x --waldir="$TEST_DIR/full"
backup_left_nothing x
backup_fails "directory \"$TEST_DIR/x\" is wanted twice" -D x --waldir="$TEST_DIR/x"
backup_left_nothing x
as_owner mkdir empty
backup_fails "unrecognized compression algorithm" -D empty -Ft -Z server-foo
assert_eq "$(ls -A empty)" "" "an empty folder is left empty"

as_owner mkdir names
as_owner ln -s "$BACKUP" names/pg_basebackup
assert_eq "$(cluster_run main "$TEST_DIR/names/pg_basebackup" -V)" "$(cluster_run main "$theirs" -V | sed 's/ (Debian.*//')" \
    "the version under PostgreSQL's name is PostgreSQL's"
assert_exit 0 cluster_run main "$BACKUP" --version
assert_contains "$run_out" "(PostgreSQL) 15" "the version names PostgreSQL's"
assert_exit 0 cluster_run main "$BACKUP" --help
assert_contains "$run_out" "-D, --pgdata=DIRECTORY" "the help shows the options"

# A label's second line would be one of backup_label's own: neither PostgreSQL nor we could restore such a backup.
backup_fails "the backup's label must be one line" -D x -l $'a\nSTART TIMELINE: 7'
backup_left_nothing x

# The server writes, the client waits.
as_owner mkdir server
backup_try -t "server:$TEST_DIR/server" -X fetch -Z gzip
assert_eq "$run_code: $run_err" "0: " "a backup target works"
assert_eq "$(ls server)" $'backup_manifest\nbase.tar.gz' "and leaves what it should"
backup_try -t blackhole -X fetch -P
assert_eq "$run_code" 0 "blackhole works"

# Rights.
cluster_sql main "create role plain login; create role repl login replication"
backup_fails "must be superuser or replication role to start walsender" -D x -U plain
backup_try -D repl -U repl -cfast
assert_eq "$run_code: $run_err" "0: " "the right to replicate is enough"
cluster_hba main "local replication repl reject"
cluster_reload main
cluster_wait_sql main "select count(*) = 1 from pg_hba_file_rules where auth_method = 'reject'"
backup_fails 'pg_hba.conf rejects replication connection' -D x -U repl
backup_left_nothing x
