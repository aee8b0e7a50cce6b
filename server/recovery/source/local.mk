# server/recovery/source: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/source/NAME.c

server_sources += server/recovery/source/log_source.c
server_sources += server/recovery/source/restore.c
server_sources += server/recovery/source/timelines.c
