# tests/node: the text of stored trees against a real server's.

check_scripts += tests/node/trees_are_read_and_written_alike.sh

check_PROGRAMS += tests/node/tree_check
tests_node_tree_check_SOURCES = tests/node/tree_check.c
tests_node_tree_check_LDADD = libserver.a $(LDADD)
