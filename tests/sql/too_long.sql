-- keys of indexes that fit no page, and those that fit a page but not three times
create function noise(n int, seed int) returns text language sql immutable as
  $$ select string_agg(md5((i * 7919 + seed)::text), '') from generate_series(1, n) i $$;
create table t (a int, b text);
create index t_b on t (b);
insert into t values (1, noise(120, 1));
insert into t values (1, noise(400, 1));
insert into t values (1, noise(80, 1));
update t set b = b || noise(40, 2);
drop index t_b;
insert into t values (2, noise(120, 1));
create index t_b on t (b);
create unique index t_ab on t (a, b);
create unique index t_ba on t (b) where a < 2;
update t set a = 1;
create schema "Odd";
alter table t set schema "Odd";
alter table "Odd".t rename to "T t";
delete from "Odd"."T t" where length(b) > 3000;
create index t_b on "Odd"."T t" (b);
insert into "Odd"."T t" values (2, noise(120, 1));
drop schema "Odd" cascade;
drop function noise;
