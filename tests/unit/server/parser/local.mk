# tests/unit/server/parser: one row a suite, sorted:
#   unit_sources += tests/unit/server/parser/NAME_test.c
