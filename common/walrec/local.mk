# common/walrec: one row a file, headers and .def tables too, sorted:
#   common_sources += common/walrec/NAME.c

