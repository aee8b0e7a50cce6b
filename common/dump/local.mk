# common/dump: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/dump/NAME.c

common_sources += common/dump/acl.c
common_sources += common/dump/archive.c
common_sources += common/dump/array_text.c
common_sources += common/dump/pattern.c
common_sources += common/dump/plain.c
common_sources += common/dump/setting.c
