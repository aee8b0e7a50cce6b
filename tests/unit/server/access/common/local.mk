# tests/unit/server/access/common: one row a suite, sorted:
#   unit_sources += tests/unit/server/access/common/NAME_test.c
