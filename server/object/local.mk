# server/object: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/object/NAME.c

server_sources += server/object/acl_change.c
server_sources += server/object/acl_new.c
server_sources += server/object/parameter_right.c
server_sources += server/object/rights.c
server_sources += server/object/role.c
server_sources += server/object/role_setting.c
server_sources += server/object/setting_seen.c
