# tests/parser: our parser against libpg_query's, where that is installed.

check_scripts += tests/parser/agrees_with_libpg_query.sh

if PG_QUERY
check_PROGRAMS += tests/parser/oracle_diff
tests_parser_oracle_diff_SOURCES = tests/parser/oracle_diff.c
tests_parser_oracle_diff_LDADD = libserver.a $(LDADD) -lpg_query

check_PROGRAMS += tests/parser/oracle_tree
tests_parser_oracle_tree_SOURCES = tests/parser/oracle_tree.c
tests_parser_oracle_tree_LDADD = libserver.a $(LDADD) -lpg_query
endif
