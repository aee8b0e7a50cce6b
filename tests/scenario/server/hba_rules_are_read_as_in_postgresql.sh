#!/usr/bin/env bash
# hba_rules_are_read_as_in_postgresql.sh - pg_hba.conf and pg_ident.conf mean the same, and so do their mistakes
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
cluster_init main --set 'fsync = off' --set "log_line_prefix = ''" --set 'log_error_verbosity = verbose' --listen
data=$(cluster_dir main)
openssl req -new -x509 -days 2 -nodes -subj /CN=localhost -keyout "$TEST_DIR/key" -out "$TEST_DIR/cert" 2>/dev/null
as_owner tee "$data/server.crt" < "$TEST_DIR/cert" > /dev/null
as_owner tee "$data/server.key" < "$TEST_DIR/key" > /dev/null
as_owner chmod 600 "$data/server.key"
cluster_set main 'ssl = on'
cluster_start main
port=$(cluster_port main)
rules() { "$HOLDFAST_BUILD/tests/scenario/server/hba_rules" "$@"; }
ours="$TEST_DIR/ours_data"
mkdir "$ours"

# The text of a file, with \n and \t, on both sides.
write_both() {
    printf "%b" "$2" | tee "$ours/$1" > "$data/$1"
}
# Have the real server read its files again, and ask it QUERY; prints what it logged first, without the place in its
# source, then the answer. The error marks the end of the reload in the log.
reload_and_ask() {
    local lines
    lines=$(wc -l < "$(cluster_log main)")
    kill -HUP "$(cluster_pid main)"
    cluster_psql main -XAtq -c 'SELECT 1 / 0' -c "$1" > "$TEST_DIR/answer" 2> /dev/null || true
    tail -n "+$((lines + 1))" "$(cluster_log main)" |
        sed '/division by zero/,$d; /^LOCATION/d; /received SIGHUP/d; /was not reloaded/d' |
        cat - "$TEST_DIR/answer" | sed "s|$data|DIR|g"
}

# ---- Lines of pg_hba.conf -------------------------------------------------------------------------------------------

# Options and methods that need libraries which we are not built with are left out: gss, ldap, pam, radius.
cat > "$TEST_DIR/hba_cases" <<'END'
local all all trust
local all,db1 "all",+grp,"+grp" trust\n
local db 1 user x
local all
local
local all all
foo all all trust
host all all 127.0.0.1/32 trust
host all all 127.0.0.1/0 trust
host all all 127.0.0.1/7 trust
host all all 127.0.0.1/33 trust
host all all 127.0.0.1/-1 trust
host all all 127.0.0.1/x trust
host all all 127.0.0.1/ trust
host all all 127.0.0.1/8/8 trust
host all all 127.0.0.1
host all all 127.0.0.1 trust
host all all 127.0.0.1 255.0.0.0 trust
host all all 127.0.0.1 255.0.1.0 trust
host all all 127.0.0.1 ::1 trust
host all all 127.0.0.1 foo trust
host all all 127.1/8 trust
host all all ::1/128 trust
host all all ::1/129 trust
host all all ::1/47 trust
host all all ::1 ffff:: trust
host all all 2001:DB8::FFFF/64 trust
host all all all trust
host all all samehost trust
host all all samenet trust
host all all localhost trust
host all all .example.com trust
host all all localhost/8 trust
host all all a,b trust
host all all 127.0.0.1,::1 trust
host all all 127.0.0.1 255.0.0.0,x trust
host all all
hostssl all all all cert
hostssl all all all cert clientcert=verify-full
hostssl all all all cert clientcert=verify-ca
hostssl all all all cert clientcert=1
hostssl all all all md5 clientcert=no-verify
hostssl all all all md5 clientcert=verify-ca
hostssl all all all md5 clientcert=verify-full
host all all all md5 clientcert=verify-ca
host all all all md5 clientname=CN
hostssl all all all md5 clientname=DN clientcert=verify-full
hostssl all all all cert clientname=XX
hostssl all all all cert map=foo clientname=CN
hostssl all all all trust map=foo
hostnossl all all all password
hostnogssenc all all all scram-sha-256
local all all peer map=x
host all all all peer
local all all cert
host all all all cert
hostnossl all all all cert
local all all ident
host all all all ident map=y
host all all all md5 map=y
host all all all md5 foo
host all all all md5 foo=bar
host all all all md5 foo=bar,x=y
host all all all md5 ldapserver=x
host all all all md5 pamservice=x
host all all all md5 radiussecrets=x
host all all all trust "x=y z"
host all all all trust,md5
host all all all sspi
host all all all bsd
host all all all TRUST
host all all all foo
local,host all all trust
"local" all all trust
LOCAL all all trust
local "a b",c""d,"e""f" all trust
local a"b c"d all trust
local "abc all trust
local abc" all trust
local all all trust # comment
local all all tru#st
local all "a#b" trust#x
# only comment
   
