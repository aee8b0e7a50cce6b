# Unit suites of common/os: one row a .c file, sorted:
#   unit_sources += tests/unit/common/os/NAME_test.c

