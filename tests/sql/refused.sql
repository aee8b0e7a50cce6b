-- what PostgreSQL 15 itself says is not implemented: 0A000 in its words
create table t (a int, b text);
create table elsewhere.public.t (a int);
select * from elsewhere.public.t;
select elsewhere.public.t.a from t;
select elsewhere.pg_catalog.upper('x');
select 1 operator(elsewhere.pg_catalog.+) 2;
select 'x'::elsewhere.pg_catalog.text;
create table u (a serial[]);
with recursive x as (select * from y), y as (select * from x) select * from x;
with recursive x (n) as (select 1 union all select n from x order by 1) select * from x;
with recursive x (n) as (select 1 union all select n from x limit 1) select * from x;
with recursive x (n) as (select 1 union all select n from x offset 1) select * from x;
with recursive x (n) as (select 1 union all select n from x for update) select * from x;
select count(distinct a) over () from t;
select array_agg(a order by a) over () from t;
select row_number() filter (where a > 1) over () from t;
select rank() filter (where true) over () from t;
drop table t;
