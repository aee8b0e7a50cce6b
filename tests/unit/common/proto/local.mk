# Unit suites of common/proto: one row a .c file, sorted:
#   unit_sources += tests/unit/common/proto/NAME_test.c

