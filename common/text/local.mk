# common/text: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/text/NAME.c

common_sources += common/text/base64.c
common_sources += common/text/civil.c
common_sources += common/text/encoding.c
common_sources += common/text/hex.c
common_sources += common/text/num.c
common_sources += common/text/sql.c
common_sources += common/text/str.c
common_sources += common/text/strbuf.c
common_sources += common/text/timestamp.c
common_sources += common/text/timezone.c
