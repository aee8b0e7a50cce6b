# server/types: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/types/NAME.c

server_sources += server/types/bool.c
server_sources += server/types/builtin.c
server_sources += server/types/types_int.c
server_sources += server/types/wire.c
