-- Functions about ids of transactions
select pg_current_xact_id_if_assigned() is null, txid_current_if_assigned() is null;
begin;
select pg_current_xact_id() = pg_current_xact_id_if_assigned(), txid_current()::text = pg_current_xact_id()::text;
savepoint a;
select pg_xact_status(pg_current_xact_id()), txid_status(txid_current());
rollback to a;
select pg_xact_status(pg_current_xact_id()) as again;
commit;
create table xid_func_t (x xid8);
begin;
insert into xid_func_t values (pg_current_xact_id());
commit;
select pg_xact_status(x) from xid_func_t;
begin;
select pg_current_xact_id() as aborted \gset
rollback;
select pg_xact_status(:'aborted'::xid8);
select pg_xact_status('0'::xid8), pg_xact_status('1'::xid8), pg_xact_status('2'::xid8), pg_xact_status(null);
select pg_xact_status('100000000000'::xid8);
select txid_status(100000000000);
drop table xid_func_t;
