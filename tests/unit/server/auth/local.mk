# tests/unit/server/auth: one row a suite, sorted:
#   unit_sources += tests/unit/server/auth/NAME_test.c
unit_sources += tests/unit/server/auth/hba_test.c
unit_sources += tests/unit/server/auth/ident_test.c
