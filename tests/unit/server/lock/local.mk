# tests/unit/server/lock: one row a suite, sorted:
#   unit_sources += tests/unit/server/lock/NAME_test.c

unit_sources += tests/unit/server/lock/lock_model_test.c
unit_sources += tests/unit/server/lock/lock_test.c
unit_sources += tests/unit/server/lock/lock_wait_test.c
