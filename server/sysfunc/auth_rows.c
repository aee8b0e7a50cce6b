/* auth_rows.c - rows of pg_hba_file_rules and pg_ident_file_mappings: the files as they are now */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/address.h"
#include "server/auth/hba.h"
#include "server/auth/ident.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/rows.h"

enum {
    H_LINE_NUMBER,
    H_TYPE,
    H_DATABASE,
    H_USER_NAME,
    H_ADDRESS,
    H_NETMASK,
    H_AUTH_METHOD,
    H_OPTIONS,
    H_ERROR,
    H_COUNT,
};

static const SetColumn hba_columns[] = {
    [H_LINE_NUMBER] = {"line_number", TYPE_INT4}, [H_TYPE] = {"type", TYPE_TEXT},
    [H_DATABASE] = {"database", TYPE_TEXT_ARRAY}, [H_USER_NAME] = {"user_name", TYPE_TEXT_ARRAY},
    [H_ADDRESS] = {"address", TYPE_TEXT},         [H_NETMASK] = {"netmask", TYPE_TEXT},
    [H_AUTH_METHOD] = {"auth_method", TYPE_TEXT}, [H_OPTIONS] = {"options", TYPE_TEXT_ARRAY},
    [H_ERROR] = {"error", TYPE_TEXT},
};

static void set_words(Datum *values, bool *nulls, unsigned at, const Array *words)
{
    const char **texts = mem_new_array(const char *, words->count + 1);
    size_t count = 0;

    array_foreach(const AuthWord, word, words)
        texts[count++] = word->text;
    row_set_texts(values, nulls, at, texts, count);
}

static void set_address(Datum *values, bool *nulls, const HbaRule *rule)
{
    const char *address = NULL, *mask = NULL;

    switch (rule->address_kind) {
    case HBA_ADDRESS_NONE:
        break;
    case HBA_ADDRESS_ALL:
        address = "all";
        break;
    case HBA_ADDRESS_NET:
        address = os_address_text(&rule->address);
        mask = os_address_text(&rule->mask);
        break;
    case HBA_ADDRESS_NAME:
        address = rule->host;
        break;
    case HBA_ADDRESS_SAMEHOST:
        address = "samehost";
        break;
    case HBA_ADDRESS_SAMENET:
        address = "samenet";
        break;
    }
    row_set_text(values, nulls, H_ADDRESS, address);
    row_set_text(values, nulls, H_NETMASK, mask);
}

static void set_rule(Datum *values, bool *nulls, const HbaRule *rule)
{
    Array options;

    row_set_text(values, nulls, H_TYPE, hba_conn_text(rule->conn));
    set_words(values, nulls, H_DATABASE, &rule->databases);
    set_words(values, nulls, H_USER_NAME, &rule->users);
    set_address(values, nulls, rule);
    row_set_text(values, nulls, H_AUTH_METHOD, hba_method_text(rule->method));
    hba_list_options(rule, &options);
    if (options.count == 0)
        nulls[H_OPTIONS] = true;
    else
        row_set_texts(values, nulls, H_OPTIONS, options.items, options.count);
}

static void fill_rules(RowList *rows, FmgrCall *call UNUSED)
{
    Array rules;

    (void)hba_read_file(setting.hba_file, ERR_DEBUG, &rules);
    array_foreach(const HbaRule, rule, &rules) {
        Datum values[H_COUNT] = {0};
        bool nulls[H_COUNT] = {false};

        if (rule->is_valid)
            set_rule(values, nulls, rule);
        else
            for (unsigned i = H_TYPE; i < H_ERROR; i++)
                nulls[i] = true;
        values[H_LINE_NUMBER] = datum_of_i32(rule->line);
        row_set_text(values, nulls, H_ERROR, rule->error);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_hba_file_rules(FmgrCall *call)
{
    return row_list_give(call, hba_columns, H_COUNT, fill_rules);
}

/* ---- pg_ident.conf ---- */

enum { I_LINE_NUMBER, I_MAP_NAME, I_SYS_NAME, I_PG_USERNAME, I_ERROR, I_COUNT };

static const SetColumn ident_columns[] = {
    [I_LINE_NUMBER] = {"line_number", TYPE_INT4}, [I_MAP_NAME] = {"map_name", TYPE_TEXT},
    [I_SYS_NAME] = {"sys_name", TYPE_TEXT},       [I_PG_USERNAME] = {"pg_username", TYPE_TEXT},
    [I_ERROR] = {"error", TYPE_TEXT},
};

static void fill_maps(RowList *rows, FmgrCall *call UNUSED)
{
    Array maps;

    (void)ident_read_file(setting.ident_file, ERR_DEBUG, &maps);
    array_foreach(const IdentMap, map, &maps) {
        Datum values[I_COUNT] = {0};
        bool nulls[I_COUNT] = {false}, is_good = map->error == NULL;

        values[I_LINE_NUMBER] = datum_of_i32(map->line);
        row_set_text(values, nulls, I_MAP_NAME, is_good ? map->name : NULL);
        row_set_text(values, nulls, I_SYS_NAME, is_good ? map->system_name : NULL);
        row_set_text(values, nulls, I_PG_USERNAME, is_good ? map->user : NULL);
        row_set_text(values, nulls, I_ERROR, map->error);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_ident_file_mappings(FmgrCall *call)
{
    return row_list_give(call, ident_columns, I_COUNT, fill_maps);
}
