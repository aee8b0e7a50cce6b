-- Who acts as somebody else for a while cannot get away from it: SECURITY DEFINER, functions of indexes
create role guarded;
create schema guarded authorization guarded;
set session authorization guarded;
create function guarded.set_it(name text, to_what text) returns text language sql security definer
    as $$ select set_config(name, to_what, false) $$;
create function guarded.sneak(a int) returns int language sql immutable
    as $$ select case when current_user = 'guarded' then a else length(set_config('role', 'none', false)) end $$;
create table guarded.t (a int);
insert into guarded.t values (1), (2);
create index by_sneak on guarded.t (guarded.sneak(a));
reset session authorization;
select guarded.set_it('role', 'none');
select guarded.set_it('role', null);
select guarded.set_it('role', 'guarded');
select guarded.set_it('session_authorization', 'postgres');
select guarded.set_it('work_mem', '5MB');
select current_user, session_user;
reindex table guarded.t;
set role guarded;
reset role;
select current_user;
drop schema guarded cascade;
drop role guarded;
