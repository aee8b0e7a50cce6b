# Unit suites of common/text: one row a .c file, sorted:
#   unit_sources += tests/unit/common/text/NAME_test.c

unit_sources += tests/unit/common/text/base64_test.c
unit_sources += tests/unit/common/text/civil_test.c
unit_sources += tests/unit/common/text/encoding_test.c
unit_sources += tests/unit/common/text/hex_test.c
unit_sources += tests/unit/common/text/num_test.c
unit_sources += tests/unit/common/text/sql_test.c
unit_sources += tests/unit/common/text/str_test.c
unit_sources += tests/unit/common/text/strbuf_test.c
unit_sources += tests/unit/common/text/timestamp_test.c
unit_sources += tests/unit/common/text/timezone_test.c
