-- unused.sql - columns of subqueries that nobody looks at are not computed
create table base (a int primary key, b text, c int); insert into base select x, 'b' || x, x % 5 from generate_series(1, 1000) x; analyze base;
explain select s.a from (select a, b || c as d, c + 1 as e from base offset 0) s;
explain select 1 from (select a, b, c from base limit 10) s;
explain select s.c from (select c, count(*) as n, sum(a) as m from base group by c) s;
explain select s.c, s.n from (select c, count(*) as n, sum(a) as m from base group by c having max(a) > 5) s where s.m > 3;
explain select s.a from (select a, row_number() over (order by b) as r, c from base) s where a < 50;
explain select s.a from (select a, random() as r, generate_series(1, 2) as g from base) s;
explain select s.a from (select distinct a, c from base) s;
explain select s from (select a, b from base limit 3) s;
explain select s.a from (select a, b from base order by b limit 3) s;
explain select s.a from (select a, (select max(b) from base x where x.c = base.c) as m from base offset 0) s;
select s.c from (select c, count(*) as n, sum(a) as m from base group by c) s order by 1;
select s from (select a, b from base order by a limit 3) s;
select s.a from (select a, 1 / (c - c) as boom from base order by a limit 2) s;
with w as (select a, b, c from base limit 5) select a from w;
explain with w as materialized (select a, b, c from base limit 5) select a from w;
drop table base;
