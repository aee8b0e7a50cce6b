# server/sysfunc: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/sysfunc/NAME.c

server_sources += server/sysfunc/auth_rows.c
server_sources += server/sysfunc/backup_func.c
server_sources += server/sysfunc/builtin.c
server_sources += server/sysfunc/control_func.c
server_sources += server/sysfunc/definition_func.c
server_sources += server/sysfunc/lock_func.c
server_sources += server/sysfunc/lock_status.c
server_sources += server/sysfunc/name_func.c
server_sources += server/sysfunc/name_list.c
server_sources += server/sysfunc/process_func.c
server_sources += server/sysfunc/reg.c
server_sources += server/sysfunc/reg_routine.c
server_sources += server/sysfunc/rights_func.c
server_sources += server/sysfunc/rows.c
server_sources += server/sysfunc/sequence_func.c
server_sources += server/sysfunc/server_rows.c
server_sources += server/sysfunc/setting_func.c
server_sources += server/sysfunc/setting_rows.c
server_sources += server/sysfunc/slot_func.c
server_sources += server/sysfunc/stat_activity.c
server_sources += server/sysfunc/stat_count.c
server_sources += server/sysfunc/stat_reset.c
server_sources += server/sysfunc/value.c
server_sources += server/sysfunc/wal_func.c
server_sources += server/sysfunc/xid_func.c
