# tests/redo: redo held against a real server. Scripts and their helper programs, one row each, sorted:
#   check_scripts += tests/redo/NAME.sh
#   world_scripts += tests/redo/NAME.sh
#   check_PROGRAMS += tests/redo/NAME
#   tests_redo_NAME_SOURCES = tests/redo/NAME.c
#   tests_redo_NAME_LDADD = tests/lib/libtest.a $(LDADD)

