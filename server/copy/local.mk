# server/copy: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/copy/NAME.c

server_sources += server/copy/buffered_sink.c
server_sources += server/copy/columns.c
server_sources += server/copy/file.c
server_sources += server/copy/from.c
server_sources += server/copy/input.c
server_sources += server/copy/option.c
server_sources += server/copy/program.c
server_sources += server/copy/read_binary.c
server_sources += server/copy/read_fields.c
server_sources += server/copy/read_line.c
server_sources += server/copy/table.c
server_sources += server/copy/to.c
