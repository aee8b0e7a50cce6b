# Unit suites of common/dump: one row a .c file, sorted:
#   unit_sources += tests/unit/common/dump/NAME_test.c

unit_sources += tests/unit/common/dump/acl_test.c
unit_sources += tests/unit/common/dump/array_text_test.c
unit_sources += tests/unit/common/dump/pattern_test.c
unit_sources += tests/unit/common/dump/plain_test.c
unit_sources += tests/unit/common/dump/setting_test.c
