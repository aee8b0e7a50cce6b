# tools/pgverifybackup: the program pgverifybackup. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgverifybackup
#   bin_pgverifybackup_SOURCES =
#   bin_pgverifybackup_SOURCES += tools/pgverifybackup/main.c
#   pg_names += pg_verifybackup:pgverifybackup

