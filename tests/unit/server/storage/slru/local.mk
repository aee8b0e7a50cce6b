# tests/unit/server/storage/slru: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/slru/NAME_test.c

unit_sources += tests/unit/server/storage/slru/slru_buffers_test.c
