# common/proto: one row a file, headers and .def tables too, sorted:
#   common_sources += common/proto/NAME.c

