-- read_views.sql - the system views of a fresh PostgreSQL 15 cluster, as statements of server/catalog/system_views.sql
--
-- Run by read_catalogs.sh in template1. In the order in which initdb makes them, since their numbers follow from it. Rights are
-- those of the views alone: what all system tables have comes with the rest of initdb's rights.

\set ON_ERROR_STOP on
\pset pager off
\pset tuples_only on
\pset format unaligned
set search_path = pg_catalog;

with view as (
    select c.oid, c.relname, c.reloptions from pg_class c
    where c.relkind = 'v' and c.relnamespace = 'pg_catalog'::regnamespace)
select statement from (
    select oid, E'\nCREATE VIEW ' || quote_ident(relname) ||
           case when reloptions is null then '' else ' WITH (' || array_to_string(reloptions, ', ') || ')' end ||
           E' AS\n' || pg_get_viewdef(oid, true) as statement
    from view
    union all
    select r.oid, E'\n' || pg_get_ruledef(r.oid, true)
    from pg_rewrite r join view on view.oid = r.ev_class
    where r.rulename <> '_RETURN') as made
order by oid;
