# common/ds: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/ds/NAME.c

common_sources += common/ds/array.c
common_sources += common/ds/hash.c
