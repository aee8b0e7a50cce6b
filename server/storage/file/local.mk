# server/storage/file: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/file/NAME.c

server_sources += server/storage/file/database_folder.c
server_sources += server/storage/file/temp.c
server_sources += server/storage/file/vfd.c
