# server/deparse: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/deparse/NAME.c

server_sources += server/deparse/alias.c
server_sources += server/deparse/change.c
server_sources += server/deparse/definition.c
server_sources += server/deparse/expr.c
server_sources += server/deparse/from.c
server_sources += server/deparse/query.c
server_sources += server/deparse/routine.c
server_sources += server/deparse/rule.c
server_sources += server/deparse/simple.c
server_sources += server/deparse/special.c
server_sources += server/deparse/text.c
server_sources += server/deparse/trigger.c
