-- keys that may be deferred: when they are looked at, what is refused, what ON CONFLICT says
create table d (id int primary key deferrable initially deferred, u int unique deferrable, w int unique deferrable initially deferred, n text);
\d d
select conname, contype, condeferrable, condeferred, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'd'::regclass order by 1;
select regexp_replace(tgname, '[0-9]+', 'N'), tgfoid::regproc, tgtype, tgisinternal, tgdeferrable, tginitdeferred, tgconstrindid::regclass from pg_trigger where tgrelid = 'd'::regclass order by tgconstrindid;
select indexrelid::regclass, indisunique, indisprimary, indimmediate from pg_index where indrelid = 'd'::regclass order by 1;
insert into d values (1, 1, 1, 'a'), (2, 2, 2, 'b'), (3, 3, 3, 'c');
-- one statement, where values pass each other
update d set u = u + 1;
select * from d order by id;
update d set u = 3;
insert into d values (4, 2, 4);
-- deferred: at the commit
begin;
insert into d values (1, 10, 10, 'twice');
select count(*) from d where id = 1;
commit;
begin;
insert into d values (1, 10, 10, 'twice');
delete from d where n = 'a';
commit;
select * from d order by id, u;
begin;
insert into d values (1, 11, 11, 'twice');
update d set n = n || '!' where id = 1;
set constraints d_pkey immediate;
rollback;
begin;
set constraints all deferred;
insert into d values (5, 10, 12), (6, 10, 13);
update d set u = 20 where id = 6;
set constraints d_u_key immediate;
insert into d values (7, 10, 14);
rollback;
begin;
set constraints d_u_key deferred;
update d set u = 100;
update d set u = id + 100;
commit;
select * from d order by id;
begin;
insert into d values (8, 8, 8);
savepoint s;
insert into d values (8, 9, 9);
rollback to s;
commit;
begin;
insert into d values (9, 108, 200);
savepoint s;
insert into d values (9, 109, 201);
release s;
commit;
-- values that are null, and rows that are gone
insert into d values (10, null, null), (11, null, null);
begin;
insert into d values (12, 50, 50), (12, 51, 51);
delete from d where u = 51;
commit;
-- ON CONFLICT
insert into d values (1, 1, 1) on conflict do nothing;
insert into d values (1, 1, 1) on conflict (id) do nothing;
insert into d values (1, 1, 1) on conflict (id) do update set n = 'x';
insert into d values (1, 1, 1) on conflict on constraint d_pkey do nothing;
create table part (a int unique, b int unique deferrable initially deferred);
insert into part values (1, 1);
insert into part values (1, 2) on conflict (a) do nothing;
insert into part values (1, 2) on conflict (a) do update set b = 5;
begin;
insert into part values (2, 5) on conflict (a) do nothing;
select * from part order by a;
commit;
insert into part values (3, 3) on conflict do nothing;
-- what refers to such a key
create table f (x int references d);
create table f (x int references d (u));
create table f (x int references part (a));
drop table f;
-- altering
alter table d alter constraint d_pkey not deferrable;
alter table d alter constraint nosuch deferrable;
create table e (a int, b int, c int);
insert into e values (1, 1, 1), (2, 2, 2);
alter table e add constraint ek unique (a) deferrable;
alter table e add constraint ek2 unique (b) initially deferred;
alter table e add constraint ek3 unique (b) not deferrable initially deferred;
create unique index e_c on e (c);
alter table e add constraint ec unique using index e_c deferrable initially deferred;
\d e
update e set a = 3 - a, b = 3 - b, c = 3 - c;
select * from e order by 1;
begin;
update e set c = 7;
alter table e add column z int;
truncate e;
drop table e;
rollback;
alter table e replica identity using index ek;
\d e
begin;
update e set c = 7;
create index on e (c);
commit;
set constraints nosuch deferred;
create table nd (a int primary key);
set constraints nd_pkey deferred;
-- copy, and all of a table
copy d (id, u, w) from stdin;
100	100	300
100	101	301
\.
begin;
copy d (id, u, w) from stdin;
100	200	300
100	201	301
\.
update d set id = 101 where u = 201;
commit;
select count(*) from d;
alter table e drop constraint ek;
alter table e drop constraint ek2;
select count(*) from pg_trigger where tgrelid = 'e'::regclass;
select unique_key_recheck();
create trigger bad before insert on e for each row execute function unique_key_recheck();
insert into e values (9, 9, 9);
create trigger bad2 after delete on nd for each row execute function unique_key_recheck();
insert into nd values (1);
delete from nd;
drop table d, e, nd, part;
