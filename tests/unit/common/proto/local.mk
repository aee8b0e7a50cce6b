# Unit suites of common/proto: one row a .c file, sorted:
#   unit_sources += tests/unit/common/proto/NAME_test.c

unit_sources += tests/unit/common/proto/backup_stream_test.c
unit_sources += tests/unit/common/proto/message_test.c
unit_sources += tests/unit/common/proto/repl_command_test.c
unit_sources += tests/unit/common/proto/repl_message_test.c
unit_sources += tests/unit/common/proto/scram_exchange_test.c
unit_sources += tests/unit/common/proto/startup_test.c
