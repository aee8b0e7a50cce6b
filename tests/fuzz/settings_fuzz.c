/*
 * settings_fuzz.c - any bytes as a configuration file of the server, and its settings taken
 *
 * What is taken must be shown in a form that is taken again, and then shown the same.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/config/guc_file.h"
#include "tests/fuzz/target.h"

static bool set(const char *name, const char *value)
{
    return guc_set(&(GucChange){.name = name,
                                .value = value,
                                .as = GUC_INTERNAL,
                                .source = GUC_FROM_SESSION,
                                .level = ERR_DEBUG});
}

static void check_again(const char *name)
{
    char *shown = guc_show(name);

    /* These show something else than their value. */
    if (str_equal(shown, "unavailable") || str_equal(shown, "(disabled)"))
        return;
    if (!set(name, shown) || !str_equal(shown, guc_show(name)))
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    Array items;

    guc_init();
    array_init(&items, sizeof(GucItem));
    guc_file_parse("/nowhere/fuzz.conf", (const char *)data, size, ERR_DEBUG, &items);
    guc_items_mark_repeated(&items);
    array_foreach(GucItem, item, &items)
        if (!item->is_ignored && set(item->name, item->value))
            check_again(item->name);
}
