# Unit suites of common/client: one row a .c file, sorted:
#   unit_sources += tests/unit/common/client/NAME_test.c

unit_sources += tests/unit/common/client/client_test.c
unit_sources += tests/unit/common/client/peer.c
unit_sources += tests/unit/common/client/peer.h
unit_sources += tests/unit/common/client/replication_test.c
unit_sources += tests/unit/common/client/wal_stream_test.c
