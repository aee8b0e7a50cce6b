select 1
select 1 where 2 > 1
select 1 + 1, 'a' || 'b'
select * from big
select id from big
select * from big where id = 5
select val from big where id = 5 and grp = 3
select * from big where id < 100
select * from big where id > 19000
select * from big where id between 100 and 200
select * from big where grp = 5
select * from big where grp = 5 and name = 'name70'
select * from big where grp = 5 or grp = 7
select * from big where grp = 5 or id < 10
select * from big where grp in (1, 2, 3)
select * from big where id in (1, 2, 3, 4)
select * from big where name = 'name35'
select * from big where name > 'name4'
select * from big where name < 'name11' and grp = 1
select * from big where flag
select * from big where not flag
select * from big where flag is true
select * from big where flag is not true
select * from big where ts < '2020-01-02'
select * from big where ts between '2020-02-01' and '2020-02-03' and grp = 4
select * from big where val < 100 and grp < 5
select * from big where val < 3 and grp < 10
select * from big where lower(name) = 'name35'
select * from big order by id
select * from big order by id desc limit 10
select * from big order by name limit 5
select * from big order by grp, name
select * from big order by val limit 10
select * from big order by grp, id limit 7
select * from big limit 10 offset 100
select count(*) from big
select count(*) from big where grp = 3
select sum(val), avg(r), max(name) from big
select grp, count(*) from big group by grp
select grp, sum(val) from big group by grp order by grp
select grp, sum(val) from big group by grp order by 2 desc limit 3
select grp, name, count(*) from big group by grp, name
select grp, count(*) from big group by grp having count(*) > 10
select distinct grp from big
select distinct grp, flag from big
select distinct on (grp) grp, id from big order by grp, id
select id from big where id = 10
select count(id) from big where id < 1000
select grp from big where grp < 3
select grp, ts from big where ts < '2020-01-10'
select * from noidx where a = 3 and b = 2
select * from noidx where a < 10 and a > 3
select * from noidx where c is null
select * from noidx where c is not null
select * from noidx where a + b = 7
select * from noidx where a = b
select * from noidx where a <> 5
select * from noidx where length(c) > 10
select * from empty
select * from empty where a = 1
select * from never
select * from never where a = 5 and b = 'x'
select * from fresh where a < 5
select * from nulls where a is null
select * from nulls where a is not null
select * from nulls where b is null and a = 3
select * from nulls where coalesce(a, b) = 1
select * from tenk where unique1 < 100
select * from tenk where unique1 < 100 and unique2 > 9000
select * from tenk where unique1 < 1000
select * from tenk where stringu1 = 'xxx'
select * from tenk where unique1 < 1000 and stringu1 = 'xxx'
select * from tenk where unique1 < 7 or hundred = 3
select * from tenk where thousand = 5 and ten = 3
select * from tenk where thousand = 5
select thousand, ten from tenk where thousand < 3
select * from tenk where ten = 5 and thousand in (1, 2)
select * from tenk where thousand > 990 and ten = 3
select hundred, count(*) from tenk group by hundred
select thousand, ten, count(*) from tenk group by thousand, ten
select thousand, hundred from tenk order by thousand, hundred limit 10
select thousand, hundred from tenk order by thousand, hundred
select distinct hundred from tenk order by hundred
select * from tenk where string4 = 'AAAA' and two = 1
select * from tenk where (ten = 1 and two = 1) or (ten = 1 and four = 2)
select * from tenk where ctid = '(0,1)'
select * from tenk where ctid in ('(0,1)', '(0,2)')
select * from tenk where ctid < '(5,0)'
select abalance from accounts where aid = 77
update accounts set abalance = abalance + 5 where aid = 77
delete from accounts where aid = 77
insert into accounts (aid, bid, abalance, filler) values (1, 2, 3, '')
insert into empty values (1, 'a'), (2, 'b')
update big set val = val + 1 where grp = 3
delete from big where ts < '2020-01-05'
insert into noidx select a, b from noidx where a = 3
update accounts set abalance = 1 where aid = 5 returning *
select * from accounts where aid = 5 for update
select * from big where false
select * from big where null
select * from big where 1 = 2 and grp = 3
select * from big where grp = 3 and true
select case when true then 1 else 2 end from noidx
select a, b from noidx order by a, b limit 5
select * from big where ts = '2020-01-02 03:00:00'
select * from big where r < 100
select * from big where r = 31
select * from big where val = 12.5
select generate_series(1, 10)
select * from generate_series(1, 100)
select * from generate_series(1, 100) g where g > 50
select * from (values (1, 2), (3, 4)) v(a, b)
select grp, max(id) from big where grp < 20 group by grp
select count(*), sum(id) from big where name > 'name2' and name < 'name3'
select upper(name) from big where id < 5
select * from big where grp = any('{1,2}')
select * from big where grp <> all('{1,2}')
select * from small where label = 'label 3'
select * from small order by n desc
select label, sum(n) from small group by label order by label
select * from small where n > 1000 order by label, id
select * from dim where v = 'dim5'
select * from dim where k = 5
select * from dim where k is null
select avg(abalance) from accounts
select a, count(distinct b) from noidx group by a
select array_agg(a) from noidx
select string_agg(c, ',') from noidx where a = 1
select a, sum(b) filter (where b > 2) from noidx group by a
select id from big where interval '1 day' + ts > '2020-02-01'
select id from big where ts > interval '1 day' + timestamp '2022-01-01'
select 'x' || id, interval '1 hour' + ts from big where grp = 3
select id from big where (ts, interval '1 day') overlaps (timestamp '2021-01-01', timestamp '2021-02-01')
select id from big where date_part('year', ts::date) = 2021
select make_interval(days => grp), round(val), log10(val) from big where id < 10
select id from big where ts > make_interval(hours => 5) + timestamp '2021-01-01'
