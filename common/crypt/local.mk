# common/crypt: one row a file, headers and .def tables too, sorted:
#   common_sources += common/crypt/NAME.c

common_sources += common/crypt/crc32c.c
common_sources += common/crypt/crc32c.h
common_sources += common/crypt/digest.c
common_sources += common/crypt/digest.h
common_sources += common/crypt/random.c
common_sources += common/crypt/random.h
