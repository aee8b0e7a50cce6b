# Unit suites of common/ds: one row a .c file, sorted:
#   unit_sources += tests/unit/common/ds/NAME_test.c

unit_sources += tests/unit/common/ds/array_test.c
unit_sources += tests/unit/common/ds/hash_test.c
