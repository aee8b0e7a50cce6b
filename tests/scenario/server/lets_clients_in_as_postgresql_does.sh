#!/usr/bin/env bash
# lets_clients_in_as_postgresql_does.sh - roles, databases and stored settings, as sessions begin
#
# A real server makes roles and databases of all sorts. Then it and ours, each on a copy of that cluster, are asked for
# the same sessions: what clients see and what the logs say, with SQLSTATEs, must be equal.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
psql=$(cluster_find_bin 15)/psql

cluster_init theirs --set "log_line_prefix = '%e %u@%d '" --set "log_connections = on" \
    --set "max_connections = 6" --set "superuser_reserved_connections = 4" --set "log_min_messages = info"
cluster_start theirs
cluster_sql theirs "
    CREATE ROLE nologin;
    CREATE ROLE u LOGIN;
    CREATE ROLE zero LOGIN CONNECTION LIMIT 0;
    CREATE ROLE sender LOGIN REPLICATION;
    CREATE ROLE \"Größe\" LOGIN;
    CREATE ROLE forbidden LOGIN;
    CREATE ROLE member LOGIN;
    CREATE ROLE secret LOGIN PASSWORD 'word';
    CREATE ROLE old LOGIN PASSWORD 'word' VALID UNTIL '2001-01-01';
    GRANT nologin TO member;
    GRANT nologin TO u;
    CREATE DATABASE zero CONNECTION LIMIT 0;
    CREATE DATABASE closed ALLOW_CONNECTIONS false;
    CREATE DATABASE private;
    REVOKE CONNECT ON DATABASE private FROM public;
    GRANT CONNECT ON DATABASE private TO nologin;
    CREATE DATABASE gone;
    CREATE DATABASE other_version;
    CREATE DATABASE no_version;
    CREATE DATABASE latin ENCODING latin1 LOCALE 'C' TEMPLATE template0;
    CREATE DATABASE icu LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' TEMPLATE template0;
    ALTER ROLE u SET work_mem = '7MB';
    ALTER DATABASE postgres SET work_mem = '8MB';
    ALTER DATABASE postgres SET enable_sort = off;
    ALTER ROLE u IN DATABASE postgres SET enable_seqscan = off;
    ALTER ROLE ALL SET geqo = off;
    ALTER ROLE ALL SET search_path = a, \"B c\", public;
    ALTER ROLE u SET search_path = 'x y';
    ALTER ROLE u SET log_statement = 'ddl';
    ALTER ROLE forbidden SET statement_timeout = '5min';
    ALTER DATABASE private SET DateStyle = 'german';
    ALTER DATABASE latin SET client_encoding = 'latin1';" >/dev/null
folders=$(cluster_sql theirs "SELECT datname || '=' || oid FROM pg_database WHERE datname ~ 'gone|version'")
cluster_stop theirs
folder_of()
{
    echo "$(cluster_dir theirs)/base/$(sed -n "s/^$1=//p" <<<"$folders")"
}
rm -r "$(folder_of gone)" "$(folder_of no_version)/PG_VERSION"
echo 14 >"$(folder_of other_version)/PG_VERSION"
cat >"$(cluster_dir theirs)/pg_hba.conf" <<'HBA'
local all secret,old scram-sha-256
local postgres forbidden reject
local all +nologin trust
local icu,postgres "Größe" trust
local replication all trust
local all all trust
HBA
cluster_copy theirs ours_copy
cluster_adopt ours "$(cluster_dir ours_copy)" --bin "$(server_bin)"
cluster_start theirs
cluster_start ours

settings="SHOW work_mem; SHOW enable_sort; SHOW enable_seqscan; SHOW geqo; SHOW search_path; SHOW log_statement;
    SHOW DateStyle; SHOW client_encoding; SHOW server_encoding; SHOW lc_collate; SHOW lc_ctype; SHOW is_superuser;
    SHOW session_authorization; SHOW statement_timeout; SHOW application_name; SHOW role; SHOW data_directory"

# on_both WHAT USER DATABASE [NAME=VALUE...] : ask for a session, run SHOWs in it; an environment of its own
on_both()
{
    local what=$1 user=$2 database=$3 side
    shift 3
    for side in theirs ours; do
        : >"$(cluster_log $side)"
        {
            as_owner env PGHOST="$(cluster_socket_dir $side)" PGPORT="$(cluster_port $side)" "$@" \
                "$psql" -X -A -t -v VERBOSITY=verbose -U "$user" -d "$database" -c "$settings" 2>&1 || echo "code $?"
        } </dev/null >"$side.all"
        # What differs for good: folders, who packaged a server, places in its source.
        local own="s#$(cluster_socket_dir $side)#SOCKETS#; s#$(cluster_dir $side)#DATA#; s# \(Debian [^)]*\)##; /^LOCATION:/d"
        sed -E "$own" "$side.all" >"$side.out"
        sed -E "$own" "$(cluster_log $side)" >"$side.log"
    done
    diff theirs.out ours.out >out.diff || fail "$what: $(cat out.diff)"
    diff theirs.log ours.log >log.diff || fail "log of $what: $(cat log.diff)"
    ok "$what"
}

on_both "a superuser" postgres postgres
on_both "a role with settings of all sources" u postgres
on_both "the same elsewhere" u template1
on_both "a client's settings win" u postgres PGOPTIONS='-c work_mem=9MB --enable-sort=on' PGAPPNAME=täst
on_both "a setting that he may not make" u postgres PGOPTIONS='-c log_statement=all'
on_both "a setting that nobody can make" postgres postgres PGOPTIONS='-c shared_buffers=1GB'
on_both "no such setting" postgres postgres PGOPTIONS='-c nonsense=1'
on_both "no value" postgres postgres PGOPTIONS='-c work_mem'
on_both "an encoding that there is none of" postgres postgres PGCLIENTENCODING=nonsense
on_both "another encoding" postgres postgres PGCLIENTENCODING=latin1
on_both "a database in another encoding" postgres latin
on_both "a database with ICU" postgres icu
on_both "a name beyond ASCII" Größe postgres
on_both "no such role" nobody postgres
on_both "a role that may not log in" nologin postgres
on_both "a role without room for connections" zero postgres
on_both "a role of a limit of its own" member postgres
on_both "no such database" postgres nowhere
on_both "a database without room for connections" u zero
on_both "the same for a superuser" postgres zero
on_both "a closed database" postgres closed
on_both "a private database" forbidden private
on_both "a private database, to a member" member private
on_both "a role that is rejected" forbidden postgres
on_both "a database whose folder is gone" postgres gone
on_both "a folder of another version" postgres other_version
on_both "a folder without a version" postgres no_version
on_both "a password" secret postgres PGPASSWORD=word
on_both "a wrong password" secret postgres PGPASSWORD=wrong
on_both "no password" secret postgres
on_both "a password of the past" old postgres PGPASSWORD=word
on_both "a long name" postgres "$(printf 'x%.0s' $(seq 80))"

# Two more sessions, held open by a shell command of psql, and the last slots are for superusers.
mkfifo hold
chmod 666 hold
for side in theirs ours; do
    for i in 1 2; do
        PGHOST=$(cluster_socket_dir $side) PGPORT=$(cluster_port $side) as_owner_in_background \
            "$psql" -X -U u -d postgres -c "\\! cat $PWD/hold" >/dev/null 2>&1
    done
    wait_until "two sessions of $side" eval "[ \$(grep -c authorized '$(cluster_log $side)') -ge 2 ]"
done
on_both "the last slots, to others" u postgres
on_both "the last slots, to a superuser" postgres postgres
echo >hold
