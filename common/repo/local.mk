# common/repo: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/repo/NAME.c

common_sources += common/repo/options.c
common_sources += common/repo/repo.c
common_sources += common/repo/wal_check.c
common_sources += common/repo/wal_object.c
common_sources += common/repo/wal_path.c
