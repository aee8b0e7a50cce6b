# tools/pgverifybackup: the program pgverifybackup. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgverifybackup
#   bin_pgverifybackup_SOURCES =
#   bin_pgverifybackup_SOURCES += tools/pgverifybackup/main.c
#   pg_names += pg_verifybackup:pgverifybackup

bin_PROGRAMS += bin/pgverifybackup
bin_pgverifybackup_SOURCES =
bin_pgverifybackup_SOURCES += tools/pgverifybackup/hash.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/main.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/plain.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/tar_backup.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/tar_stream.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/tar_wal.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/verify.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/verify_jobs.c
bin_pgverifybackup_SOURCES += tools/pgverifybackup/wal.c
pg_names += pg_verifybackup:pgverifybackup
