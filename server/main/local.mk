# server/main: the program pgserver; one row a .c file, sorted:
#   bin_pgserver_SOURCES += server/main/NAME.c

bin_PROGRAMS += bin/pgserver
bin_pgserver_SOURCES =
bin_pgserver_SOURCES += server/main/boot.c
bin_pgserver_SOURCES += server/main/boot_script.c
bin_pgserver_SOURCES += server/main/builtins.c
bin_pgserver_SOURCES += server/main/command_line.c
bin_pgserver_SOURCES += server/main/main.c
bin_pgserver_SOURCES += server/main/settings_agree.c
bin_pgserver_SOURCES += server/main/tables.c
bin_pgserver_LDADD = libserver.a libholdfast.a $(linked_libs)
pg_names += postgres:pgserver
