# tests/unit/server/command: one row a suite, sorted:
#   unit_sources += tests/unit/server/command/NAME_test.c

unit_sources += tests/unit/server/command/command_test.c
