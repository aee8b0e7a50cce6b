# common/crypt: one row a file, headers and .def tables too, sorted:
#   common_sources += common/crypt/NAME.c

