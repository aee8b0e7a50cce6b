# common/base: one row a file, headers and .def tables too, sorted:
#   common_sources += common/base/NAME.c

common_sources += common/base/banned.h
common_sources += common/base/base.c
common_sources += common/base/base.h
common_sources += common/base/bytes.h
