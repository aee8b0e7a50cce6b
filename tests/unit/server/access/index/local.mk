# tests/unit/server/access/index: one row a suite, sorted:
#   unit_sources += tests/unit/server/access/index/NAME_test.c

unit_sources += tests/unit/server/access/index/index_test.c
unit_sources += tests/unit/server/access/index/tid_bitmap_test.c
