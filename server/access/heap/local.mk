# server/access/heap: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/heap/NAME.c
