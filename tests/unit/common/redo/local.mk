# Unit suites of common/redo: one row a .c file, sorted:
#   unit_sources += tests/unit/common/redo/NAME_test.c

