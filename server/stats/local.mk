# server/stats: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/stats/NAME.c

server_sources += server/stats/activity.c
server_sources += server/stats/drop.c
server_sources += server/stats/fetch.c
server_sources += server/stats/file.c
server_sources += server/stats/fixed.c
server_sources += server/stats/flush.c
server_sources += server/stats/shared.c
server_sources += server/stats/table.c
