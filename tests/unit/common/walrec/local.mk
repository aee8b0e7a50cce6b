# Unit suites of common/walrec: one row a .c file, sorted:
#   unit_sources += tests/unit/common/walrec/NAME_test.c

