# server/storage/sync: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/sync/NAME.c

server_sources += server/storage/sync/queue.c
server_sources += server/storage/sync/sync.c
