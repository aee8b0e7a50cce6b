# tests/unit/server/expr: one row a suite, sorted:
#   unit_sources += tests/unit/server/expr/NAME_test.c

unit_sources += tests/unit/server/expr/eval_test.c
unit_sources += tests/unit/server/expr/slot_test.c
