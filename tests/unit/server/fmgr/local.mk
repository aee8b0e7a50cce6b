# tests/unit/server/fmgr: one row a suite, sorted:
#   unit_sources += tests/unit/server/fmgr/NAME_test.c

unit_sources += tests/unit/server/fmgr/fmgr_test.c
unit_sources += tests/unit/server/fmgr/hash_any_test.c
unit_sources += tests/unit/server/fmgr/varlena_test.c
