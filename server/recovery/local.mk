# server/recovery: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/recovery/NAME.c

server_sources += server/recovery/consistency.c
server_sources += server/recovery/missing_pages.c
server_sources += server/recovery/pause.c
server_sources += server/recovery/prefetch.c
server_sources += server/recovery/progress.c
server_sources += server/recovery/promotion.c
server_sources += server/recovery/recovery.c
server_sources += server/recovery/redo_effects.c
server_sources += server/recovery/redo_files.c
server_sources += server/recovery/redo_loop.c
server_sources += server/recovery/start_point.c
server_sources += server/recovery/target.c
server_sources += server/recovery/unlogged.c
