# server/node: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/node/NAME.c
