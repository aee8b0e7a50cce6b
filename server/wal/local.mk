# server/wal: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/wal/NAME.c
