# Unit suites of common/os: one row a .c file, sorted:
#   unit_sources += tests/unit/common/os/NAME_test.c

unit_sources += tests/unit/common/os/dir_test.c
unit_sources += tests/unit/common/os/file_test.c
unit_sources += tests/unit/common/os/path_test.c
