/* scan_key.c - test conditions on columns; scan_key.h has their form. */
#include "common/base/base.h"

#include "server/access/common/scan_key.h"

#include "common/err/err.h"

void scan_key_init(ScanKey *key, int16_t column, ScanStrategy strategy, Oid compare_function,
                   Oid collation, Datum argument)
{
    ASSERT(strategy >= SCAN_LESS && strategy <= SCAN_MORE);
    *key = (ScanKey){.column = column, .strategy = strategy, .argument = argument};
    sort_support_init(&key->order, compare_function, collation);
}

void scan_key_init_null_test(ScanKey *key, int16_t column, bool wants_null)
{
    *key = (ScanKey){.column = column, .strategy = wants_null ? SCAN_IS_NULL : SCAN_IS_NOT_NULL};
}

bool scan_key_test(ScanKey *key, Datum value, bool is_null)
{
    int order;

    if (key->strategy == SCAN_IS_NULL || key->strategy == SCAN_IS_NOT_NULL)
        return is_null == (key->strategy == SCAN_IS_NULL);
    if (is_null || key->is_null)
        return false;
    order = key->order.compare(value, key->argument, &key->order);
    switch (key->strategy) {
    case SCAN_LESS:
        return order < 0;
    case SCAN_LESS_EQUAL:
        return order <= 0;
    case SCAN_EQUAL:
        return order == 0;
    case SCAN_MORE_EQUAL:
        return order >= 0;
    case SCAN_MORE:
        return order > 0;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid strategy number %d", key->strategy));
    }
}

bool scan_keys_match(ScanKey *keys, unsigned count, const HeapTuple *tuple, const TupleDesc *desc)
{
    for (unsigned i = 0; i < count; i++) {
        bool is_null;
        Datum value = heap_get(tuple, keys[i].column, desc, &is_null);

        if (!scan_key_test(&keys[i], value, is_null))
            return false;
    }
    return true;
}
