# common/store: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/store/NAME.c

common_sources += common/store/file.c
common_sources += common/store/store.c
