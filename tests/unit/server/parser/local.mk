# tests/unit/server/parser: one row a suite, sorted:
#   unit_sources += tests/unit/server/parser/NAME_test.c

unit_sources += tests/unit/server/parser/keyword_test.c
unit_sources += tests/unit/server/parser/parser_test.c

$(tests_unit_unit_tests_OBJECTS): | server/parser/gram.h
