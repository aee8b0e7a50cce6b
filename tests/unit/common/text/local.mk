# Unit suites of common/text: one row a .c file, sorted:
#   unit_sources += tests/unit/common/text/NAME_test.c

