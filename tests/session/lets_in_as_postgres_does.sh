#!/usr/bin/env bash
# lets_in_as_postgres_does.sh - the same rules, roles and secrets on both servers: who is let in, who is told what
. "$(dirname "$0")/../lib/cluster.sh"

cluster_require 15
tiny=$HOLDFAST_BUILD/tests/session/tiny_server
play=$HOLDFAST_BUILD/tests/session/wire_play

cluster_init real --listen
cluster_start real
cluster_sql real "
    set password_encryption = 'md5';
    create role md5user login password 'secret';
    create role md5under login password 'secret';
    set password_encryption = 'scram-sha-256';
    create role scramuser login password 'secret';
    create role md5scram login password 'secret';
    create role pwuser login password 'secret';
    create role oddpw login password E'a\u00a0b\u2168';
    create role nopw login;
    create role rejuser login;
    create role peeruser login;
    create role peerbad login;
    create role certuser login;
    create role certmapped login;
    create role certdn login;
    create role certalso login password 'secret';
    create role certany login;
    create role late login password 'secret' valid until '2001-01-01';" >/dev/null

mkdir own
cat >own/pg_hba.conf <<END
local all postgres trust
local all rejuser reject
local all md5user,md5scram,nosuchmd5 md5
local all scramuser,oddpw,md5under,nopw,nosuchscram scram-sha-256
local all pwuser,nosuchpw password
local all peeruser peer map=m
local all peerbad peer
hostssl all scramuser,md5user 127.0.0.1/32 scram-sha-256
hostssl all certuser 127.0.0.1/32 cert
hostssl all certmapped 127.0.0.1/32 cert map=c
hostssl all certdn 127.0.0.1/32 cert map=d clientname=DN
hostssl all certalso 127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostssl all certany 127.0.0.1/32 trust clientcert=verify-ca
END
# The clients of this test run as the user of this script.
cat >own/pg_ident.conf <<END
m $(id -un) peeruser
c certuser certmapped
d "/^CN=certuser,O=Holdfast$" certdn
END
cp own/pg_hba.conf own/pg_ident.conf "$(cluster_dir real)/"
cluster_sql real "copy (select rolname, coalesce(rolpassword, '') from pg_authid) to stdout" >own/roles

# A certificate that both present: the client's proof is bound to it.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -sha256 \
    -keyout own/server.key -out own/server.crt 2>/dev/null
chmod 600 own/server.key
# It is an authority too: it has signed the certificate of a client, and not the other's.
openssl req -newkey rsa:2048 -nodes -subj /O=Holdfast/CN=certuser -keyout client.key -out client.csr 2>/dev/null
openssl x509 -req -in client.csr -CA own/server.crt -CAkey own/server.key -CAcreateserial -days 2 \
    -out client.crt 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /O=Holdfast/CN=certuser -keyout other.key -out other.crt 2>/dev/null
chmod 600 client.key other.key
cp own/server.key own/server.crt "$(cluster_dir real)/"
owner_path "$(cluster_dir real)"
cluster_set real "ssl = on" "ssl_ca_file = 'server.crt'"
cluster_restart real

# With the secret of the real cluster, unknown users are asked with the same salt by both.
TINY_NONCE=$(LC_ALL=C "$(cluster_tool real pg_controldata)" "$(cluster_dir real)" |
    sed -n 's/^Mock authentication nonce: *//p')
export TINY_NONCE
port=$(cluster_find_port)
"$tiny" "$TEST_DIR/own" "$port" listen_addresses=127.0.0.1 ssl=on ssl_ca_file=server.crt hba_file=pg_hba.conf \
    ident_file=pg_ident.conf 2>own.log &
tiny_pid=$!
at_end kill "$tiny_pid"
wait_until "start of the tiny server" grep -qs "ready to accept" own.log

script=$TOP_SRCDIR/tests/session/scripts/login.wire
"$play" "$(cluster_socket_dir real)/.s.PGSQL.$(cluster_port real)" <"$script" >real.out || fail "not played to the real server"
"$play" "$TEST_DIR/own/.s.PGSQL.$port" <"$script" >own.out || fail "not played to ours"
[ "$(grep -vc '^>' real.out)" -gt 50 ] || fail "the real server has hardly answered"
diff real.out own.out >answers.diff || fail "answers differ: $(head -30 answers.diff)"
ok "$(grep -vc '^>' own.out) answers are the same"

