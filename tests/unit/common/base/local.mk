# Unit suites of common/base: one row a .c file, sorted:
#   unit_sources += tests/unit/common/base/NAME_test.c

unit_sources += tests/unit/common/base/base_test.c
unit_sources += tests/unit/common/base/bytes_test.c
