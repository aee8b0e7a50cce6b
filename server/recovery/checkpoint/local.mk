# server/recovery/checkpoint: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/checkpoint/NAME.c

server_sources += server/recovery/checkpoint/checkpoint.c
server_sources += server/recovery/checkpoint/control.c
server_sources += server/recovery/checkpoint/restartpoint.c
