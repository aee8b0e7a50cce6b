# Unit suites of common/proto: one row a .c file, sorted:
#   unit_sources += tests/unit/common/proto/NAME_test.c

unit_sources += tests/unit/common/proto/backup_stream_test.c
unit_sources += tests/unit/common/proto/repl_command_test.c
unit_sources += tests/unit/common/proto/repl_message_test.c
