# tests/unit/server/txn: one row a suite, sorted:
#   unit_sources += tests/unit/server/txn/NAME_test.c

unit_sources += tests/unit/server/txn/multixact_test.c
unit_sources += tests/unit/server/txn/twophase_test.c
unit_sources += tests/unit/server/txn/txn_block_test.c
unit_sources += tests/unit/server/txn/txn_log_test.c
unit_sources += tests/unit/server/txn/txn_model_test.c
unit_sources += tests/unit/server/txn/xid_test.c
