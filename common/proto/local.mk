# common/proto: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/proto/NAME.c

common_sources += common/proto/backup_stream.c
common_sources += common/proto/message.c
common_sources += common/proto/repl_command.c
common_sources += common/proto/repl_message.c
common_sources += common/proto/scram_exchange.c
common_sources += common/proto/startup.c
