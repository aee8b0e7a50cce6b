# server/postmaster: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/postmaster/NAME.c

server_sources += server/postmaster/archiver.c
server_sources += server/postmaster/autovacuum_launcher.c
server_sources += server/postmaster/autovacuum_worker.c
server_sources += server/postmaster/aux.c
server_sources += server/postmaster/backend.c
server_sources += server/postmaster/background_writer.c
server_sources += server/postmaster/cancel.c
server_sources += server/postmaster/checkpointer.c
server_sources += server/postmaster/child.c
server_sources += server/postmaster/gate.c
server_sources += server/postmaster/interlock.c
server_sources += server/postmaster/listener.c
server_sources += server/postmaster/startup.c
server_sources += server/postmaster/supervisor.c
server_sources += server/postmaster/wal_writer.c
