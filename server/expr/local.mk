# server/expr: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/expr/NAME.c

server_sources += server/expr/slot.c
