/* builtins.c - the functions of SQL that there is code for: the tables of all modules, as one. */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/catalog/builtin.h"
#include "server/main/main_int.h"
#include "server/sql/sql.h"
#include "server/sysfunc/sysfunc.h"
#include "server/trigger/trigger.h"
#include "server/types/types.h"

typedef struct Table {
    const BuiltinBinding *bindings;
    const size_t *count;
} Table;

static const Table tables[] = {
    {sql_builtins, &sql_builtin_count},
    {sysfunc_builtins, &sysfunc_builtin_count},
    {trigger_builtins, &trigger_builtin_count},
    {types_builtins, &types_builtin_count},
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const BuiltinBinding *)a)->name, ((const BuiltinBinding *)b)->name);
}

void builtins_install(void)
{
    size_t count = 0, at = 0;
    BuiltinBinding *all;

    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        count += *tables[i].count;
    all = mem_new_array(BuiltinBinding, count);
    for (size_t i = 0; i < ARRAY_LEN(tables); at += *tables[i++].count)
        memcpy(all + at, tables[i].bindings, *tables[i].count * sizeof(*all));
    qsort(all, count, sizeof(*all), compare);
    builtin_bind(all, count);
    mem_free(all);
}
