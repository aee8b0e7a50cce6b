# common/format: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/format/NAME.c

common_sources += common/format/backup_label.c
common_sources += common/format/backup_scope.c
common_sources += common/format/checkpoint.c
common_sources += common/format/checksum.c
common_sources += common/format/conf_value.c
common_sources += common/format/control_file.c
common_sources += common/format/fsm_page.c
common_sources += common/format/manifest_read.c
common_sources += common/format/manifest_write.c
common_sources += common/format/page.c
common_sources += common/format/pg_version.c
common_sources += common/format/postmaster_pid.c
common_sources += common/format/rel_path.c
common_sources += common/format/relmap.c
common_sources += common/format/sequence_page.c
common_sources += common/format/slru.c
common_sources += common/format/tablespace_map.c
common_sources += common/format/tar.c
common_sources += common/format/timeline_history.c
common_sources += common/format/toast_pointer.c
common_sources += common/format/twophase_file.c
common_sources += common/format/wal_page.c
common_sources += common/format/wal_seg_name.c
