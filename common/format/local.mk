# common/format: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/format/NAME.c

common_sources += common/format/checkpoint.c
common_sources += common/format/checksum.c
common_sources += common/format/control_file.c
common_sources += common/format/page.c
common_sources += common/format/pg_version.c
common_sources += common/format/tar.c
common_sources += common/format/timeline_history.c
common_sources += common/format/wal_page.c
common_sources += common/format/wal_seg_name.c
