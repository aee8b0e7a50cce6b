# server/storage/buffer: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/buffer/NAME.c
