# tests/unit/server/copy: one row a suite, sorted:
#   unit_sources += tests/unit/server/copy/NAME_test.c

unit_sources += tests/unit/server/copy/copy_rows_test.c
