-- tables.sql - what queries.awk asks: one set of columns, rows with NULLs and repeated values, all kinds of indexes
create table r1 (id int primary key, a int, b bigint, t text, n numeric(8,2), d date, f bool);
create table r2 (like_r1 int, id int unique, a int, b bigint, t text, n numeric(8,2), d date, f bool);
alter table r2 drop column like_r1;
create table r3 (id int, a int, b bigint, t text, n numeric(8,2), d date, f bool);
create table r4 (id int primary key, a int, b bigint, t text, n numeric(8,2), d date, f bool);
create table r0 (id int primary key, a int, b bigint, t text, n numeric(8,2), d date, f bool);
insert into r4 select g, case when g % 11 = 0 then null else g * 7919 % 41 - 20 end,
    case when g % 13 = 0 then null else g * 31 % 17 end, case when g % 7 = 0 then null else chr(97 + g * 5 % 9) || chr(97 + g % 3) end,
    case when g % 17 = 0 then null else (g * 37 % 200 - 100) / 4.0 end,
    case when g % 5 = 0 then null else date '2020-02-27' + g * 3 % 12 end, case g % 3 when 0 then true when 1 then false end
    from generate_series(1, 1500) g;
insert into r1 select * from r4 where id <= 40;
insert into r2 select id + 5, b, a, t, n, d + 1, f from r4 where id <= 60;
insert into r3 select id % 9, a, b, t, n, d, not f from r4 where id between 30 and 80;
create index on r1 (a);
create index on r1 (t, b);
create index on r2 (a, b desc nulls last);
create index on r2 (d) where f;
create index on r4 (a);
create index on r4 (t collate "C") include (b);
create index on r4 ((a + 1), n);
create index on r4 (d, f);
create view v1 as select r1.id, r2.a, r1.b, r2.t, r1.n, r2.d, r1.f from r1 join r2 on r1.id = r2.id;
create view v2 as select a as id, count(*)::int as a, sum(b)::bigint as b, min(t) as t, max(n) as n, min(d) as d, bool_or(f) as f from r4 group by a;
create view v3 as select * from r1 where a > 0;
create view v4 with (security_barrier) as select id, a, b, t, n, d, f from r3 where f is not false;
vacuum analyze;
