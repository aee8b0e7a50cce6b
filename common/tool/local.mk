# common/tool: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/tool/NAME.c

common_sources += common/tool/log.c
common_sources += common/tool/progress.c
common_sources += common/tool/tool.c
