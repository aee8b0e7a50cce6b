# server/main: the program pgserver; one row a .c file, sorted:
#   bin_pgserver_SOURCES += server/main/NAME.c
