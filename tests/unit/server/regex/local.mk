# tests/unit/server/regex: one row a suite, sorted:
#   unit_sources += tests/unit/server/regex/NAME_test.c

unit_sources += tests/unit/server/regex/regex_test.c
