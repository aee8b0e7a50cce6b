-- replication slots by functions of SQL
select pg_create_physical_replication_slot('s_phys'), (pg_create_physical_replication_slot('s_res', true)).slot_name;
select pg_create_physical_replication_slot('Bad');
select pg_create_physical_replication_slot('');
select pg_create_physical_replication_slot('s_phys');
select pg_create_physical_replication_slot(repeat('x',64)::name);
select pg_drop_replication_slot('nosuch');
select pg_copy_physical_replication_slot('s_phys','c1');
select pg_copy_physical_replication_slot('s_res','c2');
select pg_copy_physical_replication_slot('s_res','c3',true);
select pg_copy_physical_replication_slot('nosuch','c4');
select pg_copy_physical_replication_slot('s_res','s_phys');
select pg_replication_slot_advance('s_phys','0/1');
select pg_replication_slot_advance('s_res','0/0');
select pg_replication_slot_advance('nosuch','0/1');
select pg_create_logical_replication_slot('l1','test_decoding');
select pg_drop_replication_slot('c2');
create role slot_nobody login;
create role slot_user login replication;
set role slot_nobody;
select pg_create_physical_replication_slot('s_r1');
select pg_drop_replication_slot('s_res');
select pg_replication_slot_advance('s_res','F/0');
select pg_copy_physical_replication_slot('s_res','c9');
select count(*) from pg_get_replication_slots();
set role slot_user;
select pg_create_physical_replication_slot('s_r2');
select pg_drop_replication_slot('s_r2');
reset role;
begin;
select pg_create_physical_replication_slot('s_txn');
rollback;
select slot_name,plugin,slot_type,datoid,temporary,active,xmin,catalog_xmin,confirmed_flush_lsn,wal_status,safe_wal_size,two_phase
    from pg_get_replication_slots() order by 1;
select pg_drop_replication_slot('s_txn');
select pg_create_physical_replication_slot(null);
select pg_create_physical_replication_slot('t_t',false,true);
select slot_name,temporary,active,active_pid=pg_backend_pid() from pg_get_replication_slots() where temporary order by 1;
select 1/0;
select slot_name,temporary,active from pg_get_replication_slots() where temporary;
select pg_drop_replication_slot('t_t');
select pg_drop_replication_slot('c3');
select pg_current_wal_lsn() as here \gset
select slot_name from pg_replication_slot_advance('s_res', :'here');
select restart_lsn = :'here' from pg_get_replication_slots() where slot_name = 's_res';
select count(pg_drop_replication_slot(slot_name)) from pg_get_replication_slots();
select count(*) from pg_get_replication_slots();
drop role slot_nobody;
drop role slot_user;
select count(*) from pg_stat_get_wal_senders();
select pg_stat_get_wal_receiver() is null;
-- the list of synchronous standbys
alter system set synchronous_standby_names = 'FIRST (a)';
alter system set synchronous_standby_names = 'a b';
alter system set synchronous_standby_names = 'FIRST 0 (a)';
alter system set synchronous_standby_names = 'ANY 2 (a,b';
alter system set synchronous_standby_names = '"abc';
alter system set synchronous_standby_names = 'a,,b';
alter system set synchronous_standby_names = 'ANY';
alter system set synchronous_standby_names = 'any 1 (*, "B c")';
alter system reset synchronous_standby_names;

-- Views about log that is received, looked at or decoded: nothing is, here.
select * from pg_stat_subscription;
select * from pg_stat_subscription_stats;
select * from pg_stat_get_subscription_stats(5);
select * from pg_stat_get_subscription(null);
select pg_stat_reset_subscription_stats(null);
select pg_stat_reset_subscription_stats(0);
select pg_stat_reset_subscription_stats(5);
select * from pg_stat_replication_slots;
select pg_stat_reset_replication_slot('nosuch');
select * from pg_stat_wal_receiver;
select pid, state from pg_stat_replication;
select prefetch, hit, skip_init, skip_new, skip_fpw, skip_rep, wal_distance, block_distance, io_depth from pg_stat_recovery_prefetch;
select pg_stat_reset_shared('recovery_prefetch');
\d pg_stat_recovery_prefetch
\d pg_stat_wal_receiver
\d pg_stat_subscription
