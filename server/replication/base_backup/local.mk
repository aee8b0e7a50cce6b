# server/replication/base_backup: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/replication/base_backup/NAME.c

server_sources += server/replication/base_backup/archive.c
server_sources += server/replication/base_backup/backup_wal.c
server_sources += server/replication/base_backup/base_backup.c
server_sources += server/replication/base_backup/manifest_spool.c
server_sources += server/replication/base_backup/options.c
server_sources += server/replication/base_backup/output.c
server_sources += server/replication/base_backup/page_check.c
server_sources += server/replication/base_backup/target_client.c
server_sources += server/replication/base_backup/target_server.c
server_sources += server/replication/base_backup/walk.c
