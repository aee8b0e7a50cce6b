-- schemas.sql - CREATE SCHEMA with what is made in it, and how schemas are changed and dropped
create role ro; create role rp; create role rq;
create schema s1 create table t (a int primary key, b int references t) create view v as select * from t create index ti on t (b) create sequence q create trigger tr before insert on t for each row execute function suppress_redundant_updates_trigger() grant select on t to ro grant usage on sequence q to public;
\dn+ s1
\d s1.t
\d+ s1.v
\dp s1.*
create schema s2 grant select on v2 to ro create view v2 as select * from t2 create table t2 (a int default nextval('q2'), c serial) create index on t2 (a) create sequence q2 start 5;
\d s2.t2
\dp s2.*
create schema s3 create table s3.t (a int) create view s3.v as select * from s3.t create index i on s3.t (a) create sequence s3.q;
\dp s3.*
create schema s4 create table s5.t (a int);
create schema s4 create view s5.t as select 1;
create schema s4 create sequence s5.t;
create schema s4 create index i on s3.t (a);
create schema s4 create trigger tr before insert on s3.t for each row execute function suppress_redundant_updates_trigger();
create schema s4 grant select on s3.t to ro;
select nspname from pg_namespace where nspname = 's4';
create schema s5 create table t (a int) create table t (b int);
create schema s5 create view v as select * from nope;
create schema s5 create index i on nope (a);
create schema s5 create function f() returns int language sql as 'select 1';
create schema if not exists s5 create table t (a int);
create schema authorization ro create table t (a int) create view v as select current_user as u, * from t;
\dn+ ro
\dp ro.*
select relname, relowner::regrole from pg_class where relnamespace='ro'::regnamespace order by 1;
select u from ro.v;
create schema s6 authorization rp create table t (a int) create table u (a int references t(a));
create schema s6 authorization rp create table t (a int unique) create table u (a int references t(a)) create index on u (a);
\d s6.u
show search_path;
create schema s7 create temp table t (a int);
create schema s7 create unlogged table t (a int) create table if not exists t (a int);
create schema s8 create materialized view mv as select 1;
create schema s9 create view v as select 1 with check option;
create schema s9 create recursive view v (n) as select 1 union all select n+1 from v where n < 3;
select * from s9.v;
create schema s10 create or replace view v as select 1 as x create table t (a text, primary key (a)) ;
create schema if not exists s10; create schema s10; create schema pg_x; create schema authorization nope;
create schema authorization current_user; create schema authorization session_user;
create schema; create schema "";
create schema s11 authorization public;
set role ro; create schema s12; create schema if not exists s10; reset role;
grant create on database postgres to ro;
set role ro; create schema s12 create table t (a int) grant select on t to rp; create schema s13 authorization rp; 
create schema s14 create table t (a int); 
select current_schemas(true);
reset role;
\dn
create schema s15 create table parent (a int primary key) create table child (a int references parent) create view vv as select * from parent join child using (a) grant all on child to rp with grant option;
\dp s15.*
drop schema s15; drop schema s15 cascade; drop schema if exists s15; drop schema s1, s2 restrict; drop schema s1, s2 cascade; drop schema s3, s3 cascade; drop schema pg_catalog; drop schema public_x;
alter schema s9 rename to s99; alter schema s99 rename to pg_no; alter schema nope rename to x; alter schema s99 rename to s10;
alter schema s99 owner to ro; alter schema s99 owner to nope; alter schema nope owner to ro; alter schema s99 owner to current_user;
alter schema s99 owner to public; alter schema s99 owner to "none";
set role ro; alter schema s99 rename to x; alter schema s99 owner to ro; drop schema s99; reset role;
alter schema pg_toast rename to x; alter schema s99 rename to s99;
comment on schema s99 is 'x'; comment on schema nope is 'x';
\dn+ s99
drop schema s4, s5, s6, s7, s99, s10, ro, s12, postgres, s14 cascade;
revoke create on database postgres from ro;
drop owned by ro, rp, rq;
drop role ro, rp, rq;
