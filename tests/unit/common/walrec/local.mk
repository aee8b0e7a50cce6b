# Unit suites of common/walrec: one row a file, sorted:
#   unit_sources += tests/unit/common/walrec/NAME_test.c

