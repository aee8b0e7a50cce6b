# common/ds: one row a file, headers and .def tables too, sorted:
#   common_sources += common/ds/NAME.c

common_sources += common/ds/array.c
common_sources += common/ds/array.h
common_sources += common/ds/hash.c
common_sources += common/ds/hash.h
