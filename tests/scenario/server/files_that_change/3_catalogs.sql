-- catalogs themselves
vacuum full pg_class;
vacuum full pg_proc;
vacuum full pg_namespace;
vacuum full pg_database;
create table between (a int primary key);
cluster pg_attribute using pg_attribute_relid_attnum_index;
cluster pg_type using pg_type_oid_index;
vacuum full;
begin;
cluster pg_class using pg_class_oid_index;
rollback;
drop table between;
