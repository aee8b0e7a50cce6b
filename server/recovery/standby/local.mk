# server/recovery/standby: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/standby/NAME.c

server_sources += server/recovery/standby/conflict.c
server_sources += server/recovery/standby/standby.c
