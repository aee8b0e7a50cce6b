# server/types: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/types/NAME.c

server_sources += server/types/bool.c
server_sources += server/types/builtin.c
server_sources += server/types/char.c
server_sources += server/types/hash_func.c
server_sources += server/types/int_cast.c
server_sources += server/types/int_compare.c
server_sources += server/types/int_form.c
server_sources += server/types/int_math.c
server_sources += server/types/int_text.c
server_sources += server/types/numeric.c
server_sources += server/types/numeric_agg.c
server_sources += server/types/numeric_arith.c
server_sources += server/types/numeric_math.c
server_sources += server/types/numeric_ops.c
server_sources += server/types/numeric_store.c
server_sources += server/types/numeric_sum.c
server_sources += server/types/numeric_text.c
server_sources += server/types/oid.c
server_sources += server/types/tid.c
server_sources += server/types/types_int.c
server_sources += server/types/typmod.c
server_sources += server/types/wire.c
