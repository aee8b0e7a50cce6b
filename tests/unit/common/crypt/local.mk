# Unit suites of common/crypt: one row a file, sorted:
#   unit_sources += tests/unit/common/crypt/NAME_test.c

