# Unit suites of common/client: one row a .c file, sorted:
#   unit_sources += tests/unit/common/client/NAME_test.c

