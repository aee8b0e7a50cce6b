-- Functions and types in the session's temporary schema, which is made with the first of them.
create function pg_temp.f() returns int language sql as 'select 1';
select pg_temp.f();
select count(*) from pg_namespace where nspname = 'pg_temp_' || substr(pg_my_temp_schema()::regnamespace::text, 9);
select f();
\c -
create type pg_temp.e as enum ('a', 'b');
select 'b'::pg_temp.e;
\c -
create domain pg_temp.d as int check (value > 1);
select 2::pg_temp.d;
\c -
begin;
set local search_path = pg_temp;
create function f() returns int language sql as 'select 2';
select pg_temp.f();
rollback;
select pg_my_temp_schema();
create role temp_maker;
set role temp_maker;
create function pg_temp.f() returns int language sql as 'select 3';
create type pg_temp.e as enum ('a');
select pg_temp.f(), 'a'::pg_temp.e;
reset role;
drop function pg_temp.f();
drop type pg_temp.e;
drop role temp_maker;
