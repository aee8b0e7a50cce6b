# tests/unit/server/storage/buffer: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/buffer/NAME_test.c

unit_sources += tests/unit/server/storage/buffer/buffer_test.c
unit_sources += tests/unit/server/storage/buffer/torture_test.c
