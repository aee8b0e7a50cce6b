# common/client: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/client/NAME.c

common_sources += common/client/client.c
common_sources += common/client/connect.c
common_sources += common/client/notice.c
common_sources += common/client/replication.c
common_sources += common/client/wal_stream.c
