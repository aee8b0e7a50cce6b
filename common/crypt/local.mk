# common/crypt: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/crypt/NAME.c

common_sources += common/crypt/crc32c.h
common_sources += common/crypt/digest.h
common_sources += common/crypt/random.h
