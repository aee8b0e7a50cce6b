# Unit suites of common/walrec: one row a .c file, sorted:
#   unit_sources += tests/unit/common/walrec/NAME_test.c

unit_sources += tests/unit/common/walrec/describe_test.c
unit_sources += tests/unit/common/walrec/dir_source_test.c
unit_sources += tests/unit/common/walrec/effects_test.c
unit_sources += tests/unit/common/walrec/reader_test.c
unit_sources += tests/unit/common/walrec/record_test.c
unit_sources += tests/unit/common/walrec/touched_test.c
