# server/access/btree: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/btree/NAME.c

server_sources += server/access/btree/build.c
server_sources += server/access/btree/tuple.c
