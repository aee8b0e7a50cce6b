/* guc_switch.c - letters of the command line that stand for a setting; guc.h */
#include "common/base/base.h"

#include "server/config/guc.h"

static const GucSwitch switches[] = {
    {'B', "shared_buffers", NULL},
    {'F', "fsync", "false"},
    {'N', "max_connections", NULL},
    {'O', "allow_system_table_mods", "true"},
    {'P', "ignore_system_indexes", "true"},
    {'S', "work_mem", NULL},
    {'W', "post_auth_delay", NULL},
    {'e', "datestyle", "euro"},
    {'h', "listen_addresses", NULL},
    {'i', "listen_addresses", "*"},
    {'k', "unix_socket_directories", NULL},
    {'l', "ssl", "true"},
    {'p', "port", NULL},
    {'s', "log_statement_stats", "true"},
};

const GucSwitch *guc_find_switch(char letter)
{
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        if (switches[i].letter == letter)
            return &switches[i];
    }
    return NULL;
}
