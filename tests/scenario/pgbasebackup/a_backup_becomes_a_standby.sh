#!/usr/bin/env bash
# a_backup_becomes_a_standby.sh - -R, -S and -C make a copy that follows where it came from
. "$(dirname "$0")/backup_lib.sh"

cluster_require 15
backup_main

backup -D follower -T "$SPACE=$TEST_DIR/space a" -R -C -S "slot_1"
assert_eq "$(cluster_sql main "select slot_type, temporary, restart_lsn is not null
    from pg_replication_slots where slot_name = 'slot_1'")" "physical|f|t" "the slot was made and holds WAL"
[ -e follower/standby.signal ] || fail "no standby.signal"
assert_contains "$(<follower/postgresql.auto.conf)" "primary_slot_name = 'slot_1'" "the slot is configured"
assert_contains "$(<follower/postgresql.auto.conf)" "host=''$(cluster_socket_dir main)''" \
    "and the connection"
backup_verify follower -i postgresql.auto.conf -i standby.signal
cluster_adopt standby "$TEST_DIR/follower"
cluster_start standby
cluster_sql main "insert into t values (-1, 'after')"
cluster_wait_replay standby "$(cluster_lsn main)"
assert_eq "$(cluster_sql standby "select filler from t where x = -1")" after "the standby follows"
assert_eq "$(cluster_sql main "select active from pg_replication_slots")" t "over the slot"

backup_fails 'replication slot "slot_1" already exists' -D again -T "$SPACE=$TEST_DIR/space b" -C -S slot_1
backup_left_nothing again "space b"

# A backup of the standby, as a tar with the configuration in it.
cluster_run standby "$BACKUP" -D tars -Ft -R -C -S slot_2 -cfast
as_owner mkdir -m 700 cascade
as_owner tar -xf tars/base.tar -C cascade
as_owner tar -xf tars/pg_wal.tar -C cascade/pg_wal
assert_eq "$(tar -tf tars/base.tar | grep -c postgresql.auto.conf)" 1 "the configuration is there once"
[ -e cascade/standby.signal ] || fail "no standby.signal in the tar"
assert_contains "$(<cascade/postgresql.auto.conf)" "primary_slot_name = 'slot_2'" "as it was asked for"
as_owner sed -i "s|$TEST_DIR/space a|$TEST_DIR/space c|" cascade/tablespace_map
as_owner mkdir "space c"
as_owner tar -xf tars/[0-9]*.tar -C "space c"
cluster_adopt second "$TEST_DIR/cascade"
cluster_start second
cluster_sql main "insert into t values (-2, 'cascade')"
cluster_wait_replay second "$(cluster_lsn main)"
assert_eq "$(cluster_sql second "select filler from t where x = -2")" cascade "a standby's copy cascades"
cluster_stop second
cluster_stop standby

# A slot that is there is used, one that is not is named.
backup -D third -T "$SPACE=$TEST_DIR/space d" -S slot_1
backup_verify third
backup_fails 'replication slot "nix" does not exist' -D fourth -T "$SPACE=$TEST_DIR/space e" -S nix
backup_left_nothing fourth "space e"
