# common/tool: one row a file, headers and .def tables too, sorted:
#   common_sources += common/tool/NAME.c

