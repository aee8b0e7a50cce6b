# common/dump: one row a file, headers and .def tables too, sorted:
#   common_sources += common/dump/NAME.c

