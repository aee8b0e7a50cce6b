# Unit suites of common/store: one row a .c file, sorted:
#   unit_sources += tests/unit/common/store/NAME_test.c

unit_sources += tests/unit/common/store/store_test.c
