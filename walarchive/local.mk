# walarchive: the program walarchive. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/walarchive
#   bin_walarchive_SOURCES =
#   bin_walarchive_SOURCES += walarchive/main.c
#   pg_names += pg_receivewal:walarchive

bin_PROGRAMS += bin/walarchive
bin_walarchive_SOURCES =
bin_walarchive_SOURCES += walarchive/get.c
bin_walarchive_SOURCES += walarchive/main.c
bin_walarchive_SOURCES += walarchive/push.c
