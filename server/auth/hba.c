/* hba.c - the rules in force, and which of them is for a connection. */
#include "common/base/base.h"

#include "server/auth/hba.h"

#include <string.h>
#include <strings.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/setting.h"

typedef struct HbaLocal {
    MemContext *mem; /* of the rules; NULL: none were loaded */
    Array rules;
    bool (*is_member)(const char *user, const char *role);
} HbaLocal;

static HbaLocal hba;

static void forget(void *arg);
static bool conn_matches(const HbaRule *rule, const HbaClient *client);
static bool address_matches(const HbaRule *rule, HbaClient *client);
static bool interface_matches(const HbaRule *rule, const OsAddress *address);
static bool host_matches(const char *host, HbaClient *client);
static bool database_matches(const HbaRule *rule, const HbaClient *client);
static bool user_matches(const HbaRule *rule, const HbaClient *client);
static bool is_member(const char *user, const char *role);

void hba_set_roles(bool (*ask)(const char *user, const char *role))
{
    hba.is_member = ask;
}

bool hba_load(MemContext *parent)
{
    MemContext *mem = mem_context_new(parent, "authentication rules");
    Array rules;
    bool is_good;

    MEM_SCOPE(mem) {
        char *file = mem_strdup(setting.hba_file);

        is_good = hba_read_file(file, ERR_LOG, &rules);
        if (is_good && rules.count == 0) {
            err_log(ERR_LOG, .sqlstate = SQLSTATE_CONFIG_FILE_ERROR,
                    .message = err_fmt("configuration file \"%s\" contains no entries", file));
            is_good = false;
        }
    }
    if (!is_good) {
        mem_delete(mem);
        return false;
    }
    if (hba.mem != NULL)
        mem_delete(hba.mem); /* forgets itself */
    hba.mem = mem;
    hba.rules = rules;
    mem_on_reset(mem, forget, NULL);
    return true;
}

static void forget(UNUSED void *arg)
{
    hba.mem = NULL;
}

/* ---- Matching ---- */

const HbaRule *hba_match(HbaClient *client)
{
    return hba.mem != NULL ? hba_match_rules(&hba.rules, client) : NULL;
}

const HbaRule *hba_match_rules(const Array *rules, HbaClient *client)
{
    array_foreach(const HbaRule, rule, rules)
        if (rule->is_valid && conn_matches(rule, client) && address_matches(rule, client) &&
            database_matches(rule, client) && user_matches(rule, client))
            return rule;
    return NULL;
}

static bool conn_matches(const HbaRule *rule, const HbaClient *client)
{
    switch (rule->conn) {
    case HBA_LOCAL:
        return client->is_local;
    case HBA_HOST:
    case HBA_HOSTNOGSSENC: /* there is no other */
        return !client->is_local;
    case HBA_HOSTSSL:
        return !client->is_local && client->is_tls;
    case HBA_HOSTNOSSL:
        return !client->is_local && !client->is_tls;
    case HBA_HOSTGSSENC:
        break;
    }
    return false;
}

static bool address_matches(const HbaRule *rule, HbaClient *client)
{
    switch (rule->address_kind) {
    case HBA_ADDRESS_NONE:
    case HBA_ADDRESS_ALL:
        return true;
    case HBA_ADDRESS_NET:
        return os_address_in_net(&client->address, &rule->address, &rule->mask);
    case HBA_ADDRESS_NAME:
        return host_matches(rule->host, client);
    case HBA_ADDRESS_SAMEHOST:
    case HBA_ADDRESS_SAMENET:
        return interface_matches(rule, &client->address);
    }
    return false;
}

static bool interface_matches(const HbaRule *rule, const OsAddress *address)
{
    Array interfaces;

    os_list_interfaces(&interfaces);
    array_foreach(const OsInterface, i, &interfaces) {
        OsAddress whole = os_address_mask(i->address.len * 8, i->address.len);

        if (os_address_in_net(address, &i->address,
                              rule->address_kind == HBA_ADDRESS_SAMEHOST ? &whole : &i->mask))
            return true;
    }
    return false;
}

/* The client's address must have the name, or one in the domain, and the name the address. */
static bool host_matches(const char *host, HbaClient *client)
{
    Array addresses;
    size_t len = strlen(host);

    if (client->host == NULL) {
        const char *name = os_address_name(&client->address);
        client->host = name != NULL ? name : "";
    }
    if (*client->host == '\0')
        return false;
    if (*host == '.') {
        size_t client_len = strlen(client->host);
        if (client_len < len || strcasecmp(client->host + client_len - len, host) != 0)
            return false;
    } else if (strcasecmp(client->host, host) != 0) {
        return false;
    }
    os_name_addresses(client->host, &addresses);
    array_foreach(const OsAddress, address, &addresses)
        if (os_address_equal(address, &client->address))
            return true;
    return false;
}

static bool database_matches(const HbaRule *rule, const HbaClient *client)
{
    array_foreach(const AuthWord, word, &rule->databases) {
        if (client->is_physical_replication) {
            /* It has no database: nothing but this lets it in. */
            if (auth_word_is(word, "replication"))
                return true;
            continue;
        }
        if (auth_word_is(word, "all"))
            return true;
        if (auth_word_is(word, "sameuser")) {
            if (str_equal(client->database, client->user))
                return true;
        } else if (auth_word_is(word, "samegroup") || auth_word_is(word, "samerole")) {
            if (is_member(client->user, client->database))
                return true;
        } else if (!auth_word_is(word, "replication") &&
                   str_equal(word->text, client->database)) {
            return true;
        }
    }
    return false;
}

static bool user_matches(const HbaRule *rule, const HbaClient *client)
{
    array_foreach(const AuthWord, word, &rule->users) {
        if (!word->is_quoted && word->text[0] == '+') {
            if (is_member(client->user, word->text + 1))
                return true;
        } else if (auth_word_is(word, "all") || str_equal(word->text, client->user)) {
            return true;
        }
    }
    return false;
}

static bool is_member(const char *user, const char *role)
{
    return hba.is_member != NULL && hba.is_member(user, role);
}

/* ---- Refusing ---- */

_Noreturn void hba_refuse(const HbaClient *client, const HbaRule *rule)
{
    const char *host = client->is_local ? "[local]" : os_address_text(&client->address);
    const char *encryption = client->is_tls ? "SSL encryption" : "no encryption";
    const char *message;

    if (client->is_physical_replication)
        message = mem_printf(rule != NULL ? "pg_hba.conf rejects replication connection for host "
                                            "\"%s\", user \"%s\", %s"
                                          : "no pg_hba.conf entry for replication connection from "
                                            "host \"%s\", user \"%s\", %s",
                             host, client->user, encryption);
    else
        message = mem_printf(rule != NULL ? "pg_hba.conf rejects connection for host \"%s\", user "
                                            "\"%s\", database \"%s\", %s"
                                          : "no pg_hba.conf entry for host \"%s\", user \"%s\", "
                                            "database \"%s\", %s",
                             host, client->user, client->database, encryption);
    err_fatal(SQLSTATE_INVALID_AUTHORIZATION, .message = message);
}
