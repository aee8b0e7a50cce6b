# tools/pitr: the program pitr. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pitr
#   bin_pitr_SOURCES =
#   bin_pitr_SOURCES += tools/pitr/main.c

bin_PROGRAMS += bin/pitr
bin_pitr_SOURCES =
bin_pitr_SOURCES += tools/pitr/backup.c
bin_pitr_SOURCES += tools/pitr/layout.c
bin_pitr_SOURCES += tools/pitr/log_scan.c
bin_pitr_SOURCES += tools/pitr/main.c
bin_pitr_SOURCES += tools/pitr/page_check.c
bin_pitr_SOURCES += tools/pitr/reach.c
bin_pitr_SOURCES += tools/pitr/restore.c
bin_pitr_SOURCES += tools/pitr/settings.c
bin_pitr_SOURCES += tools/pitr/target.c
