# server/access/btree: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/btree/NAME.c
