# common/os: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/os/NAME.c

common_sources += common/os/dir.c
common_sources += common/os/fault.c
common_sources += common/os/file.c
common_sources += common/os/ops.c
common_sources += common/os/path.c
