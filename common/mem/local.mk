# common/mem: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/mem/NAME.c

common_sources += common/mem/mem.c
common_sources += common/mem/owner.c
