-- serials.sql - serial and generated columns, and what columns cannot be
create table se(id serial primary key, b bigserial unique, c smallserial, d text default 'x' || 'y', e date default current_date, f regclass default 'se'::regclass);
create table se(id serial primary key, b bigserial unique, c smallserial, d text default 'x' || 'y', e timestamptz default now(), f regclass default 'pg_class'::regclass);
create schema "S x";
create table "S x"."T y"("C z" serial, chk int check (chk > 1 and chk < 10) constraint named check (chk <> 5), gen int generated always as (chk * 2) stored);
create table bads(a serial[]);
create table bads(a serial default 4);
create table bads(a int generated always as identity default 4);
create table bads(a text generated always as identity);
create table bads(a int check (b > 0));
create table bads(a int default a);
create table bads(a int default 'foo');
create table bads(a int deferrable);
create table bads(a int primary key initially deferred not deferrable);
drop table se;
drop sequence "S x"."T y_C z_seq";
drop sequence "S x"."T y_C z_seq" cascade;
create table big(t text default 'long' || repeat('abc', 10));
