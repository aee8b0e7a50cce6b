# tests/analyzer: trees of statements against a real server's.

check_scripts += tests/analyzer/trees_agree.sh

check_PROGRAMS += tests/analyzer/query_tree
tests_analyzer_query_tree_SOURCES = tests/analyzer/query_tree.c
tests_analyzer_query_tree_LDADD = tests/lib/libtest.a libserver.a $(LDADD)