local all all trust\nlocal all all foo\nlocal bad\nlocal all all md5\n
local all all \\\n trust\n
local all all \\\n trust \\\n\nlocal x x md5
local all all \\ \n trust\n
local all all trust\\
local @missing all trust
local @dbs all trust
local "@dbs" all trust
local all @dbs,x trust
local all @"dbs" trust
local @ all trust
local @bad all trust
local @loop all trust
local a,,b all trust
local a, b all trust
local a ,b all trust
local ,a all trust
local a, all trust
local , all trust
local replication,sameuser,samerole,samegroup,"replication" all trust
local "" "" trust
local NULL,null,"a\\\\b",{x} all trust
local all all "trust"
local all all trust x
local all all peer map=
local all all peer =x
local all all peer "map"=x
local all all peer map="x y"
local all all peer map=a,map=b map=c
local all all reject
local all all reject map=x
include foo
local all all trust\r\n
local\tall\tall\ttrust
local all all trust\n\n\n  local all all  md5  \n
local /x /^x$ trust
host all all ::ffff:127.0.0.1/128 trust
host all all 0.0.0.0/0 trust
host all all 1.2.3.4/8 trust
host all all ::/0 trust
host all all 256.1.1.1/8 trust
host all all 1.2.3/24 trust
host all all 0x7f.1/8 trust
host all all 1.2.3.4.5 trust
host all all a_b.c-d trust
host all all é trust
END
printf 'local %s all trust\n' "$(printf 'x%.0s' {1..300})" >> "$TEST_DIR/hba_cases"
for side in "$ours" "$data"; do
    as=as_owner
    [ "$side" = "$data" ] || as=
    printf 'd1, d2\nd3 "d 4" # x\n@dbs2\n' | $as tee "$side/dbs" > /dev/null
    printf 'e1' | $as tee "$side/dbs2" > /dev/null
    printf 'ok @missing ok2\n' | $as tee "$side/bad" > /dev/null
    printf '@loop2\n' | $as tee "$side/loop" > /dev/null
    printf 'x @dbs\n' | $as tee "$side/loop2" > /dev/null
done

# A rule that lets the test in comes first.
first='local postgres postgres trust\n'
while IFS= read -r text; do
    write_both pg_hba.conf "$first$text"
    {
        printf -- '--- %s\n' "$text"
        reload_and_ask 'SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error
            FROM pg_hba_file_rules'
    } >> "$TEST_DIR/theirs"
    {
        printf -- '--- %s\n' "$text"
        # PostgreSQL has no text in its view for these two, the log does. We have it in both.
        rules show "$ours/pg_hba.conf" ssl | sed "s|$ours|DIR|g; s/^\(.*||\)invalid value for client.*: .*/\1/"
    } >> "$TEST_DIR/ours"
done < "$TEST_DIR/hba_cases"
assert_eq "$(diff "$TEST_DIR/theirs" "$TEST_DIR/ours" | head -60)" "" \
    "$(wc -l < "$TEST_DIR/hba_cases") texts of pg_hba.conf are read alike"

# ---- Lines of pg_ident.conf -----------------------------------------------------------------------------------------

