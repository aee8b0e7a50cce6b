# tests/unit/server/wal: one row a suite, sorted:
#   unit_sources += tests/unit/server/wal/NAME_test.c

unit_sources += tests/unit/server/wal/archive_status_test.c
unit_sources += tests/unit/server/wal/flush_test.c
unit_sources += tests/unit/server/wal/insert_test.c
unit_sources += tests/unit/server/wal/record_test.c
unit_sources += tests/unit/server/wal/segment_test.c
unit_sources += tests/unit/server/wal/switch_test.c
