# server/storage/buffer: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/storage/buffer/NAME.c

server_sources += server/storage/buffer/ahead.c
server_sources += server/storage/buffer/buffer.c
server_sources += server/storage/buffer/drop.c
server_sources += server/storage/buffer/hint.c
server_sources += server/storage/buffer/io.c
server_sources += server/storage/buffer/local.c
server_sources += server/storage/buffer/pin.c
server_sources += server/storage/buffer/strategy.c
server_sources += server/storage/buffer/sync.c
server_sources += server/storage/buffer/victim.c
server_sources += server/storage/buffer/writeback.c
