# server/session: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/session/NAME.c

server_sources += server/session/client_encoding.c
server_sources += server/session/conflict.c
server_sources += server/session/extended.c
server_sources += server/session/function_call.c
server_sources += server/session/last_words.c
server_sources += server/session/login.c
server_sources += server/session/portal.c
server_sources += server/session/prepared.c
server_sources += server/session/rows.c
server_sources += server/session/session.c
server_sources += server/session/simple.c
server_sources += server/session/startup_settings.c
server_sources += server/session/stored_settings.c
