# tests/unit/server/recovery: one row a suite, sorted:
#   unit_sources += tests/unit/server/recovery/NAME_test.c
