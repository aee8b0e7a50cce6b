# tests/unit/server/storage/smgr: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/smgr/NAME_test.c

unit_sources += tests/unit/server/storage/smgr/smgr_test.c
