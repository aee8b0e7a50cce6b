# common/os: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/os/NAME.c

