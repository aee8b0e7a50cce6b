# tests/unit/server/postmaster: one row a suite, sorted:
#   unit_sources += tests/unit/server/postmaster/NAME_test.c
