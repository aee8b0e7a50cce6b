select * from small s, big b where s.big_id = b.id
select * from small s join dim d on s.id = d.k
select * from small s left join dim d on s.id = d.k
select s.* from small s left join dim d on s.id = d.k
select * from big b left join small s on s.big_id = b.id
select * from big b left join small s on s.big_id = b.id where s.label = 'label 3'
select * from big b left join small s on s.big_id = b.id where s.id is null
select * from small s full join dim d on s.id = d.k
select * from small s right join dim d on s.id = d.k
select * from big b, dim d where b.grp = d.k
select * from big b, dim d where b.grp = d.k and d.v = 'dim5'
select * from big b, dim d where b.grp = d.k and d.k = 5
select * from tenk t1, tenk t2 where t1.unique1 = t2.unique2
select * from tenk t1, tenk t2 where t1.unique1 < 10 and t1.unique2 = t2.unique2
select * from tenk t1, tenk t2 where t1.unique1 < 100 and t1.unique2 = t2.unique2
select * from tenk t1, tenk t2 where t1.unique1 < 10 and t2.unique2 < 10 and t1.hundred < t2.hundred
select * from noidx n1, noidx n2 where n1.a = n2.b
select * from noidx n1, noidx n2 where n1.a = n2.b and n1.b = n2.a
select * from noidx n1 cross join dim
select count(*) from big b join small s on b.id = s.big_id join dim d on d.k = b.grp
select * from big b join small s on b.id = s.big_id join dim d on d.k = b.grp where d.v = 'dim7' and s.n < 1000
select * from small s join big b on s.big_id = b.id left join dim d on d.k = b.grp
select * from small s left join (big b join dim d on b.grp = d.k) on s.big_id = b.id
select * from (small s left join big b on s.big_id = b.id) left join dim d on d.k = b.grp
select * from small s, big b where s.big_id = b.id order by s.id
select * from small s, big b where s.big_id = b.id order by b.id limit 5
select * from tenk a, tenk b where a.thousand = b.thousand and a.ten = b.ten
select * from tenk a, tenk b, tenk c where a.unique1 = b.unique1 and b.unique1 = c.unique1 and a.hundred = 3
select * from tenk a, tenk b where a.unique1 = b.unique1 and a.unique1 = 42
select * from tenk a, tenk b where a.unique1 = b.unique2 order by a.unique1
select a.unique1 from tenk a left join tenk b on a.unique1 = b.unique1
select * from tenk a join tenk b using (unique1)
select unique1 from tenk a join tenk b using (unique1) where unique1 < 20
select * from empty e, never n where e.a = n.a
select * from never a, never b where a.a = b.a
select * from never a, never b where a.b = b.b and a.c > 10
select b.grp, count(*) from big b join dim d on b.grp = d.k group by b.grp
select d.v, sum(b.val) from big b join dim d on b.grp = d.k group by d.v order by d.v
select * from noidx n join dim d on n.a = d.k and n.b > 3
select * from noidx n left join dim d on n.a = d.k and d.v like 'dim1'
select * from noidx n left join dim d on n.a = d.k and n.b = 2
select * from small a, small b where a.id = b.id + 1
select * from small a, small b where a.id <> b.id
select * from small a join small b on a.label = b.label
select * from small s, big b, dim d where s.big_id = b.id and b.grp = d.k and s.id < 20
select * from accounts a join big b on a.aid = b.id
select * from accounts a join big b on a.aid = b.id where b.id < 10
update big set val = 0 from dim where big.grp = dim.k and dim.v = 'dim3'
delete from small using big where small.big_id = big.id and big.grp = 3
select * from big b, dim d where b.grp = d.k for update of b
select * from nulls n join dim d on n.a = d.k
select * from nulls n1, nulls n2 where n1.a = n2.a and n1.b is null
select * from generate_series(1, 10) g join small s on s.id = g
select * from small s, generate_series(1, s.id) g
select count(*) from tenk a join tenk b on a.twenty = b.ten
select * from tenk a, small b, dim c where a.unique1 = b.id and b.id = c.k
select * from tenk a, small b, dim c where a.unique1 = b.id and b.id = c.k and c.k > 90
select 1 from tenk a full join tenk b on a.unique1 = b.unique2 where a.ten = 1
select * from tenk a left join tenk b on a.unique1 = b.unique2 left join tenk c on b.hundred = c.unique1 where c.ten = 3
