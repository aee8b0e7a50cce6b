# server/access/common: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/access/common/NAME.c

server_sources += server/access/common/heap_form.c
server_sources += server/access/common/index_form.c
server_sources += server/access/common/minimal_tuple.c
server_sources += server/access/common/rank_sort.c
server_sources += server/access/common/rel_file.c
server_sources += server/access/common/row_sort.c
server_sources += server/access/common/scan_key.c
server_sources += server/access/common/sort_runs.c
server_sources += server/access/common/sort_support.c
server_sources += server/access/common/tuple_data.c
server_sources += server/access/common/tuple_desc.c
server_sources += server/access/common/tuple_sort.c
server_sources += server/access/common/tuple_store.c
