# common/crypt: one row a .c file, sorted; headers and tables need none:
#   common_sources += common/crypt/NAME.c

