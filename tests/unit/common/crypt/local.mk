# Unit suites of common/crypt: one row a .c file, sorted:
#   unit_sources += tests/unit/common/crypt/NAME_test.c

unit_sources += tests/unit/common/crypt/crc32c_test.c
unit_sources += tests/unit/common/crypt/digest_test.c
unit_sources += tests/unit/common/crypt/password_test.c
unit_sources += tests/unit/common/crypt/random_test.c
unit_sources += tests/unit/common/crypt/scram_test.c
