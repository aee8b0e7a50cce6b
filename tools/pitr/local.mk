# tools/pitr: the program pitr. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pitr
#   bin_pitr_SOURCES =
#   bin_pitr_SOURCES += tools/pitr/main.c

