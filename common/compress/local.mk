# common/compress: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/compress/NAME.c

common_sources += common/compress/block.c
common_sources += common/compress/block.h
common_sources += common/compress/compress_int.h
common_sources += common/compress/gzip.c
common_sources += common/compress/lz4.c
common_sources += common/compress/pglz.c
common_sources += common/compress/pglz.h
common_sources += common/compress/spec.c
common_sources += common/compress/spec.h
common_sources += common/compress/stream.c
common_sources += common/compress/stream.h
common_sources += common/compress/whole.c
common_sources += common/compress/whole.h
common_sources += common/compress/zstd.c
