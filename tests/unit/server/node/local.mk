# tests/unit/server/node: one row a suite, sorted:
#   unit_sources += tests/unit/server/node/NAME_test.c
