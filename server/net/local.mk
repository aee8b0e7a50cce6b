# server/net: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/net/NAME.c

server_sources += server/net/copy.c
server_sources += server/net/net.c
server_sources += server/net/net_report.c
server_sources += server/net/net_startup.c
server_sources += server/net/net_tls.c
