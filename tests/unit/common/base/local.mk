# Unit suites of common/base: one row a file, sorted:
#   unit_sources += tests/unit/common/base/NAME_test.c

