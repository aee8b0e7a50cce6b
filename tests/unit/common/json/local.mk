# Unit suites of common/json: one row a .c file, sorted:
#   unit_sources += tests/unit/common/json/NAME_test.c

unit_sources += tests/unit/common/json/reader_test.c
unit_sources += tests/unit/common/json/writer_test.c
