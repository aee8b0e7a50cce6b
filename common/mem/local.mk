# common/mem: one row a file, headers and .def tables too, sorted:
#   common_sources += common/mem/NAME.c

common_sources += common/mem/mem.c
common_sources += common/mem/mem.h
