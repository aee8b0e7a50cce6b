# server/access/heap: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/heap/NAME.c

server_sources += server/access/heap/clean.c
server_sources += server/access/heap/delete.c
server_sources += server/access/heap/extend.c
server_sources += server/access/heap/fetch.c
server_sources += server/access/heap/freeze.c
server_sources += server/access/heap/index.c
server_sources += server/access/heap/insert.c
server_sources += server/access/heap/lock.c
server_sources += server/access/heap/overwrite.c
server_sources += server/access/heap/place.c
server_sources += server/access/heap/prune.c
server_sources += server/access/heap/record.c
server_sources += server/access/heap/rewrite.c
server_sources += server/access/heap/scan.c
server_sources += server/access/heap/truncate.c
server_sources += server/access/heap/update.c
server_sources += server/access/heap/visibility.c
server_sources += server/access/heap/xmax.c
