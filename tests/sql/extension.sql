-- the one extension that every cluster has
create extension if not exists plpgsql;
create extension if not exists plpgsql with schema pg_catalog;
create extension plpgsql;
create extension "../bad";
create extension "a--b";
create extension "";
create extension nope version '1' version '2';
create extension nope schema a schema b;
create extension nope from '1';
create extension nope cascade cascade;
alter extension plpgsql update;
alter extension plpgsql update to '1.0';
alter extension plpgsql update to '2.0';
alter extension nope update;
comment on extension plpgsql is 'x';
comment on extension nope is 'x';
comment on extension plpgsql is 'PL/pgSQL procedural language';
\dx
\dx+ plpgsql
create role nobody;
set role nobody;
create extension if not exists plpgsql;
comment on extension plpgsql is 'y';
reset role;
drop role nobody;
drop extension nope;
drop extension if exists nope;
drop extension if exists nope, nope2 cascade;
drop function plpgsql_validator(oid);
begin;
create schema if not exists public;
create extension if not exists plpgsql with schema public version '1.0' cascade;
rollback;
