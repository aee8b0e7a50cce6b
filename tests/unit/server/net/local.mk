# tests/unit/server/net: one row a suite, sorted:
#   unit_sources += tests/unit/server/net/NAME_test.c

unit_sources += tests/unit/server/net/copy_test.c
unit_sources += tests/unit/server/net/net_test.c
