# common/err: one row a file, headers and .def tables too, sorted:
#   common_sources += common/err/NAME.c

common_sources += common/err/err.c
common_sources += common/err/err.h
common_sources += common/err/sqlstate.def
