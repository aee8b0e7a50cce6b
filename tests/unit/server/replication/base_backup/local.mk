# tests/unit/server/replication/base_backup: one row a suite, sorted:
#   unit_sources += tests/unit/server/replication/base_backup/NAME_test.c

unit_sources += tests/unit/server/replication/base_backup/backup_archive_test.c
unit_sources += tests/unit/server/replication/base_backup/backup_options_test.c
unit_sources += tests/unit/server/replication/base_backup/backup_output_test.c
unit_sources += tests/unit/server/replication/base_backup/backup_walk_test.c
unit_sources += tests/unit/server/replication/base_backup/memory_target.c
