# tests/unit/server/catalog: one row a suite, sorted:
#   unit_sources += tests/unit/server/catalog/NAME_test.c
