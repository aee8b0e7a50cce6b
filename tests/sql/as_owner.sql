-- Functions in indexes are called as the owner of the table, whoever maintains it
create role as_owner_other;
create schema as_owner authorization as_owner_other;
set session authorization as_owner_other;
create function as_owner.mine(a int) returns int language sql immutable
    as $$ select a / (current_user = 'as_owner_other')::int $$;
create table as_owner.t (a int);
insert into as_owner.t select i from generate_series(1, 100) i;
create index by_owner on as_owner.t (as_owner.mine(a));
reset session authorization;
create index by_other on as_owner.t (as_owner.mine(a + 1));
create index partial on as_owner.t (a) where as_owner.mine(a) > 3;
create index concurrently beside on as_owner.t (as_owner.mine(a + 2));
reindex table as_owner.t;
reindex index concurrently as_owner.by_owner;
vacuum as_owner.t;
analyze as_owner.t;
vacuum full as_owner.t;
cluster as_owner.t using by_owner;
alter table as_owner.t add constraint whole primary key (a);
select current_user;
-- Who writes is not the owner
insert into as_owner.t values (101);
drop schema as_owner cascade;
drop role as_owner_other;
