#!/bin/bash
# read_catalogs.sh - write server/catalog/pg_*.def, system_views.sql and information_schema.sql anew from a real PostgreSQL 15
#
#     read_catalogs.sh [--bin DIR] [FOLDER]
#
# DIR holds initdb, postgres and psql of PostgreSQL 15 (/usr/lib/postgresql/15/bin); the files go to FOLDER instead of
# server/catalog when it is given. A cluster is made in a temporary folder, asked by read_catalogs.sql, and removed. What it says does not depend on the machine, so running this again
# changes nothing. The superuser is named POSTGRES there, which stands for whatever name a cluster is made with.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=/usr/lib/postgresql/15/bin
if [ "${1:-}" = --bin ]; then
    bin=$2
    shift 2
fi
folder=${1:-$here/../server/catalog}

work=$(mktemp -d /tmp/read_catalogs.XXXXXX)
is_up=""

# A server refuses to run as root.
as_owner()
{
    if [ "$(id -u)" = 0 ]; then
        (cd "$work" && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

finish()
{
    [ -z "$is_up" ] || as_owner "$bin/pg_ctl" -D "$work/data" -m immediate -w stop >/dev/null
    rm -rf "$work"
}
trap finish EXIT

[ "$(id -u)" != 0 ] || chown postgres "$work"
as_owner "$bin/initdb" -D "$work/data" -U POSTGRES -A trust -E UTF8 --locale=C --no-sync >/dev/null
as_owner "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w \
    -o "-c listen_addresses='' -c unix_socket_directories='$work' -c autovacuum=off -c fsync=off" start >/dev/null
is_up=yes
"$bin/psql" -X -q -h "$work" -U POSTGRES -d template1 -f "$here/read_catalogs.sql" >"$work/lines"
cat >"$folder/system_views.sql" <<'END'
-- system_views.sql - the system views of a new cluster, with their rules
--
-- Facts of PostgreSQL 15 (NOTICE), written by setup/read_catalogs.sh: do not edit. Their order gives them their numbers.
END
"$bin/psql" -X -q -h "$work" -U POSTGRES -d template1 -f "$here/read_views.sql" >>"$folder/system_views.sql"
cat >"$folder/information_schema.sql" <<'END'
-- information_schema.sql - information_schema of a new cluster
--
-- Facts of PostgreSQL 15 (NOTICE), written by setup/read_catalogs.sh: do not edit. Their order gives them their numbers.
END
"$bin/psql" -X -q -h "$work" -U POSTGRES -d template1 -f "$here/read_information.sql" >>"$folder/information_schema.sql"

# One row a catalog: what its rows are.
cat >"$work/titles" <<'END'
pg_aggregate aggregate functions: the parts that a row of pg_proc has no room for
pg_am access methods of tables and indexes
pg_amop operators of operator families
pg_amproc support functions of operator families
pg_attrdef defaults of columns, and expressions of generated ones
pg_attribute columns of relations
pg_auth_members which role is a member of which
pg_authid roles
pg_cast conversions from one type to another
pg_class relations: tables, indexes, views, sequences, composite types
pg_collation collations
pg_constraint constraints of tables and domains
pg_conversion conversions between encodings
pg_database databases
pg_db_role_setting settings of a role, of a database, or of both
pg_default_acl rights that new objects get
pg_depend which object cannot be without which, in one database
pg_description comments on objects of one database
pg_enum labels of enum types
pg_event_trigger event triggers
pg_extension installed extensions
pg_foreign_data_wrapper foreign-data wrappers
pg_foreign_server foreign servers
pg_foreign_table foreign tables
pg_index indexes: the parts that a row of pg_class has no room for
pg_inherits which table inherits from, or is a partition of, which
pg_init_privs rights that objects had when they were made by initdb or an extension
pg_language languages of functions
pg_largeobject the data of large objects
pg_largeobject_metadata owners and rights of large objects
pg_namespace schemas
pg_opclass operator classes
pg_operator operators
pg_opfamily operator families
pg_parameter_acl rights to set settings
pg_partitioned_table how tables are partitioned
pg_policy policies of row security
pg_proc functions, procedures, aggregates
pg_publication publications
pg_publication_namespace schemas of publications
pg_publication_rel tables of publications
pg_range range types
pg_replication_origin replication origins
pg_rewrite rewrite rules, the queries of views among them
pg_seclabel security labels of objects of one database
pg_sequence parameters of sequences
pg_shdepend which shared object is needed in which database
pg_shdescription comments on shared objects
pg_shseclabel security labels of shared objects
pg_statistic what ANALYZE found in columns
pg_statistic_ext extended statistics: what is to be gathered
pg_statistic_ext_data extended statistics: what was found
pg_subscription subscriptions
pg_subscription_rel tables of subscriptions, and how far they are
pg_tablespace tablespaces
pg_transform transforms between types and languages
pg_trigger triggers
pg_ts_config text search configurations
pg_ts_config_map which dictionaries take which kind of token
pg_ts_dict text search dictionaries
pg_ts_parser text search parsers
pg_ts_template text search templates
pg_type types
pg_user_mapping what a user is on a foreign server
END

awk -F '\t' -v folder="$folder" '
FILENAME ~ /titles$/ { name = $0; sub(/ .*/, "", name); title[name] = substr($0, length(name) + 2); next }
!($1 in title) { print "read_catalogs.sh: no title for " $1 >"/dev/stderr"; failed = 1; exit 1 }
$1 != last {
    if (last != "")
        close(file)
    last = $1
    file = folder "/" $1 ".def"
    printf "/*\n * %s.def - %s\n *\n", $1, title[$1] >file
    printf " * Facts of PostgreSQL 15 (NOTICE), written by setup/read_catalogs.sh; README has the form.\n */\n" >file
}
{ print $2 >file }
END { exit failed }' "$work/titles" "$work/lines"
