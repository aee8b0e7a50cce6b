# server/access/btree: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/btree/NAME.c

server_sources += server/access/btree/build.c
server_sources += server/access/btree/dedup.c
server_sources += server/access/btree/delete.c
server_sources += server/access/btree/insert.c
server_sources += server/access/btree/page.c
server_sources += server/access/btree/page_delete.c
server_sources += server/access/btree/scan.c
server_sources += server/access/btree/search.c
server_sources += server/access/btree/split.c
server_sources += server/access/btree/split_point.c
server_sources += server/access/btree/tuple.c
server_sources += server/access/btree/vacuum.c
