select k from dim union select a from noidx
select k from dim union all select a from noidx
select k from dim intersect select a from noidx
select k from dim except select a from noidx
select k from dim except all select a from noidx
select a, b from noidx union select k, k from dim order by 1 limit 5
(select k from dim union all select a from noidx) union all select b from noidx
(select k from dim union select a from noidx) intersect select b from noidx
select count(*) from (select k from dim union all select a from noidx) x
with x as (select grp, count(*) c from big group by grp) select * from x where c > 3
with x as materialized (select * from dim where k < 10) select * from x, noidx where x.k = noidx.a
with x as (select * from dim where k < 10) select * from x a, x b where a.k = b.k
with x as (select max(n) m from small) select * from small, x where small.n = x.m
select a, row_number() over (order by b) from noidx
select a, sum(b) over (partition by a) from noidx
select a, sum(b) over (partition by a order by b), rank() over (order by c) from noidx
select grp, count(*), rank() over (order by count(*)) from big group by grp
select a, lag(b) over w, lead(b) over w from noidx window w as (partition by a order by b, c)
select * from (select a, row_number() over (order by b) r from noidx) x where a = 3
select id, sum(val) over (order by id) from big
select a from noidx where b = 3 union select k from dim where v = 'dim4'
select * from big tablesample system (10)
select * from big tablesample bernoulli (10) repeatable (1) where grp < 5
select t.unique1 from tenk t tablesample system (1) join dim d on d.k = t.unique2
