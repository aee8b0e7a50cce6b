# server/access/index: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/index/NAME.c

server_sources += server/access/index/bitmap_scan.c
server_sources += server/access/index/build.c
server_sources += server/access/index/form.c
server_sources += server/access/index/scan.c
server_sources += server/access/index/set.c
server_sources += server/access/index/tid_bitmap.c
server_sources += server/access/index/validate.c
