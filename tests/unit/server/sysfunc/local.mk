# tests/unit/server/sysfunc: one row a suite, sorted:
#   unit_sources += tests/unit/server/sysfunc/NAME_test.c

unit_sources += tests/unit/server/sysfunc/lock_func_test.c
