# server/auth: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/auth/NAME.c

server_sources += server/auth/auth.c
server_sources += server/auth/auth_file.c
server_sources += server/auth/auth_name.c
server_sources += server/auth/auth_password.c
server_sources += server/auth/hba.c
server_sources += server/auth/hba_parse.c
server_sources += server/auth/ident.c
