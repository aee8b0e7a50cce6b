# Unit suites of common/compress: one row a .c file, sorted:
#   unit_sources += tests/unit/common/compress/NAME_test.c

unit_sources += tests/unit/common/compress/block_test.c
unit_sources += tests/unit/common/compress/library_faults.c
unit_sources += tests/unit/common/compress/library_faults.h
unit_sources += tests/unit/common/compress/pglz_test.c
unit_sources += tests/unit/common/compress/spec_test.c
unit_sources += tests/unit/common/compress/stream_test.c
unit_sources += tests/unit/common/compress/whole_test.c
