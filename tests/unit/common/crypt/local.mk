# Unit suites of common/crypt: one row a .c file, sorted:
#   unit_sources += tests/unit/common/crypt/NAME_test.c

