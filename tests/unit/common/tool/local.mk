# Unit suites of common/tool: one row a .c file, sorted:
#   unit_sources += tests/unit/common/tool/NAME_test.c

unit_sources += tests/unit/common/tool/progress_test.c
unit_sources += tests/unit/common/tool/tool_test.c
