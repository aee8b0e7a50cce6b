# server/expr: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/expr/NAME.c

server_sources += server/expr/call_facts.c
server_sources += server/expr/catalog_cache.c
server_sources += server/expr/catalog_info.c
server_sources += server/expr/compile.c
server_sources += server/expr/compile_agg.c
server_sources += server/expr/compile_call.c
server_sources += server/expr/compile_value.c
server_sources += server/expr/eval_array.c
server_sources += server/expr/eval_row.c
server_sources += server/expr/fold.c
server_sources += server/expr/guarded_call.c
server_sources += server/expr/interpret.c
server_sources += server/expr/record.c
server_sources += server/expr/slot.c
