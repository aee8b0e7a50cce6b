# Unit suites of common/format: one row a .c file, sorted:
#   unit_sources += tests/unit/common/format/NAME_test.c

unit_sources += tests/unit/common/format/checkpoint_test.c
unit_sources += tests/unit/common/format/checksum_test.c
unit_sources += tests/unit/common/format/page_test.c
unit_sources += tests/unit/common/format/pg_version_test.c
unit_sources += tests/unit/common/format/tar_test.c
unit_sources += tests/unit/common/format/timeline_history_test.c
unit_sources += tests/unit/common/format/wal_page_test.c
unit_sources += tests/unit/common/format/wal_seg_name_test.c
