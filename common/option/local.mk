# common/option: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/option/NAME.c

common_sources += common/option/config.c
common_sources += common/option/help.c
common_sources += common/option/option.c
common_sources += common/option/space_mapping.c
