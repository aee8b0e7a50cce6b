# common/walrec: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/walrec/NAME.c

common_sources += common/walrec/dir_source.c
common_sources += common/walrec/effects.c
common_sources += common/walrec/reader.c
common_sources += common/walrec/record.c
common_sources += common/walrec/touched.c
