select * from (select * from big where grp = 3) x where id < 500
select * from (select grp, count(*) c from big group by grp) x where c > 5
select * from (select grp, count(*) c from big group by grp) x where grp > 90
select * from (select id, grp + 1 as g from big) x join dim on x.g = dim.k
select * from small s left join (select k, v from dim where k > 5) d on s.id = d.k
select * from big where id in (select big_id from small)
select * from big where id in (select big_id from small where label = 'label 3')
select * from small where big_id in (select id from big where grp = 3)
select * from big b where exists (select 1 from small s where s.big_id = b.id)
select * from big b where not exists (select 1 from small s where s.big_id = b.id)
select * from small s where exists (select 1 from dim where k = s.id and v like 'd%')
select * from big where id = (select max(n) from small)
select * from big where val > (select avg(val) from big)
select *, (select v from dim where k = big.grp) from big where id < 10
select * from small s where n = (select max(n) from small t where t.label = s.label)
select * from noidx where a in (select k from dim)
select * from noidx where a not in (select k from dim where k > 40)
select * from noidx where a not in (select grp from big)
select * from noidx where a = any (select k from dim where v = 'dim3')
select * from noidx where exists (select 1 from dim)
select array(select k from dim where k < 5)
select * from (values (1, 2), (3, 4)) v(a, b)
select * from (values (1, 2), (3, 4)) v(a, b) where a > 1
select * from dim d join (values (1, 'x'), (3, 'y')) v(a, b) on d.k = v.a
insert into noidx select a, b from noidx where a = 3
insert into noidx select k, k from dim order by v
select * from (select * from big order by val limit 10) x where grp < 50
select * from (select distinct grp from big) x join dim on x.grp = dim.k
select count(*) from (select distinct label from small) x
select * from tenk a where unique1 in (select unique2 from tenk b where hundred = 3) and ten = 1
select * from small s, lateral (select * from big b where b.id = s.big_id limit 1) x
select * from small s, lateral (select count(*) from big b where b.grp = s.id) x
select * from (select 1 as a) x, dim where k = a
select * from (select a, b from noidx) x left join (select k from dim) y on x.a = y.k
select * from noidx n where b > (select min(k) from dim where k > n.a)
select a from noidx where (a, b) in (select k, k from dim)
select case when exists (select 1 from dim where k = a) then 1 else 0 end from noidx
select s.id from (select id, upper(name) as u, val * 2 as v from big offset 0) s
select s.grp from (select grp, count(*) as n, sum(val) as v from big group by grp) s
select s.grp from (select grp, count(*) as n, sum(val) as v from big group by grp having max(id) > 5) s where s.v > 3
select s.id from (select id, row_number() over (order by name) as r, grp from big) s where grp < 5
select s.k from (select k, v from dim order by v limit 3) s
select s.k from (select distinct k, v from dim) s
