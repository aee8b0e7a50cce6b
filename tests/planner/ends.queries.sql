select min(k), max(k) from dim
select max(id) from big
select min(id) from big where id > 100
select max(id) from big where name > 'name5'
select (select max(k) from dim where k < n.a) from noidx n
select max(k) from dim having max(k) > 3
select min(k) + max(k) from dim order by 1 limit 3
select max(a) from noidx
select min(k), count(*) from dim
