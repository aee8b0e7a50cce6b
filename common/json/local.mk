# common/json: one row a file, headers and .def tables too, sorted:
#   common_sources += common/json/NAME.c

