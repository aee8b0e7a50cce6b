# common/base: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/base/NAME.c

common_sources += common/base/base.c
