# tools/pginit: the program pginit. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pginit
#   bin_pginit_SOURCES =
#   bin_pginit_SOURCES += tools/pginit/locale.c
#   pg_names += initdb:pginit

bin_PROGRAMS += bin/pginit
bin_pginit_SOURCES =
bin_pginit_SOURCES += tools/pginit/locale.c
bin_pginit_SOURCES += tools/pginit/main.c
pg_names += initdb:pginit
