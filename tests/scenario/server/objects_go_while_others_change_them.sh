#!/usr/bin/env bash
# objects_go_while_others_change_them.sh - a statement about an object waits for who drops it, and finds it gone
#
# Real PostgreSQL says the same, and nothing is left of it in the catalogs.
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"
# shellcheck source=tests/lib/session.sh
. "$TEST_LIB/session.sh"

cluster_require 15
cluster_init theirs --set "autovacuum = off"
cluster_init ours --bin "$(server_bin)" --set "autovacuum = off"
for side in theirs ours; do
    cluster_start "$side"
    session_open "drop_$side" "$side"
    session_open "use_$side" "$side"
done

# of_side SIDE MAKE DROP STATEMENT: what the statement says when the drop that it waits for is committed. Numbers differ.
of_side()
{
    session_run "use_$1" "$2" >/dev/null
    session_run "drop_$1" "begin" >/dev/null
    session_run "drop_$1" "$3" >/dev/null
    session_send "use_$1" "$4"
    session_wait_blocked "use_$1"
    session_run "drop_$1" "commit" >/dev/null
    session_wait "use_$1" | sed 's/ [0-9]\+ / N /'
}

same()
{
    of_side theirs "$@" >theirs.out
    of_side ours "$@" >ours.out
    assert_eq "$(cat ours.out)" "$(cat theirs.out)" "$3"
}

same "create domain d as int" "drop domain d" "comment on domain d is 'x'"
same "create schema s" "drop schema s" "comment on schema s is 'x'"
same "create role r" "drop role r" "comment on role r is 'x'"
same "create role r" "drop role r" "alter role r set work_mem = '1MB'"
same "create role r" "drop role r" "drop role r"
same "create domain d as int; create table t (a d, b int)" "drop domain d cascade" "alter domain d set not null"
# What comes to need an object waits for its end as well.
same "create type e as enum ('a')" "drop type e" "create table u (a e)"
same "create table u (b int); create type e as enum ('a')" "drop type e" "alter table u add a e"
same "create type e as enum ('a')" "drop type e" "create domain d as e"
same "create type e as enum ('a')" "drop type e" "create function f(e) returns int language sql as 'select 1'"
same "create function f() returns int language sql as 'select 1'" "drop function f()" "create table v (a int default f())"
same "create schema s" "drop schema s" "create function s.f() returns int language sql as 'select 1'"
same "create schema s" "drop schema s" "create type s.e as enum ('a')"
same "create sequence q" "drop sequence q" "create table v (a int default nextval('q'))"
for side in theirs ours; do
    assert_eq "$(session_run "use_$side" "select count(*) from pg_depend where refclassid = 'pg_type'::regclass and refobjid > 16383
        and not exists (select from pg_type where oid = refobjid)")" 0 "$side: nothing depends on types that are gone"
done
for side in theirs ours; do
    assert_eq "$(session_run "use_$side" "select (select count(*) from pg_description where objoid > 16383) +
        (select count(*) from pg_shdescription where objoid > 16383) + (select count(*) from pg_db_role_setting)")" 0 "$side: nothing is left"
    session_close "drop_$side"
    session_close "use_$side"
done