cat > "$TEST_DIR/ident_cases" <<'END'
m a b
m a
m
m a b c
m a,b c
m,n a b
m a b,c
"m n" "a b" "c"
m /^(.*)@x$ \\1
m /( b
m /[ b
m /a{2,1} b
# nothing
m a b # x
m a b\nm c\nn d e
"" "" ""
@dbs a b
m @dbs2 b
m a \\\n b
END
while IFS= read -r text; do
    write_both pg_ident.conf "$text\n"
    printf -- '--- %s\n' "$text" | tee -a "$TEST_DIR/theirs_ident" >> "$TEST_DIR/ours_ident"
    cluster_sql main 'SELECT line_number, map_name, sys_name, pg_username, error FROM pg_ident_file_mappings' \
        >> "$TEST_DIR/theirs_ident"
    rules ident "$ours/pg_ident.conf" | grep -v '^LOG:\|^CONTEXT:' >> "$TEST_DIR/ours_ident" || true
done < "$TEST_DIR/ident_cases"
# What is wrong with an expression each engine says in its own words.
sed -i 's/\(invalid regular expression "[^"]*"\): .*/\1/' "$TEST_DIR/theirs_ident" "$TEST_DIR/ours_ident"
assert_eq "$(diff "$TEST_DIR/theirs_ident" "$TEST_DIR/ours_ident")" "" \
    "$(wc -l < "$TEST_DIR/ident_cases") texts of pg_ident.conf are read alike"

# ---- Which rule is for whom -----------------------------------------------------------------------------------------

write_both pg_hba.conf "$first"
write_both pg_ident.conf ''
reload_and_ask 'SELECT 1' > /dev/null
cluster_sql main 'CREATE ROLE u1 LOGIN REPLICATION; CREATE ROLE u2 LOGIN; CREATE ROLE g; GRANT g TO u1'
for database in d1 g u2; do cluster_sql main "CREATE DATABASE $database"; done
seed=${HOLDFAST_SEED:-$RANDOM}
note "HOLDFAST_SEED=$seed"
RANDOM=$((seed % 32768))
psql=$(cluster_tool main psql)
pick() { shift $((RANDOM % $#)); echo "$1"; }

for round in 1 2 3 4 5 6 7 8; do
    text=$first
    for _ in 1 2 3 4 5; do
        kind=$(pick local host host hostnossl hostssl hostnogssenc)
        databases=$(pick all d1 g u2 sameuser samerole '"all"' '"sameuser"' d1,g replication 'replication,d1' '"replication"')
        users=$(pick all u1 u2 g +g '"+g"' u1,u2 '"all"')
        address=''
        [ "$kind" = local ] || address=$(pick all 127.0.0.1/32 127.0.0.0/8 10.0.0.0/8 0.0.0.0/0 ::/0 samehost samenet \
            '127.0.0.2 255.255.255.252' '127.0.0.2 255.255.255.254' localhost .localdomain)
        text="$text$kind $databases $users $address $(pick trust reject)\n"
    done
    write_both pg_hba.conf "$text"
    reload_and_ask 'SELECT 1' > /dev/null
    for host in local 127.0.0.1 tls:127.0.0.1; do
        for user in u1 u2; do
            for database in d1 g u2 '(replication)'; do
                echo "$host $database $user" >> "$TEST_DIR/clients.$round"
                where=$(cluster_socket_dir main)
                [ "$host" = local ] || where=${host#tls:}
                tls=disable
                [[ $host != tls:* ]] || tls=require
                case $database in
                    '(replication)') info="replication=true"; query='SHOW work_mem' ;;
                    *) info="dbname=$database"; query='SELECT 1' ;;
                esac
                if out=$("$psql" -XAtq -c "$query" \
                    "host=$where port=$port user=$user $info sslmode=$tls gssencmode=disable" 2>&1) ||
                    [[ $out == *'permission denied'* || $out == *'must be superuser or replication role'* ]]; then
                    echo ok
                else
                    printf '%s\n' "$out" | sed 's/^.*FATAL:  /FATAL:  28000: /'
                fi >> "$TEST_DIR/theirs.$round"
            done
        done
    done
    rules match "$ours/pg_hba.conf" ssl < "$TEST_DIR/clients.$round" > "$TEST_DIR/ours.$round"
    assert_eq "$(diff "$TEST_DIR/theirs.$round" "$TEST_DIR/ours.$round")" "" \
        "clients are let in alike, seed $seed, rules $(printf '%s' "$text" | tr '\n' ';')"
done
