# Unit suites of common/err: one row a file, sorted:
#   unit_sources += tests/unit/common/err/NAME_test.c

