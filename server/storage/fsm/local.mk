# server/storage/fsm: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/fsm/NAME.c

server_sources += server/storage/fsm/fsm.c
server_sources += server/storage/fsm/fsm_tree.c
