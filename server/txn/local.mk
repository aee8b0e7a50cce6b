# server/txn: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/txn/NAME.c
