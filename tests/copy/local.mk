# tests/copy: COPY held against a real server's.

check_PROGRAMS += tests/copy/compare_copy
tests_copy_compare_copy_SOURCES = tests/copy/compare_copy.c
tests_copy_compare_copy_LDADD = tests/lib/libtest.a libserver.a $(LDADD) -lpq

check_scripts += tests/copy/copies_agree.sh
