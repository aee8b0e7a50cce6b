# pgbasebackup: the program pgbasebackup. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgbasebackup
#   bin_pgbasebackup_SOURCES =
#   bin_pgbasebackup_SOURCES += pgbasebackup/main.c
#   pg_names += pg_basebackup:pgbasebackup

