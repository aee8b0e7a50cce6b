# Unit suites of common/dump: one row a .c file, sorted:
#   unit_sources += tests/unit/common/dump/NAME_test.c

