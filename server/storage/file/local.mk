# server/storage/file: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/file/NAME.c
