#!/usr/bin/env bash
# configuration_may_lie_elsewhere.sh - as in Debian's clusters: no backup has postgresql.conf, and it names the old data directory
. "$(dirname "$0")/../../lib/cluster.sh"
. "$TEST_LIB/archiving.sh"

cluster_require 15
archiving_init main
cluster_start main
cluster_sql main "create table t as select 1 as x"
cluster_run main "$HOLDFAST_BIN/pgbasebackup" -D base -c fast --no-manifest
cluster_sql main "insert into t values (2)"
last=$(cluster_sql main "select pg_walfile_name(pg_current_wal_lsn())")
cluster_sql main "select pg_switch_wal()" >/dev/null
cluster_wait_archived main "$last"
cluster_stop main
as_owner mkdir etc
as_owner mv base/postgresql.conf base/pg_hba.conf base/pg_ident.conf etc/
printf '%s\n' "data_directory = '$(cluster_dir main)'" "hba_file = '$TEST_DIR/etc/pg_hba.conf'" \
    "ident_file = '$TEST_DIR/etc/pg_ident.conf'" >>etc/postgresql.conf

new="$TEST_DIR/new one's"
assert_exit 0 "$HOLDFAST_BIN/pitr" restore --backup base --repo "$REPO" -D "$new"
assert_contains "$run_err" "the base backup has no postgresql.conf" "it is told"
start=$(sed -n 's/^start it with:  //p' <<<"$run_out")
start=${start/FILE/$TEST_DIR\/etc\/postgresql.conf}
start=${start/pg_ctl/$(cluster_tool main pg_ctl) -w -l $TEST_DIR\/new.log}
start=${start/-o \'/-o \'-c listen_addresses= -c unix_socket_directories=$TEST_DIR }

# What was told, word by word, but for the file's name, a socket and a log of its own.
stop_it()
{
    as_owner "$(cluster_tool main pg_ctl)" -D "$new" -m immediate stop >/dev/null 2>&1 || true
}
at_end stop_it
as_owner bash -c "$start" >start.out 2>&1 || fail "$start: $(cat start.out new.log)"
wait_until "end of recovery" grep -q "database system is ready to accept connections" new.log
assert_eq "$(as_owner "$(cluster_tool main psql)" -X -At -h "$TEST_DIR" -U postgres -d postgres \
    -c "select sum(x), current_setting('data_directory') from t")" "3|$new" \
    "the start that is told starts the restored cluster"
