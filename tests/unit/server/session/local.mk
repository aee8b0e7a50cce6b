# tests/unit/server/session: one row a suite, sorted:
#   unit_sources += tests/unit/server/session/NAME_test.c
