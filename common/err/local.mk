# common/err: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/err/NAME.c

common_sources += common/err/err.c
