# tools/pgctl: the program pgctl. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgctl
#   bin_pgctl_SOURCES =
#   bin_pgctl_SOURCES += tools/pgctl/main.c
#   pg_names += pg_ctl:pgctl

bin_PROGRAMS += bin/pgctl
bin_pgctl_SOURCES =
bin_pgctl_SOURCES += tools/pgctl/main.c
bin_pgctl_SOURCES += tools/pgctl/spawn.c
pg_names += pg_ctl:pgctl
