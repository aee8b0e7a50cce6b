# tools/pgcontroldata: the program pgcontroldata. The first two rows make it, then one row a .c file, sorted:
#   bin_PROGRAMS += bin/pgcontroldata
#   bin_pgcontroldata_SOURCES =
#   bin_pgcontroldata_SOURCES += tools/pgcontroldata/main.c
#   pg_names += pg_controldata:pgcontroldata

bin_PROGRAMS += bin/pgcontroldata
bin_pgcontroldata_SOURCES =
bin_pgcontroldata_SOURCES += tools/pgcontroldata/main.c
bin_pgcontroldata_SOURCES += tools/pgcontroldata/report.c
pg_names += pg_controldata:pgcontroldata
