# common/json: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/json/NAME.c

common_sources += common/json/reader.c
common_sources += common/json/reader.h
common_sources += common/json/writer.c
common_sources += common/json/writer.h
common_sources += common/json/yajl.def
