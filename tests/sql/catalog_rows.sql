-- rows of catalogs that are changed as those of tables: what is kept of them is forgotten
-- plans stay as they are
set debug_discard_caches = 0;
create table renamed (a int, b text);
insert into renamed values (1, 'x');
create index renamed_a on renamed (a);
select * from renamed;
update pg_class set relname = 'anew' where relname = 'renamed';
select * from renamed;
select * from anew;
update pg_attribute set attname = 'z' where attrelid = 'anew'::regclass and attname = 'a';
select z from anew;
select a from anew;
begin;
update pg_attribute set attname = 'y' where attrelid = 'anew'::regclass and attname = 'z';
select y from anew;
savepoint s;
update pg_attribute set attname = 'x' where attrelid = 'anew'::regclass and attname = 'y';
select x from anew;
rollback to s;
select y from anew;
rollback;
select z from anew;
-- indexes that are not to be used
prepare q as select b from anew where z = 1;
set enable_seqscan = off;
explain (costs off) execute q;
update pg_index set indisvalid = false where indexrelid = 'renamed_a'::regclass;
explain (costs off) execute q;
update pg_index set indisvalid = true where indexrelid = 'renamed_a'::regclass;
explain (costs off) execute q;
reset enable_seqscan;
-- functions, types, schemas, operators
create function f() returns int language sql as 'select 1';
select f();
update pg_proc set proname = 'g' where proname = 'f' and pronamespace = 'public'::regnamespace;
select f();
select g();
update pg_proc set prosrc = 'select 2' where proname = 'g' and pronamespace = 'public'::regnamespace;
select g();
create schema one;
create table one.t (a int);
update pg_namespace set nspname = 'two' where nspname = 'one';
table one.t;
table two.t;
create domain d as int;
select 1::d;
update pg_type set typname = 'dd' where typname = 'd' and typnamespace = 'public'::regnamespace;
select 1::dd;
select 1::d;
-- rows that come and go
create type mood as enum ('sad', 'ok');
insert into pg_enum (oid, enumtypid, enumsortorder, enumlabel) values (99999, 'mood'::regtype, 3, 'happy');
select 'happy'::mood > 'ok';
delete from pg_enum where oid = 99999;
select 'happy'::mood;
insert into pg_description select 'anew'::regclass, 'pg_class'::regclass, 0, 'by hand';
select obj_description('anew'::regclass, 'pg_class');
-- roles and databases
create role r1;
grant create on schema public to r1;
update pg_authid set rolname = 'r2' where rolname = 'r1';
set role r1;
set role r2;
create table of_r2 ();
reset role;
update pg_authid set rolsuper = true where rolname = 'r2';
set role r2;
select rolsuper from pg_authid where rolname = current_user;
reset role;
drop table of_r2;
revoke create on schema public from r2;
drop role r2;
create database some_db;
update pg_database set datname = 'other_db' where datname = 'some_db';
\c other_db
\c postgres
drop database other_db;
-- of an index of a toast table
create table long (a text);
insert into long select string_agg(md5(i::text), '') from generate_series(1, 500) i;
create temp view toast_index as
  select c.oid, i.indisvalid, i.indisready, i.indislive from pg_index i join pg_class c on c.oid = indexrelid
  where indrelid = (select reltoastrelid from pg_class where relname = 'long');
update pg_index set indisvalid = false where indexrelid = (select oid from toast_index);
select indisvalid, indisready, indislive from toast_index;
\set VERBOSITY terse
select set_config('client_min_messages', 'error', false);
reindex table long;
reset client_min_messages;
select 'reindex index ' || oid::regclass || ' -- ' as c from toast_index \gset
:c
;
select indisvalid, indisready, indislive from toast_index;
reindex table concurrently long;
update pg_index set indisvalid = true where indexrelid = (select oid from toast_index);
\set VERBOSITY verbose
select length(a) from long;
drop table long, anew, two.t cascade;
drop schema two;
drop function g;
drop domain dd;
drop type mood;
