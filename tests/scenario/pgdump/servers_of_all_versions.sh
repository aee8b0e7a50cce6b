#!/usr/bin/env bash
# servers_of_all_versions.sh - servers 13 to 18 are dumped, the dumps load, and what was loaded is dumped the same
#
# For servers up to 15 the text is that of pg_dump 15 too; it does not talk to newer ones.
. "$(dirname "$0")/../../lib/cluster.sh"

cluster_require 15
# shellcheck source=tests/scenario/pgdump/dump_lib.sh
. "$TEST_SRC/dump_lib.sh"

# The version's own part of every_kind.sql: lines that are too new for it are left out.
fit()
{
    local major=$1
    case $major in
        13) sed -e '/multirange_type_name/d' -e '/COMPRESSION pglz/s/.*/    ALTER d SET STORAGE EXTENDED;/' -e '/app.standard/d' \
            -e '/CREATE FUNCTION public.circle_count/d' -e '/circle_count/d' -e '/ON (lower(name))/d' -e '/other_stats/d' ;;
        *) cat ;;
    esac <"$TEST_SRC/every_kind.sql" | if [ "$major" -lt 15 ]; then
        sed -e '/NULLS NOT DISTINCT/s/.*/    CONSTRAINT nulls UNIQUE (room) DEFERRABLE INITIALLY DEFERRED);/' \
            -e 's/public.plain (id, name) WHERE (id > 5), public.tree/public.plain, public.tree/' -e '/TABLES IN SCHEMA/d'
    else
        cat
    fi
}

# NOT NULL as a constraint with a name, a comment and properties, since 18.
add_not_null()
{
    cat <<'X'
CREATE TABLE public.filled (a integer CONSTRAINT alone NOT NULL NO INHERIT, b integer, c integer CONSTRAINT named NOT NULL, d integer NOT NULL);
INSERT INTO public.filled VALUES (1, NULL, 3, 4);
ALTER TABLE public.filled ADD CONSTRAINT later NOT NULL b NOT VALID;
CREATE TABLE public.filled_child (a integer NOT NULL) INHERITS (public.filled);
CREATE TABLE public.filled_alone (a integer, b integer);
CREATE TABLE public.filled_alone_child () INHERITS (public.filled_alone);
ALTER TABLE public.filled_alone_child ADD NOT NULL a NO INHERIT, ADD CONSTRAINT "Own Name" NOT NULL b;
COMMENT ON CONSTRAINT named ON public.filled IS 'not without c';
COMMENT ON CONSTRAINT later ON public.filled IS 'not without b, from now on';
CREATE TABLE public.filled_parts (k integer NOT NULL, v integer) PARTITION BY LIST (k);
CREATE TABLE public.filled_part PARTITION OF public.filled_parts FOR VALUES IN (1);
INSERT INTO public.filled_parts VALUES (1, NULL);
ALTER TABLE public.filled_parts ADD CONSTRAINT part_later NOT NULL v NOT VALID;
X
}

# What the server knows of them.
not_null()
{
    sql "$1" "$2" "select conrelid::regclass, conname, connoinherit, convalidated, coninhcount,
        pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
        from pg_constraint where contype = 'n' and conrelid >= 16384 order by conrelid::regclass::text, conname"
}

found=
for major in 13 14 16 17 18; do
    bin=$(cluster_find_bin "$major") || continue
    found+=" $major"
    cluster_init "v$major" --bin "$bin"
    cluster_start "v$major"
    sql "v$major" postgres "create role dump_owner; create role dump_reader; create role \"Role With Space\""
    sql "v$major" postgres "create database every" && sql "v$major" postgres "create database again"
    fit "$major" >"v$major.sql"
    [ "$major" -lt 18 ] || add_not_null >>"v$major.sql"
    load "v$major" every "$PWD/v$major.sql"
    if [ "$major" -lt 15 ]; then
        dump_compare "v$major" every
        dump_compare "v$major" every -s -c -C
        ok "of PostgreSQL $major the dumps are those of pg_dump 15"
    fi
    # Before 15 everybody could make things in the schema public, which the text, being pg_dump 15's, takes for a grant.
    in_cluster "v$major" every "$HOLDFAST_BIN/pgdump" --restrict-key=k >first.sql || fail "pgdump of $major: exit code $?"
    load "v$major" again "$PWD/first.sql"
    in_cluster "v$major" again "$HOLDFAST_BIN/pgdump" --restrict-key=k >second.sql || fail "pgdump of $major: exit code $?"
    diff <(grep -v ' ON SCHEMA public ' first.sql) <(grep -v ' ON SCHEMA public ' second.sql) >differs || fail "PostgreSQL $major has something else after loading: $(head -20 differs)"
    diff <(not_null "v$major" every) <(not_null "v$major" again) >differs ||
        fail "PostgreSQL $major has other NOT NULL after loading: $(head -20 differs)"
    ok "a dump of PostgreSQL $major loads there, and what was loaded is dumped the same"
    cluster_stop "v$major"
done
[ -n "$found" ] || skip "needs PostgreSQL 13, 14, 16, 17 or 18: set HOLDFAST_TEST_PG_<major>"
note "versions:$found"
