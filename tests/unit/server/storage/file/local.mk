# tests/unit/server/storage/file: one row a suite, sorted:
#   unit_sources += tests/unit/server/storage/file/NAME_test.c

unit_sources += tests/unit/server/storage/file/database_folder_test.c
unit_sources += tests/unit/server/storage/file/vfd_test.c
