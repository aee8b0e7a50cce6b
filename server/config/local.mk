# server/config: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/config/NAME.c

server_sources += server/config/setting.c
