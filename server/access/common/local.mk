# server/access/common: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/common/NAME.c
