# Unit suites of common/option: one row a .c file, sorted:
#   unit_sources += tests/unit/common/option/NAME_test.c

unit_sources += tests/unit/common/option/config_test.c
unit_sources += tests/unit/common/option/option_test.c
unit_sources += tests/unit/common/option/space_mapping_test.c
