/* builtin.c - find functions that are written in C, and their code. */
#include "common/base/base.h"

#include "server/catalog/builtin.h"

#include <string.h>

#include "common/err/err.h"
#include "server/catalog/catalog_int.h"

static BuiltinCode code_of(const BuiltinBinding *bindings, size_t count, const char *name);

const BuiltinFunction *builtin_find(Oid oid)
{
    size_t low = 0, high = builtin_table_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (builtin_table[middle].oid == oid)
            return &builtin_table[middle];
        if (builtin_table[middle].oid < oid)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void builtin_bind(const BuiltinBinding *bindings, size_t count)
{
    for (size_t i = 1; i < count; i++)
        ASSERT(strcmp(bindings[i - 1].name, bindings[i].name) < 0);

    for (size_t i = 0; i < builtin_table_count; i++)
        builtin_codes[i] = code_of(bindings, count, builtin_table[i].name);
}

BuiltinCode builtin_code(const BuiltinFunction *function)
{
    size_t at = (size_t)(function - builtin_table);

    ASSERT(at < builtin_table_count);
    if (builtin_codes[at] == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("function \"%s\" is not available yet", function->name));
    return builtin_codes[at];
}

static BuiltinCode code_of(const BuiltinBinding *bindings, size_t count, const char *name)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(bindings[middle].name, name);

        if (order == 0)
            return bindings[middle].code;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
