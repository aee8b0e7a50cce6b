# pgbasebackup: the program pgbasebackup; one row a .c file, sorted.

bin_PROGRAMS += bin/pgbasebackup
pg_names += pg_basebackup:pgbasebackup

bin_pgbasebackup_SOURCES =
bin_pgbasebackup_SOURCES += pgbasebackup/backup.c
bin_pgbasebackup_SOURCES += pgbasebackup/folders.c
bin_pgbasebackup_SOURCES += pgbasebackup/main.c
bin_pgbasebackup_SOURCES += pgbasebackup/options.c
bin_pgbasebackup_SOURCES += pgbasebackup/plain.c
bin_pgbasebackup_SOURCES += pgbasebackup/receive.c
bin_pgbasebackup_SOURCES += pgbasebackup/recovery_conf.c
bin_pgbasebackup_SOURCES += pgbasebackup/report.c
bin_pgbasebackup_SOURCES += pgbasebackup/tar.c
bin_pgbasebackup_SOURCES += pgbasebackup/wal.c
bin_pgbasebackup_SOURCES += pgbasebackup/wal_files.c
