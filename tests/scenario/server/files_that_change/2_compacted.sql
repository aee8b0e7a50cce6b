-- VACUUM FULL, CLUSTER
delete from moved where a % 5 = 0 and a > 0;
vacuum full moved;
update moved set c = c || 'z' where a % 11 = 0;
cluster moved using moved_b;
cluster moved using moved_pkey;
insert into moved select i, 'new', 'after' from generate_series(50001, 50500) i;
vacuum full logged;
vacuum full unlogged;
begin;
cluster moved using moved_b;
rollback;
begin;
insert into moved values (60000, 'own', 'row');
update moved set c = 'changed' where a = 50001;
cluster moved using moved_pkey;
commit;
