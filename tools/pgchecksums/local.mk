# tools/pgchecksums: the program pgchecksums. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgchecksums
#   bin_pgchecksums_SOURCES =
#   bin_pgchecksums_SOURCES += tools/pgchecksums/main.c
#   pg_names += pg_checksums:pgchecksums

bin_PROGRAMS += bin/pgchecksums
bin_pgchecksums_SOURCES =
bin_pgchecksums_SOURCES += tools/pgchecksums/main.c
bin_pgchecksums_SOURCES += tools/pgchecksums/scan.c
bin_pgchecksums_SOURCES += tools/pgchecksums/work.c
pg_names += pg_checksums:pgchecksums
