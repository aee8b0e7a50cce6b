# server/config: one row a .c file, sorted; headers and tables need none:
#   server_sources += server/config/NAME.c

server_sources += server/config/config_sample.c
server_sources += server/config/guc.c
server_sources += server/config/guc_alter.c
server_sources += server/config/guc_check.c
server_sources += server/config/guc_file.c
server_sources += server/config/guc_load.c
server_sources += server/config/guc_names.c
server_sources += server/config/guc_serialize.c
server_sources += server/config/guc_show.c
server_sources += server/config/guc_stack.c
server_sources += server/config/guc_switch.c
server_sources += server/config/guc_table.c
server_sources += server/config/guc_value.c
server_sources += server/config/setting.c
