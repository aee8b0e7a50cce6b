-- declared_wrongly.sql - cursors that cannot be, and indexes on what a row does not hold
create table dw (a int primary key, b text);
begin; declare c scroll cursor for select * from dw for update; rollback;
begin; declare c insensitive cursor for select * from dw for no key update; rollback;
begin; declare c cursor with hold for select * from dw for share; rollback;
begin; declare c cursor for with x as (insert into dw values (1, 'x') returning *) select * from x; rollback;
begin; declare c scroll no scroll cursor for select 1; rollback;
begin; declare c asensitive insensitive cursor for select 1; rollback;
declare c scroll no scroll cursor for select 1;
declare c cursor with hold for select nope from dw;
begin; declare "" cursor for select 1; rollback;
select * from dw;
create index on dw (tableoid);
create index on dw ((tableoid));
create index on dw ((tableoid::bigint + a));
create index on dw (a) where tableoid > 0;
create index on dw ((dw.*));
drop table dw;
