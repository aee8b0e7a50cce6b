# Unit suites of common/compress: one row a .c file, sorted:
#   unit_sources += tests/unit/common/compress/NAME_test.c

