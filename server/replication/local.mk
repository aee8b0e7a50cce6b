# server/replication: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/replication/NAME.c

server_sources += server/replication/answer.c
server_sources += server/replication/base_backup.c
server_sources += server/replication/command.c
server_sources += server/replication/identify.c
server_sources += server/replication/log_end.c
server_sources += server/replication/parse.c
server_sources += server/replication/receive_log.c
server_sources += server/replication/repl_slot.c
server_sources += server/replication/repl_slot_file.c
server_sources += server/replication/repl_slot_wal.c
server_sources += server/replication/scan.c
server_sources += server/replication/send_chunk.c
server_sources += server/replication/send_log.c
server_sources += server/replication/send_reply.c
server_sources += server/replication/slot_command.c
server_sources += server/replication/sync_rep.c
server_sources += server/replication/sync_rep_names.c
server_sources += server/replication/wal_receiver.c
server_sources += server/replication/wal_receiver_process.c
server_sources += server/replication/wal_sender.c
