# tests/unit/server/storage/sync: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/sync/NAME_test.c

unit_sources += tests/unit/server/storage/sync/sync_test.c
