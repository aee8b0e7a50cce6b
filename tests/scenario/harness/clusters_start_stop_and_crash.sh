#!/usr/bin/env bash
# clusters_start_stop_and_crash.sh - tests/lib does what its README says
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15

cluster_init main --wal-segsize 1 --set 'wal_level = logical'
cluster_archive_to main "$TEST_DIR/archive"
cluster_start main
assert_eq "$(cluster_sql main 'show data_checksums; show wal_segment_size; show wal_level')" \
    $'on\n1MB\nlogical' "settings are taken"
assert_eq "$(cluster_sql main 'show listen_addresses')" "" "no TCP unless asked"
[ "$(id -u)" != 0 ] || assert_eq "$(stat -c %U "/proc/$(cluster_pid main)")" "$TEST_USER" \
    "the server does not run as root"

cluster_init other --no-checksums --listen
cluster_start other
assert_eq "$(cluster_sql other 'show data_checksums')" off "checksums can be off"
assert_eq "$(cluster_sql other 'show listen_addresses')" 127.0.0.1 "TCP when asked"
assert_eq "$(cluster_psql other -h 127.0.0.1 -Atqc 'select inet_server_port()' </dev/null)" \
    "$(cluster_port other)" "TCP works"
cluster_stop other immediate
assert_exit 3 cluster_sql main "select 1/0"
assert_contains "$run_err" "division by zero" "psql's message is kept"

cluster_sql main "create table t (x int); insert into t values (1)"
segment=$(cluster_sql main "select pg_walfile_name(pg_switch_wal())")
cluster_wait_archived main "$segment"
assert_eq "$(stat -c %s "$TEST_DIR/archive/$segment")" 1048576 "a segment was archived"

session_open a main
session_open b main
session_run a "begin; lock table t"
session_send b "insert into t values (2)"
session_wait_blocked b
session_run a "rollback"
session_wait b
assert_eq "$(session_run b 'select x from t order by x;')" $'1\n2' "sessions run side by side"
session_close b

cluster_base_backup main copy
cluster_follow copy main
cluster_start copy
cluster_sql main "insert into t values (3)"
cluster_wait_replay copy "$(cluster_lsn main)"
assert_eq "$(cluster_sql copy 'select count(*) from t')" 3 "a standby follows"

cluster_kill main
! cluster_is_up main || fail "main is up after a crash"
cluster_promote copy
cluster_start main
assert_contains "$(cat "$(cluster_log main)")" "was not properly shut down" "a kill is a crash"
assert_eq "$(cluster_sql main 'select count(*) from t')" 3 "and loses nothing"
session_close a

cluster_kill_postmaster main
cluster_start main
cluster_stop main smart
cluster_stop copy
cluster_copy main cold
cluster_start cold
assert_eq "$(cluster_sql cold 'select count(*) from t')" 3 "a cold copy runs"
