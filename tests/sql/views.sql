-- views.sql - the system views: what they show of a session and of the server
select name, setting, unit, context, vartype, source, min_val, max_val, enumvals, boot_val, reset_val, pending_restart
from pg_settings where name in ('work_mem', 'wal_level', 'seq_page_cost', 'enable_seqscan', 'search_path') order by lower(name);
select name, category from pg_settings where name ~ '^auto' order by 1;
select pg_settings_get_flags('DateStyle'), pg_settings_get_flags('data_directory'), pg_settings_get_flags('nothing');
set work_mem = '7MB';
select name, setting, source from pg_settings where name = 'work_mem';
reset work_mem;

prepare p (int, text) as select $1, $2;
prepare q as select 1;
execute p (1, 'a');
execute q;
select name, statement, parameter_types, from_sql, generic_plans, custom_plans, prepare_time <= now() as is_old
from pg_prepared_statements order by name;
deallocate all;
begin;
declare c scroll cursor for select 1;
declare d binary no scroll cursor with hold for select 2;
select name, statement, is_holdable, is_binary, is_scrollable, creation_time >= now() as is_new from pg_cursors order by name;
commit;
select name from pg_cursors order by name;
close d;

select line_number > 0 as has_line, type, database, user_name, address, netmask, auth_method, options, error from pg_hba_file_rules;
select count(*) from pg_ident_file_mappings;
select transaction, gid, owner, database from pg_prepared_xacts;
create sequence vs increment 5;
select nextval('vs'), nextval('vs');
select pg_sequence_last_value('vs');
select pg_sequence_last_value('pg_class');
drop sequence vs;

create table vt (a int primary key, b text);
create view vv as select a from vt;
select * from pg_tables where tablename = 'vt';
select * from pg_views where viewname = 'vv';
select * from pg_indexes where tablename = 'vt';
select rolname, rolsuper, rolinherit, rolcanlogin, rolpassword, rolconnlimit, oid from pg_roles order by oid;
select usename, usesysid, usesuper, passwd, useconfig from pg_shadow;
select usename, passwd from pg_user;
select count(*) from pg_group;
select locktype, relation::regclass, mode, granted from pg_locks where relation = 'vt'::regclass;
begin;
lock table vt in share mode;
select locktype, relation::regclass, mode, granted from pg_locks where relation = 'vt'::regclass;
rollback;
select sum(total_bytes) > 0, count(*) > 10, min(level) from pg_backend_memory_contexts;
select count(*) > 5, min(size) > 0 from pg_shmem_allocations;
select abbrev, utc_offset, is_dst from pg_timezone_abbrevs where abbrev in ('UTC', 'EST', 'CEST') order by 1;
drop table vt cascade;

-- who may not
create role viewer;
set role viewer;
select count(*) from pg_shadow;
select count(*) from pg_hba_file_rules;
select count(*) from pg_file_settings;
select count(*) from pg_backend_memory_contexts;
select count(*) from pg_settings where name = 'config_file';
select sourcefile from pg_settings where sourcefile is not null;
select count(*) > 0 from pg_roles;
reset role;
drop role viewer;
\dv pg_catalog.pg_s*
\dvS pg_st*
\d pg_settings
-- changes through a view with security_barrier: its conditions come first, others see only what passes
create table guarded (id int primary key, owner text, v int, n numeric);
insert into guarded select g, case g % 3 when 0 then 'me' when 1 then 'you' end, g % 3, g / 2.0 from generate_series(1, 30) g;
update guarded set v = 3 - v where owner is null or owner = 'me';
create index on guarded (n);
create index on guarded (v);
analyze guarded;
create view mine with (security_barrier) as select * from guarded where upper(lower(owner)) = 'ME';
create view less with (security_barrier) as select * from mine where 10 / (id - 1) >= 0;
set enable_seqscan = off;
explain (costs off) delete from mine where v = 3;
explain (costs off) delete from mine where n = 3;
explain (costs off) delete from mine where 1 / (v - 1) < 5 and id < 10;
explain (costs off) delete from less where id = 12 or 100 / id > 5;
explain (costs off) delete from less where n = id and n < 4;
reset enable_seqscan;
explain (costs off) update less set v = 0 from guarded g where g.id = less.id and 1 / (less.v - 1 + g.v) > 0;
explain (costs off) update less set v = 0 where v = (select max(g.v) from guarded g where g.id = less.id);
begin;
delete from mine where id < 6 returning *;
delete from mine where 1 / (v - 1) < 5 and id < 10 returning *;
update less set v = v + 1 where 1 / (v - 1) < 5 and id < 16 returning *;
with gone as (delete from less using guarded g where g.id = less.id + 1 returning less.id, g.id) select * from gone order by 1;
prepare p(int) as update mine set v = $1 where id = $1 returning *;
execute p(28); execute p(29); execute p(30);
execute p(30); execute p(30); execute p(30); execute p(29);
insert into mine values (30, 'me', 1, 1) on conflict (id) do update set v = 77 where mine.owner = 'me' returning *;
select count(*), sum(v) from guarded;
rollback;
drop view less, mine;
drop table guarded;
