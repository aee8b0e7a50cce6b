# tests/unit/server/node: one row a suite, sorted:
#   unit_sources += tests/unit/server/node/NAME_test.c

unit_sources += tests/unit/server/node/list_test.c
unit_sources += tests/unit/server/node/node_test.c
