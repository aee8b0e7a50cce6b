/* builtin.c - tie the rows of pg_proc that are written in C to their code. */
#include "common/base/base.h"

#include "server/catalog/builtin.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_int.h"

static const BuiltinBinding *find(const BuiltinBinding *bindings, size_t count, const char *name);
static void check_order(const BuiltinBinding *bindings, size_t count);
static void check_use(const BuiltinBinding *bindings, size_t count, const bool *is_used);

void builtin_bind(const BuiltinBinding *bindings, size_t count)
{
    bool *is_used = mem_new_array(bool, count + 1);

    memset(is_used, 0, count);
    check_order(bindings, count);
    for (size_t i = 0; i < builtin_table_count; i++) {
        const BuiltinBinding *binding = find(bindings, count, builtin_table[i].name);

        builtin_table[i].fn = binding == NULL ? NULL : binding->fn;
        if (binding != NULL)
            is_used[binding - bindings] = true;
    }
    check_use(bindings, count, is_used);
    mem_free(is_used);
    fmgr_set_builtins(builtin_table, builtin_table_count);
}

static const BuiltinBinding *find(const BuiltinBinding *bindings, size_t count, const char *name)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(bindings[middle].name, name);

        if (order == 0)
            return &bindings[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void check_order(const BuiltinBinding *bindings, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(bindings[i - 1].name, bindings[i].name) >= 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("built-in function \"%s\" is bound out of order",
                                         bindings[i].name));
    }
}

/* A misspelt name would leave its function without code, and nobody would know why. */
static void check_use(const BuiltinBinding *bindings, size_t count, const bool *is_used)
{
    for (size_t i = 0; i < count; i++)
        if (!is_used[i])
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message =
                          err_fmt("there is no function \"%s\" to bind code to", bindings[i].name));
}
