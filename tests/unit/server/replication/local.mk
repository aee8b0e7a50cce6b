# tests/unit/server/replication: one row a suite, sorted:
#   unit_sources += tests/unit/server/replication/NAME_test.c
unit_sources += tests/unit/server/replication/repl_parse_test.c
unit_sources += tests/unit/server/replication/sync_rep_names_test.c
