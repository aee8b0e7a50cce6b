# server/txn: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/txn/NAME.c

server_sources += server/txn/clog.c
server_sources += server/txn/clog_group.c
server_sources += server/txn/combo_cid.c
server_sources += server/txn/commit_ts.c
server_sources += server/txn/multixact.c
server_sources += server/txn/multixact_cache.c
server_sources += server/txn/multixact_limit.c
server_sources += server/txn/proc_array.c
server_sources += server/txn/proc_horizon.c
server_sources += server/txn/proc_running.c
server_sources += server/txn/proc_snapshot.c
server_sources += server/txn/proc_standby.c
server_sources += server/txn/snapshot.c
server_sources += server/txn/snapshot_export.c
server_sources += server/txn/subtrans.c
server_sources += server/txn/twophase.c
server_sources += server/txn/twophase_state.c
server_sources += server/txn/txn.c
server_sources += server/txn/txn_drop.c
server_sources += server/txn/txn_level.c
server_sources += server/txn/txn_record.c
server_sources += server/txn/txn_redo.c
server_sources += server/txn/txn_setting.c
server_sources += server/txn/xact_status.c
server_sources += server/txn/xid.c
