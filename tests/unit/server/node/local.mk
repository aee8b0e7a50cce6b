# tests/unit/server/node: one row a suite, sorted:
#   unit_sources += tests/unit/server/node/NAME_test.c

unit_sources += tests/unit/server/node/bitset_test.c
unit_sources += tests/unit/server/node/expr_test.c
unit_sources += tests/unit/server/node/list_test.c
unit_sources += tests/unit/server/node/node_test.c
unit_sources += tests/unit/server/node/text_read_test.c
unit_sources += tests/unit/server/node/text_write_test.c
unit_sources += tests/unit/server/node/tree_test.c
