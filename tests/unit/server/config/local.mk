# tests/unit/server/config: one row a suite, sorted:
#   unit_sources += tests/unit/server/config/NAME_test.c
unit_sources += tests/unit/server/config/config_sample_test.c
unit_sources += tests/unit/server/config/guc_test.c
