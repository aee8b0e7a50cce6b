# tools/pgwaldump: the program pgwaldump. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgwaldump
#   bin_pgwaldump_SOURCES =
#   bin_pgwaldump_SOURCES += tools/pgwaldump/main.c
#   pg_names += pg_waldump:pgwaldump

