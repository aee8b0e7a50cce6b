# server/command: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/command/NAME.c

server_sources += server/command/command.c
server_sources += server/command/copy.c
server_sources += server/command/copy_client.c
server_sources += server/command/copy_default.c
server_sources += server/command/setting.c
server_sources += server/command/tag.c
server_sources += server/command/transaction.c
