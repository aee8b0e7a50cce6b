# Unit suites of common/mem: one row a .c file, sorted:
#   unit_sources += tests/unit/common/mem/NAME_test.c

unit_sources += tests/unit/common/mem/mem_test.c
unit_sources += tests/unit/common/mem/owner_test.c
