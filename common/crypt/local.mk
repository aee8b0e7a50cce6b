# common/crypt: one row a file, headers and .def tables too, sorted:
#   common_sources += common/crypt/NAME.c

common_sources += common/crypt/crc32c.c
common_sources += common/crypt/crc32c.h
common_sources += common/crypt/digest.c
common_sources += common/crypt/digest.h
common_sources += common/crypt/md5.c
common_sources += common/crypt/password.c
common_sources += common/crypt/random.c
common_sources += common/crypt/random.h
common_sources += common/crypt/saslprep.c
common_sources += common/crypt/scram.c
common_sources += common/crypt/secret.c
