# common/client: one row a file, headers and .def tables too, sorted:
#   common_sources += common/client/NAME.c

