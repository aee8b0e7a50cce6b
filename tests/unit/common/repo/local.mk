# Unit suites of common/repo: one row a file, sorted:
#   unit_sources += tests/unit/common/repo/NAME_test.c

