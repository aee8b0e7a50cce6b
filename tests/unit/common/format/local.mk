# Unit suites of common/format: one row a .c file, sorted:
#   unit_sources += tests/unit/common/format/NAME_test.c

unit_sources += tests/unit/common/format/backup_label_test.c
unit_sources += tests/unit/common/format/backup_scope_test.c
unit_sources += tests/unit/common/format/checkpoint_test.c
unit_sources += tests/unit/common/format/checksum_test.c
unit_sources += tests/unit/common/format/conf_value_test.c
unit_sources += tests/unit/common/format/control_file_test.c
unit_sources += tests/unit/common/format/fsm_page_test.c
unit_sources += tests/unit/common/format/manifest_test.c
unit_sources += tests/unit/common/format/page_test.c
unit_sources += tests/unit/common/format/pg_version_test.c
unit_sources += tests/unit/common/format/postmaster_pid_test.c
unit_sources += tests/unit/common/format/rel_path_test.c
unit_sources += tests/unit/common/format/relmap_test.c
unit_sources += tests/unit/common/format/sequence_page_test.c
unit_sources += tests/unit/common/format/slru_test.c
unit_sources += tests/unit/common/format/tablespace_map_test.c
unit_sources += tests/unit/common/format/tar_test.c
unit_sources += tests/unit/common/format/timeline_history_test.c
unit_sources += tests/unit/common/format/toast_pointer_test.c
unit_sources += tests/unit/common/format/twophase_file_test.c
unit_sources += tests/unit/common/format/wal_page_test.c
unit_sources += tests/unit/common/format/wal_seg_name_test.c
