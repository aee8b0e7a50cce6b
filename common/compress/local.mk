# common/compress: one row a file, headers and .def tables too, sorted:
#   common_sources += common/compress/NAME.c

