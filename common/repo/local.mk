# common/repo: one row a file, headers and .def tables too, sorted:
#   common_sources += common/repo/NAME.c

