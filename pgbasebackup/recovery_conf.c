/* recovery_conf.c - the settings of a standby; see recovery_conf.h. */
#include "common/base/base.h"

#include "pgbasebackup/recovery_conf.h"

#include "common/ds/array.h"
#include "common/format/conf_value.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

/* Settings of connections that came after version 13. */
static const struct {
    const char *name;
    uint32_t since;
} later_settings[] = {
    {"gssdelegation", 160000},
    {"load_balance_hosts", 160000},
    {"max_protocol_version", 180000},
    {"min_protocol_version", 180000},
    {"oauth_client_id", 180000},
    {"oauth_client_secret", 180000},
    {"oauth_issuer", 180000},
    {"oauth_scope", 180000},
    {"require_auth", 160000},
    {"scram_client_key", 180000},
    {"scram_server_key", 180000},
    {"servicefile", 180000},
    {"sslcertmode", 160000},
    {"sslcrldir", 140000},
    {"sslkeylogfile", 180000},
    {"sslnegotiation", 170000},
    {"sslsni", 140000},
};

static bool is_wanted(const ClientSetting *setting, uint32_t version);

char *recovery_conf_make(Client *c, const char *slot)
{
    Array settings;
    StrBuf conninfo, out;

    client_settings(c, &settings);
    strbuf_init(&conninfo);
    array_foreach(ClientSetting, setting, &settings) {
        if (!is_wanted(setting, client_server_version(c)))
            continue;
        strbuf_add_fmt(&conninfo, "%s%s=%s", conninfo.len == 0 ? "" : " ", setting->name,
                       client_quote_setting(setting->value));
    }
    strbuf_init(&out);
    strbuf_add(&out, "primary_conninfo = ");
    conf_value_write(&out, conninfo.text);
    strbuf_add_char(&out, '\n');
    if (slot != NULL) {
        strbuf_add(&out, "primary_slot_name = ");
        conf_value_write(&out, slot);
        strbuf_add_char(&out, '\n');
    }
    return out.text;
}

/*
 * What the standby sets itself is left out, and what its libpq, which is older than ours, would
 * refuse. From 17 on it takes a database, for the synchronization of slots.
 */
static bool is_wanted(const ClientSetting *setting, uint32_t version)
{
    if (str_equal(setting->name, "dbname"))
        return version >= 170000 && !str_equal(setting->value, "replication");
    for (size_t i = 0; i < ARRAY_LEN(later_settings); i++)
        if (str_equal(setting->name, later_settings[i].name))
            return version >= later_settings[i].since;
    return !str_equal(setting->name, "replication") &&
           !str_equal(setting->name, "fallback_application_name");
}
