# server/recovery/backup: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/backup/NAME.c

server_sources += server/recovery/backup/backup.c
