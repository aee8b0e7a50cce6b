# server/fmgr: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/fmgr/NAME.c

server_sources += server/fmgr/array_gather.c
server_sources += server/fmgr/array_value.c
server_sources += server/fmgr/datum_image.c
server_sources += server/fmgr/fmgr.c
server_sources += server/fmgr/hash_any.c
server_sources += server/fmgr/varlena.c
