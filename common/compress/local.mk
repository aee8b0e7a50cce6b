# common/compress: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/compress/NAME.c

common_sources += common/compress/block.h
common_sources += common/compress/pglz.h
common_sources += common/compress/spec.h
common_sources += common/compress/stream.h
common_sources += common/compress/whole.h
