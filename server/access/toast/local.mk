# server/access/toast: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/toast/NAME.c

server_sources += server/access/toast/fetch.c
server_sources += server/access/toast/shorten.c
server_sources += server/access/toast/store.c
