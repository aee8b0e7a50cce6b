# common/option: one row a file, headers and .def tables too, sorted:
#   common_sources += common/option/NAME.c

