-- views.sql - views are made and replaced; what they use cannot go without them
create table vt(a int, b text, c numeric(8,2));
create view v1 as select a, b || 'x' as bx, c from vt where a > 1;
create view v2(n, m) as select count(*), max(v1.bx) from v1 join vt using (a) group by v1.a having count(*) > 1 order by 1;
create or replace view v1 as select a, b as bx, c from vt;
create or replace view v1 as select a, b as bxx, c from vt;
create or replace view v1 as select a, b as bx from vt;
create or replace view v1 as select a::bigint, b as bx, c from vt;
create or replace view vt as select 1;
create view v1 as select 2;
create view v3 as select 1 as a, 2 as a;
create view v4(a,b,c) as select 1;
create view v5 with (security_barrier) as select * from vt union all select 1, 'x', 4.5;
create view v6 as with w as (select * from vt) select w.a, (select max(b) from vt q where q.a = w.a) from w left join v5 on v5.a = w.a;
create view v7 as values (1, 'a'), (2, 'b');
drop table vt;
drop view v1;
drop table v1;
