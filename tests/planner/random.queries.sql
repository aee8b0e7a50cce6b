-- Made by chance (seed 7), so that shapes nobody thought of are there.
select count(*), sum(d.k), count(s.n) from ((dim d join nulls u on d.k = u.a) left join small s on d.k = s.big_id) where s.id = u.a
select count(*), sum(u.a), count(t.unique1) from (nulls u right join tenk t on u.a = t.ten) where coalesce(u.b,1) = 3 and exists (select 1 from dim z where z.k = u.b)
select count(*), sum(d.k), count(u.b) from (dim d left join nulls u on d.k = u.a and d.k = u.a) where u.b in (5,77) and exists (select 1 from dim z where z.k = d.k)
select count(*), sum(e.k), count(s.big_id) from (((dim e left join dim d on e.k = d.k and d.k < 8) join nulls u on d.k = u.b) left join small s on u.a = s.n) where d.k in (2,18)
select count(*), sum(u.a), count(s.id) from (nulls u left join small s on u.b = s.n and u.a = s.n) where u.b is null
select count(*), sum(t.hundred), count(e.k) from (((tenk t join dim d on t.hundred = d.k) left join small s on d.k = s.big_id) join dim e on s.id = e.k) where coalesce(t.hundred,1) = 0
select count(*), sum(d.k), count(t.unique1) from ((dim d left join nulls u on d.k = u.a and u.a < 4) left join tenk t on u.b = t.unique1) where d.k = t.ten
select count(*), sum(d.k), count(s.big_id) from (dim d left join small s on d.k = s.n and s.id = d.k) where d.k = s.big_id
select count(*), sum(u.a), count(s.big_id) from (((nulls u left join dim d on u.b = d.k) join dim e on d.k = e.k) right join small s on d.k = s.big_id) where e.k < 19 and exists (select 1 from dim z where z.k = u.a)
select count(*), sum(u.a), count(e.k) from (((nulls u left join small s on u.b = s.big_id and u.a < 38) left join tenk t on u.b = t.ten) left join dim e on t.hundred = e.k and t.unique1 = s.big_id) where u.b = s.id
select count(*), sum(t.unique1), count(s.id) from ((tenk t join dim e on t.unique1 = e.k) join small s on t.ten = s.big_id) where t.ten is null
select count(*), sum(t.unique1), count(s.id) from (tenk t right join small s on t.hundred = s.n) where s.n in (0,28) and not exists (select 1 from dim z where z.k = t.hundred)
select count(*), sum(d.k), count(s.id) from ((dim d join tenk t on d.k = t.ten and t.hundred = d.k) left join small s on d.k = s.n) where d.k < 28 and exists (select 1 from dim z where z.k = d.k)
select count(*), sum(e.k), count(t.hundred) from (dim e right join tenk t on e.k = t.unique1 and e.k < 11) where e.k < 39
select count(*), sum(t.hundred), count(u.a) from (tenk t left join nulls u on t.ten = u.a) where u.b in (3,87) and exists (select 1 from dim z where z.k = t.ten)
select count(*), sum(e.k), count(d.k) from (((dim e left join nulls u on e.k = u.a and u.a < 30) join tenk t on u.b = t.unique1) right join dim d on u.b = d.k) where t.hundred = u.b and not exists (select 1 from dim z where z.k = e.k)
select count(*), sum(u.b), count(t.ten) from ((nulls u left join dim d on u.a = d.k) left join tenk t on d.k = t.hundred and t.unique1 = u.b) where t.ten = d.k
select count(*), sum(t.hundred), count(d.k) from (((tenk t right join nulls u on t.unique1 = u.a and coalesce(t.ten,1) = 1) join small s on t.unique1 = s.n) left join dim d on t.ten = d.k) where t.hundred < 8
select count(*), sum(u.b), count(s.big_id) from (nulls u right join small s on u.b = s.n) where coalesce(u.a,1) = 0
select count(*), sum(s.id), count(u.b) from (small s left join nulls u on s.big_id = u.a and s.big_id < 0) where s.id < 7 and exists (select 1 from dim z where z.k = s.big_id)
select count(*), sum(u.a), count(t.hundred) from ((nulls u right join dim e on u.b = e.k and coalesce(e.k,1) = 4) right join tenk t on e.k = t.hundred and u.b = e.k) where e.k < 37
select count(*), sum(t.hundred), count(d.k) from (tenk t right join dim d on t.hundred = d.k) where d.k = t.hundred
select count(*), sum(t.unique1), count(e.k) from ((tenk t join dim d on t.hundred = d.k and t.hundred < 38) join dim e on d.k = e.k and e.k = d.k) where coalesce(d.k,1) = 3
select count(*), sum(u.b), count(s.id) from ((nulls u left join dim e on u.a = e.k) join small s on e.k = s.big_id) where u.a < 24 and exists (select 1 from dim z where z.k = u.a)
select count(*), sum(s.id), count(t.hundred) from ((small s join nulls u on s.id = u.a) left join tenk t on s.id = t.unique1 and s.id < 44) where u.b is null
select count(*), sum(u.b), count(d.k) from ((nulls u left join tenk t on u.b = t.hundred) right join dim d on t.hundred = d.k and u.b = d.k) where t.unique1 = u.b
select count(*), sum(s.big_id), count(d.k) from ((small s join dim e on s.big_id = e.k) left join dim d on e.k = d.k) where s.big_id < 42 and exists (select 1 from dim z where z.k = s.n)
select count(*), sum(t.unique1), count(d.k) from (((tenk t left join nulls u on t.unique1 = u.b) join dim e on t.ten = e.k and u.a = e.k) left join dim d on u.b = d.k) where e.k in (5,40) and exists (select 1 from dim z where z.k = t.hundred)
select count(*), sum(t.unique1), count(d.k) from ((tenk t left join small s on t.unique1 = s.id and coalesce(s.n,1) = 3) join dim d on t.ten = d.k and s.id = t.hundred) where d.k < 12
select count(*), sum(t.hundred), count(u.b) from ((tenk t join small s on t.unique1 = s.id and coalesce(t.unique1,1) = 3) right join nulls u on s.n = u.b) where t.ten < 24
select count(*), sum(d.k), count(e.k) from (dim d join dim e on d.k = e.k) where d.k < 22 and not exists (select 1 from dim z where z.k = d.k)
select count(*), sum(s.id), count(d.k) from (small s join dim d on s.big_id = d.k and s.n < 19) where d.k is null
select count(*), sum(u.a), count(t.hundred) from ((nulls u right join dim d on u.a = d.k and u.b = d.k) left join tenk t on u.a = t.ten and d.k = t.ten) where u.b = t.ten
