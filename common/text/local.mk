# common/text: one row a file, headers and .def tables too, sorted:
#   common_sources += common/text/NAME.c

common_sources += common/text/hex.c
common_sources += common/text/hex.h
common_sources += common/text/num.c
common_sources += common/text/num.h
common_sources += common/text/str.c
common_sources += common/text/str.h
common_sources += common/text/strbuf.c
common_sources += common/text/strbuf.h
