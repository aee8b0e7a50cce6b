# server/storage/smgr: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/smgr/NAME.c

server_sources += server/storage/smgr/fork.c
server_sources += server/storage/smgr/smgr.c
