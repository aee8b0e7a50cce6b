# tests/unit/server/storage/fsm: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/fsm/NAME_test.c

unit_sources += tests/unit/server/storage/fsm/fsm_test.c
