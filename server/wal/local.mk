# server/wal: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/wal/NAME.c

server_sources += server/wal/archive_command.c
server_sources += server/wal/archive_status.c
server_sources += server/wal/buffers.c
server_sources += server/wal/flush.c
server_sources += server/wal/image.c
server_sources += server/wal/insert.c
server_sources += server/wal/record.c
server_sources += server/wal/segment.c
server_sources += server/wal/slot.c
server_sources += server/wal/wal.c
