# server/access/index: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/index/NAME.c

