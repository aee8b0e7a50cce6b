# common/store: one row a file, headers and .def tables too, sorted:
#   common_sources += common/store/NAME.c

