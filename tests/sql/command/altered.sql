-- altered.sql - enumerations and functions that are changed, functions with rights and settings of their own
create schema altered;
set search_path = altered;
create type mood as enum ('sad', 'ok', 'happy');
alter type mood add value 'great';
alter type mood add value 'meh' before 'ok';
alter type mood add value 'fine' after 'ok';
alter type mood rename value 'fine' to 'well';
create function f(a int default 3) returns int language sql security definer set work_mem = '3MB' set search_path = altered, pg_temp as 'select a';
alter function f(int) stable strict parallel safe cost 7;
alter function f(int) reset search_path;
create procedure p() language sql as 'select 1';
alter procedure p() security definer;
reset search_path;
