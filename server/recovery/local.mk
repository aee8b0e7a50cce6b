# server/recovery: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/NAME.c
