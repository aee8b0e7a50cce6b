#!/usr/bin/env bash
# receivers_refuse_as_in_postgresql.sh - a standby of ours whose primary is not one, beside a real standby
#
# Another cluster, a primary that is behind, one of another version, one without the slot, one that cannot be reached or that
# does not trust; over TLS, with a certificate that is verified in full. What both say in their logs is compared.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
bin=$(cluster_find_bin 15)
cluster_init main --listen --set "autovacuum = off" --set "ssl = on" --set "ssl_cert_file = '$TEST_DIR/server.crt'" --set "ssl_key_file = '$TEST_DIR/server.key'"
cluster_init other --listen
# As root: the keys become the owner's.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -sha256 -keyout server.key -out server.crt 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=elsewhere -sha256 -keyout other.key -out other.crt 2>/dev/null
chmod 600 server.key
owner_path server.key
chmod 644 ./*.crt
cluster_hba main "hostssl replication sender 127.0.0.1/32 scram-sha-256" "hostnossl all all 127.0.0.1/32 reject" "hostssl replication nobody 127.0.0.1/32 reject"
cluster_start main
cluster_sql main "create role sender login replication password 'secret'; create role plain login; create table t (n int); insert into t values (1)"
for side in theirs ours; do
    options=()
    [ $side = theirs ] || options=(--bin "$(server_bin)")
    mkdir $side
    owner_path $side
    cluster_run main "$bin/pg_basebackup" -D "$TEST_DIR/$side/data" -c fast --no-sync >backup.out 2>&1 || fail "$(cat backup.out)"
    cluster_adopt $side "$TEST_DIR/$side/data" ${options[@]+"${options[@]}"}
    cluster_set $side "log_min_messages = info" "wal_retrieve_retry_interval = 200ms" "hot_standby = on" "log_line_prefix = ''" "recovery_target_timeline = 'current'"
    sed -i '/^port\|^listen_addresses/d' "$(cluster_dir $side)/postgresql.conf"
    cluster_follow $side main
    cluster_start $side
    cluster_wait_sql $side "select count(*) = 1 from pg_stat_wal_receiver where status = 'streaming'" "the stream"
done
cluster_start other

tcp="hostaddr=127.0.0.1 port=$(cluster_port main)"
echo nothing | tee theirs.before >ours.before
# words SIDE LINE: what it says since that line of its log, and did not the last time: it may have tried once more before
words()
{
    tail -n +$(($2 + 1)) "$(cluster_log "$1")" | grep -v -E "parameter|SIGHUP|waiting for WAL|invalid record|shutdown requested|restarted WAL|terminating walreceiver process due to admin|replication terminated|End of WAL" |
        sed -E 's/[0-9]{15,}/ID/g; s/[0-9A-F]+\/[0-9A-F]+/LSN/g' | awk '!seen[$0]++' | { grep -vxFf "$1.before" || true; } | head -6
}
# said SIDE LINE: has it told since that line how it went, and gone on from there?
said()
{
    words "$1" "$2" | grep -c -E "^FATAL:.*(could|differ|behind)|started streaming" >/dev/null &&
        ! tail -n 1 "$(cluster_log "$1")" | grep -q "^FATAL"
}
# receives WHAT CONNINFO [setting...]: both are told to, and what they say of it then is the same
receives()
{
    local what=$1 conninfo=$2 side
    declare -A from
    shift 2
    for side in theirs ours; do
        from[$side]=$(wc -l <"$(cluster_log $side)")
        cluster_set $side "primary_conninfo = '$conninfo'" "$@"
        cluster_reload $side
    done
    for side in theirs ours; do
        wait_until "$what: an answer" said $side "${from[$side]}"
        words $side "${from[$side]}" >$side.words
        cp $side.words $side.before
    done
    diff theirs.words ours.words >diff.out || fail "$what: $(cat diff.out)"
    ok "$what: $(grep -m 1 -E 'FATAL|started' ours.words)"
}
receives "over TLS, verified in full" "$tcp host=localhost user=sender password=secret sslmode=verify-full sslrootcert=$TEST_DIR/server.crt"
assert_eq "$(cluster_sql main "select count(*), bool_and(ssl), min(version) = max(version) from pg_stat_ssl join pg_stat_replication using (pid)")" "2|t|t" "both stream over TLS"
cluster_sql main "insert into t select generate_series(1, 10000)"
for side in theirs ours; do
    cluster_wait_replay $side "$(cluster_lsn main)"
    assert_eq "$(cluster_sql $side "select count(*) from t")" 10001 "$side: rows over TLS"
done
assert_eq "$(cluster_sql ours "select conninfo ~ 'password=\*+' and conninfo !~ 'secret' from pg_stat_wal_receiver")" t "the password is not shown"
receives "another name in the certificate" "$tcp host=elsewhere user=sender password=secret sslmode=verify-full sslrootcert=$TEST_DIR/server.crt"
receives "another root" "$tcp host=localhost user=sender password=secret sslmode=verify-full sslrootcert=$TEST_DIR/other.crt"
receives "a wrong password" "$tcp host=localhost user=sender password=public sslmode=require"
receives "no TLS" "$tcp user=sender password=secret sslmode=disable"
receives "no right to replication" "host=$(cluster_socket_dir main) port=$(cluster_port main) user=plain"
receives "no such role" "host=$(cluster_socket_dir main) port=$(cluster_port main) user=nosuch"
receives "nobody listens" "host=$TEST_DIR port=1 user=postgres"
receives "an option that is none" "host=$TEST_DIR nosuch=1"
receives "no such slot" "host=$(cluster_socket_dir main) port=$(cluster_port main) user=postgres" "primary_slot_name = 'nosuch'"
receives "another cluster" "host=$(cluster_socket_dir other) port=$(cluster_port other) user=postgres" "primary_slot_name = ''"
major=16
if [ -n "${HOLDFAST_WORLD-}" ] && cluster_find_bin $major >/dev/null; then
    cluster_init newer --major $major
    cluster_start newer
    receives "version $major" "host=$(cluster_socket_dir newer) port=$(cluster_port newer) user=postgres"
fi
receives "the right one again" "host=$(cluster_socket_dir main) port=$(cluster_port main) user=postgres"

# Both are promoted, so that main is behind them; and made standbys of main again.
for side in theirs ours; do
    cluster_promote $side
    cluster_stop $side
    as_owner touch "$(cluster_dir $side)/standby.signal"
    cluster_start_nowait $side
    behind()
    {
        grep -q "highest timeline" "$(cluster_log $side)"
    }
    wait_until "the primary is behind" behind
    grep -m 1 "highest timeline" "$(cluster_log $side)" >$side.words
done
diff theirs.words ours.words >diff.out || fail "a primary that is behind: $(cat diff.out)"
ok "a primary that is behind: $(head -1 ours.words)"
