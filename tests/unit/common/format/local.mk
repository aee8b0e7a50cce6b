# Unit suites of common/format: one row a file, sorted:
#   unit_sources += tests/unit/common/format/NAME_test.c

