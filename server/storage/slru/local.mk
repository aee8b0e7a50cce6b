# server/storage/slru: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/slru/NAME.c

server_sources += server/storage/slru/slru.c
server_sources += server/storage/slru/slru_file.c
