# common/dump: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/dump/NAME.c

common_sources += common/dump/archive.c
common_sources += common/dump/plain.c
