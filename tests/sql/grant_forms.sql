-- grant_forms.sql - GRANT, REVOKE, default privileges, what roles own, TRUNCATE: each form once right, once wrong
create role r1; create role r2; create role r3 superuser; create table t (a int, b text); create view v as select * from t; create sequence s; create index i on t(a); create function f(int) returns int language sql as 'select 1'; create schema sc; create type ty as enum ('a'); create domain dm as int; create table t2 (a int primary key); create table t3 (a int references t2);
-- grant
grant all on t to r1; grant all privileges on table t to r1 with grant option; grant select (a), update (b) on t to r1; grant select (nope) on t to r1; grant usage on t to r1; grant execute on t to r1; grant select on nope to r1; grant select on t to nope; grant insert (a, b), all (a) on t to r2; grant delete (a) on t to r2;
grant usage, select on sequence s to r1; grant update on sequence s to public; grant insert on sequence s to r1; grant select on sequence t to r1; grant usage on s to r1; grant select on v to r1; grant select on i to r1; grant all on sequence s to group r1;
grant connect, create, temp on database postgres to r1; grant temporary on database postgres to r1; grant select on database postgres to r1; grant connect on database nope to r1;
grant usage on domain dm to r1; grant usage on type ty to r1; grant usage on domain ty to r1; grant usage on type t to r1; grant select on type ty to r1; grant usage on type int[] to r1; grant all on type ty to r1;
grant execute on function f(int) to r1; grant execute on function f to r1; grant execute on function f(text) to r1; grant execute on procedure f(int) to r1; grant execute on routine f(int) to r1; grant all on all functions in schema sc to r1; grant usage on function f(int) to r1;
grant usage on language sql to r1; grant usage on language c to r1; grant usage on language nope to r1; grant select on language sql to r1;
grant usage, create on schema sc to r1; grant select on schema sc to r1; grant all on schema nope to r1;
grant create on tablespace pg_default to r1; grant create on tablespace nope to r1; grant all on tablespace pg_default to r1; grant usage on tablespace pg_default to r1;
grant select on large object 1 to r1; grant usage on foreign server nope to r1; grant usage on foreign data wrapper nope to r1;
grant set, alter system on parameter work_mem to r1; grant set on parameter nope to r1; grant set on parameter no.pe to r1; grant select on parameter work_mem to r1; grant all on parameter work_mem to r1;
grant select on all tables in schema public to r1; grant usage on all sequences in schema public, sc to r1; grant select on all tables in schema nope to r1; grant execute on all routines in schema public to r1; grant execute on all procedures in schema public to r1;
grant r1 to r2; grant r1 to r2 with admin option; grant r2 to r1; grant r1 to r1; grant nope to r1; grant r1 to nope; grant r1, r2 to r3; grant r1 to public; grant r1 to current_user; grant r1 to r2 granted by r1; grant r1 to r2 granted by postgres; grant select on t to r1 granted by current_user; grant select on t to r1 granted by r2; grant select on t to r1 granted by nope;
grant select on t to public with grant option; grant select on t, v, s to r1, r2; grant select, select on t to r1; grant foo on t to r1; grant select, all on t to r1; grant truncate, references, trigger on t to r1;
\dp
\dn+ sc
select rolname, array_agg(m.member::regrole order by 1) from pg_auth_members m join pg_roles r on r.oid = roleid where rolname in ('r1','r2','r3') group by 1 order by 1;
-- revoke
revoke select on t from r1; revoke grant option for select on t from r1; revoke all on t from r1 cascade; revoke all on t from r1 restrict; revoke select (a) on t from r1; revoke select (nope) on t from r1; revoke select on nope from r1; revoke select on t from nope; revoke admin option for r1 from r2; revoke r1 from r2; revoke r1 from r2; revoke nope from r1; revoke r1 from r3 cascade; revoke r1 from r2 granted by r1;
revoke all on all tables in schema public from r1, r2, public; revoke all on all sequences in schema public from r1; revoke all on schema sc from r1; revoke all on database postgres from r1; revoke temp on database postgres from public; revoke all on function f(int) from public; revoke all on type ty from public, r1; revoke usage on language sql from public;
revoke usage on foreign server nope from r1; revoke all on tablespace pg_default from r1; revoke all on parameter work_mem from r1; revoke grant option for all on t from r1; revoke all privileges (a) on t from r2;
\dp
-- as somebody else
grant select on t to r1 with grant option; set role r1; grant select on t to r2; grant insert on t to r2; grant all on t to r2; revoke select on t from r2; revoke insert on t from r2; grant select on t to r2; reset role; revoke select on t from r1; revoke grant option for select on t from r1 cascade; revoke select on t from r1 cascade;
set role r2; grant select on t to r1; revoke all on t from r1; grant usage on schema sc to r1; grant r1 to r2; revoke r1 from r3; grant connect on database postgres to r1; grant usage on type ty to r1; grant execute on function f(int) to r1; grant set on parameter work_mem to r1; grant create on tablespace pg_default to r1; grant usage on language sql to r1; reset role;
-- default privileges
alter default privileges grant select on tables to r1; alter default privileges in schema sc grant select on tables to r1; alter default privileges for role r2 grant usage on sequences to r1; alter default privileges for role r1, r2 in schema sc, public grant execute on functions to public; alter default privileges grant usage on types to r1 with grant option; alter default privileges grant all on schemas to r1;
alter default privileges in schema sc grant usage on schemas to r1; alter default privileges in schema nope grant select on tables to r1; alter default privileges for role nope grant select on tables to r1; alter default privileges grant select on tables to nope; alter default privileges grant usage on tables to r1; alter default privileges grant select on sequences to r1; alter default privileges revoke execute on functions from public; alter default privileges revoke usage on types from public; alter default privileges grant execute on routines to r1;
alter default privileges grant select on views to r1; alter default privileges for user r2 revoke usage on sequences from r1; alter default privileges in schema pg_toast grant select on tables to r1; alter default privileges for role r1 for role r2 grant select on tables to r1; alter default privileges in schema sc in schema public grant select on tables to r1; alter default privileges grant select on table to r1; alter default privileges in schema sc revoke grant option for select on tables from r1;
\ddp
create table dt (a int); create sequence ds; create function df() returns int language sql as 'select 1'; create schema dsc; create type dty as enum (); create table sc.dt (a int); create view sc.dv as select 1;
\dp
\dp sc.*
\dn+ dsc
\df+ df
set role r2; alter default privileges for role r1 grant select on tables to r2; alter default privileges for role r3 grant select on tables to r2; reset role;
-- owned
alter table t owner to r1; alter schema dsc owner to r1; alter sequence s owner to r2; alter function f(int) owner to r1;
reassign owned by r1 to r2; reassign owned by nope to r1; reassign owned by r1 to nope; reassign owned by r1, r2 to current_user; reassign owned by postgres to r1; reassign owned by public to r1; reassign owned by r1 to r1; reassign owned by current_role to session_user;
set role r2; reassign owned by r1 to r2; reassign owned by r2 to r1; drop owned by r1; drop owned by r2; reset role;
drop owned by r1; drop owned by r1, r2 cascade; drop owned by nope; drop owned by postgres; drop owned by public; drop owned by r1 restrict; drop owned by current_user;
alter table t owner to r1; create view tv as select * from t; drop owned by r1; drop owned by r1 cascade;
drop role r1; drop role if exists nope, r1; drop role nope; drop role current_user; drop role session_user; drop user public; drop group r2; drop role r2, r3;
select rolname from pg_roles where rolname in ('r1','r2','r3');
drop owned by r1, r2, r3; drop role if exists r1, r2, r3;
-- truncate
create table p (a int primary key, s serial); create table c (a int references p); insert into p values (1); insert into c values (1); 
truncate p; truncate p, c; truncate table only p cascade; truncate table p restrict; truncate p restart identity cascade; truncate p continue identity; truncate nope; truncate v; truncate s; truncate p, nope; truncate pg_class; truncate p *, c *; truncate i; truncate p, p, c;
begin; declare cu cursor for select * from p; fetch cu; truncate p, c; rollback; truncate t2_pkey;
create role tr; set role tr; truncate c; reset role; drop role tr;
