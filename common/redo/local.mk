# common/redo: one row a file, headers and .def tables too, sorted:
#   common_sources += common/redo/NAME.c

