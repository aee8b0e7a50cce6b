# server/storage/vm: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/vm/NAME.c

server_sources += server/storage/vm/vm.c
