# tests/unit/server/access/btree: one row a suite, sorted:
#   unit_sources += tests/unit/server/access/btree/NAME_test.c

unit_sources += tests/unit/server/access/btree/btree_build_test.c
unit_sources += tests/unit/server/access/btree/btree_insert_test.c
unit_sources += tests/unit/server/access/btree/btree_scan_test.c
unit_sources += tests/unit/server/access/btree/btree_vacuum_test.c
