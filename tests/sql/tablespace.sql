-- tablespaces made in place, used, dropped
set allow_in_place_tablespaces = on;
create role tess;
create tablespace space1 location '';
create tablespace space2 owner tess location '';
select spcname, rolname, spcacl, spcoptions from pg_tablespace join pg_authid a on a.oid = spcowner order by 1;
create table t (a int primary key, b text) tablespace space1;
insert into t select i, 'x' from generate_series(1, 1000) i;
create index on t (b) tablespace space2;
select relname, spcname from pg_class c join pg_tablespace s on s.oid = reltablespace where relname ~ '^t' and c.oid >= 16384 order by 1;
select count(*) from t;
set default_tablespace = space2;
create table u (a int);
reset default_tablespace;
select relname, spcname from pg_class c join pg_tablespace s on s.oid = reltablespace where relname = 'u';
create database inspace tablespace space2 template template0;
select datname, spcname from pg_database join pg_tablespace s on s.oid = dattablespace where datname = 'inspace';
\c inspace
create table t (a int);
insert into t values (1), (2);
select count(*) from t;
\c postgres
create database copied template inspace;
create database moved template inspace tablespace pg_default strategy file_copy;
\c moved
select count(*) from t;
\c copied
select count(*) from t;
\c postgres
-- what is refused
set allow_in_place_tablespaces = on;
create tablespace space1 location '';
create tablespace pg_mine location '';
create tablespace other location 'relative';
create tablespace other location 'it''s';
create tablespace other location '/nosuch/folder';
create tablespace other owner nosuch location '';
begin;
create tablespace other location '';
rollback;
drop tablespace nosuch;
drop tablespace if exists nosuch;
drop tablespace pg_default;
drop tablespace space1;
drop tablespace space2;
set role tess;
create tablespace other location '';
create table w (a int) tablespace space1;
drop tablespace space1;
reset role;
grant create on tablespace space1 to tess;
drop role tess;
revoke create on tablespace space1 from tess;
set allow_in_place_tablespaces = off;
create tablespace other location '';
drop database copied;
drop database moved;
drop database inspace;
drop tablespace space2;
drop table t, u;
alter tablespace space2 owner to postgres;
alter tablespace space2 rename to space3;
drop tablespace space1;
drop tablespace space2;
drop tablespace space3;
drop role tess;
select spcname from pg_tablespace order by 1;