# try WHO PASSWORD WANTED WORD...: psql says what is wanted, on both servers.
try()
{
    local who=$1 password=$2 wanted=$3 server host to
    shift 3
    for server in real own; do
        host=$TEST_DIR/own to=$port
        [ "$server" = own ] || { host=$(cluster_socket_dir real) && to=$(cluster_port real); }
        said=$(PGPASSWORD=$password psql -X -A -t -c 'select 1' "host=$host port=$to user=$who dbname=postgres $*" 2>&1) ||
            true
        assert_contains "$said" "$wanted" "$who with $password $* ($server)"
    done
}
refused="password authentication failed for user"
try md5user secret 1
try md5user wrong "$refused"
try scramuser secret 1
try scramuser wrong "$refused"
try md5scram secret 1
try pwuser secret 1
try pwuser wrong "$refused"
try oddpw $'a\u00a0b\u2168' 1
try oddpw 'a bIX' 1
try nosuchscram secret "$refused"
try nosuchmd5 secret "$refused"
try nopw secret "$refused"
try peeruser "" 1

# TLS, with the channel bound to the certificate.
try scramuser secret 1 host=127.0.0.1 sslmode=require channel_binding=require
try scramuser wrong "$refused" host=127.0.0.1 sslmode=require channel_binding=require
try scramuser secret 1 host=127.0.0.1 sslmode=require channel_binding=disable
try scramuser secret 1 host=127.0.0.1 sslmode=verify-ca sslrootcert=own/server.crt
try scramuser secret "no pg_hba.conf entry for host \"127.0.0.1\", user \"scramuser\", database \"postgres\", no encryption" \
    host=127.0.0.1 sslmode=disable
try md5user secret "$refused" host=127.0.0.1 sslmode=require
try scramuser secret 1 host=127.0.0.1 sslmode=require ssl_max_protocol_version=TLSv1.2
try scramuser secret "protocol version" host=127.0.0.1 sslmode=require ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=TLSv1.1

# Certificates of clients.
tls=(host=127.0.0.1 sslmode=require)
mine=("${tls[@]}" sslcert=client.crt sslkey=client.key)
try certuser "" 1 "${mine[@]}"
try certuser "" "connection requires a valid client certificate" "${tls[@]}" sslcert=none
try certmapped "" 1 "${mine[@]}"
try certdn "" 1 "${mine[@]}"
try certalso secret 'password authentication failed for user "certalso"' "${mine[@]}"
try certany "" 1 "${mine[@]}"
try certany "" "connection requires a valid client certificate" "${tls[@]}" sslcert=none
try certuser "" "SSL" "${tls[@]}" sslcert=other.crt sslkey=other.key

# A key that is locked is opened by a command, or the server does not start.
openssl rsa -aes256 -in own/server.key -passout pass:open -out own/locked.key 2>/dev/null
chmod 600 own/locked.key
mkdir locked
cp own/server.crt own/locked.key locked/
locked_port=$(cluster_find_port)
"$tiny" "$TEST_DIR/locked" "$locked_port" ssl=on ssl_key_file=locked.key "ssl_passphrase_command=echo wrong" \
    2>wrong.log && fail "a wrong passphrase has opened the key"
assert_contains "$(cat wrong.log)" 'could not load private key file "locked.key"' "a wrong passphrase"
"$tiny" "$TEST_DIR/locked" "$locked_port" listen_addresses=127.0.0.1 ssl=on ssl_key_file=locked.key \
    "ssl_passphrase_command=echo open" 2>locked.log &
locked_pid=$!
at_end kill "$locked_pid"
wait_until "start with a locked key" grep -qs "ready to accept" locked.log
said=$(psql -X -A -t -c 'select 1' "host=127.0.0.1 port=$locked_port user=postgres dbname=postgres sslmode=require")
assert_eq "$said" 1 "TLS with a key that a command has opened"
chmod 644 locked/locked.key
"$tiny" "$TEST_DIR/locked" "$(cluster_find_port)" ssl=on ssl_key_file=locked.key 2>open.log && fail "a key for all"
assert_contains "$(cat open.log)" "has group or world access" "a key that others can read"
