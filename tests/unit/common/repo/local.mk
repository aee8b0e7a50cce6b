# Unit suites of common/repo: one row a .c file, sorted:
#   unit_sources += tests/unit/common/repo/NAME_test.c

unit_sources += tests/unit/common/repo/repo_test.c
unit_sources += tests/unit/common/repo/wal_check_test.c
unit_sources += tests/unit/common/repo/wal_object_test.c
