-- catalogs.sql - all that statements of users have written into catalogs, but for transaction ids and positions in the log
\pset format unaligned
\pset tuples_only on
\pset null '~'
select 'type', t.* from pg_type t where oid>=16384 order by oid;
select 'class', oid,relname,relnamespace,reltype,reloftype,relowner,relam,relfilenode,reltablespace,relpages,reltuples,relallvisible,reltoastrelid,relhasindex,relisshared,relpersistence,relkind,relnatts,relchecks,relhasrules,relhastriggers,relhassubclass,relrowsecurity,relforcerowsecurity,relispopulated,relreplident,relispartition,relrewrite,relfrozenxid::text<>'0',relminmxid::text<>'0',relacl,reloptions,relpartbound from pg_class where oid>=16384 order by oid;
select 'attr', attrelid,attname,atttypid,attstattarget,attlen,attnum,attndims,attcacheoff,atttypmod,attbyval,attalign,attstorage,attcompression,attnotnull,atthasdef,atthasmissing,attidentity,attgenerated,attisdropped,attislocal,attinhcount,attcollation,attacl,regexp_replace(attoptions::text,'[0-9]+','N'),attfdwoptions,attmissingval from pg_attribute where attrelid>=16384 order by attrelid,attnum;
select 'index', i.* from pg_index i where indexrelid>=16384 order by indexrelid;
select 'constraint', c.* from pg_constraint c where oid>=16384 order by oid;
select 'trigger', t.* from pg_trigger t where oid>=16384 order by oid;
select 'attrdef', a.* from pg_attrdef a where oid>=16384 order by oid;
select 'depend', classid,objid,objsubid,refclassid,refobjid,refobjsubid,deptype from pg_depend where objid>=16384 or refobjid>=16384 order by 2,3,4,5,6,7,8;
select 'shdepend', s.* from pg_shdepend s where objid>=16384 order by 2,3,4,5,6,7,8;
select 'rewrite', r.* from pg_rewrite r where oid>=16384 order by oid;
select 'ns', oid, regexp_replace(nspname, '[0-9]+$', 'N'), nspowner, nspacl from pg_namespace where oid>=16384 order by oid;
select 'descr', d.* from pg_description d where objoid>=16384 order by 2,3,4;
select 'seq', s.* from pg_sequence s order by 2;
select 'rel', oid, pg_relation_size(oid), pg_relation_size(oid,'init') from pg_class where oid>=16384 and relkind in ('r','i','t','S') order by oid;
select 'role', oid,rolname,rolsuper,rolinherit,rolcreaterole,rolcreatedb,rolcanlogin,rolreplication,rolbypassrls,rolconnlimit,left(rolpassword,14),rolvaliduntil from pg_authid where oid >= 16384 order by oid;
select 'members', m.* from pg_auth_members m where roleid>=16384 or member >= 16384 order by 2,3;
