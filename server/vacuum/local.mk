# server/vacuum: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/vacuum/NAME.c

server_sources += server/vacuum/analyze.c
server_sources += server/vacuum/autovacuum.c
server_sources += server/vacuum/column_stats.c
server_sources += server/vacuum/dead.c
server_sources += server/vacuum/delay.c
server_sources += server/vacuum/frozen.c
server_sources += server/vacuum/lazy.c
server_sources += server/vacuum/lazy_index.c
server_sources += server/vacuum/lazy_report.c
server_sources += server/vacuum/lazy_truncate.c
server_sources += server/vacuum/limits.c
server_sources += server/vacuum/relation_stats.c
server_sources += server/vacuum/sample.c
server_sources += server/vacuum/vacuum.c
