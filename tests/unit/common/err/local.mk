# Unit suites of common/err: one row a .c file, sorted:
#   unit_sources += tests/unit/common/err/NAME_test.c

unit_sources += tests/unit/common/err/err_test.c
