# common/format: one row a file, headers and .def tables too, sorted:
#   common_sources += common/format/NAME.c

