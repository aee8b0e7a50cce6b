# server/lock: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/lock/NAME.c

server_sources += server/lock/lock.c
server_sources += server/lock/lock_deadlock.c
server_sources += server/lock/lock_fast.c
server_sources += server/lock/lock_list.c
server_sources += server/lock/lock_local.c
server_sources += server/lock/lock_object.c
server_sources += server/lock/lock_prepared.c
server_sources += server/lock/lock_report.c
server_sources += server/lock/lock_standby.c
server_sources += server/lock/lock_table.c
server_sources += server/lock/lock_tag.c
server_sources += server/lock/lock_wait.c
server_sources += server/lock/lock_wait_for.c
