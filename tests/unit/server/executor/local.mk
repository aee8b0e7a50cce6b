# tests/unit/server/executor: one row a suite, sorted:
#   unit_sources += tests/unit/server/executor/NAME_test.c

unit_sources += tests/unit/server/executor/agg_test.c
unit_sources += tests/unit/server/executor/join_test.c
unit_sources += tests/unit/server/executor/modify_test.c
unit_sources += tests/unit/server/executor/query_test.c
