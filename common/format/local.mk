# common/format: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/format/NAME.c

common_sources += common/format/timeline_history.c
