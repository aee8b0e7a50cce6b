/*
 * scan_key.h - conditions on columns that a scan tests itself: column OP value
 *
 * OP is one of the five orders of a btree opclass, told by its strategy number, or a test for NULL.
 * A condition is decided by the opclass's support function 1 (sort_support.h), on heap and index
 * tuples alike; its arguments are the column's value and the key's, in this order.
 */
#ifndef COMMON_SCAN_KEY_H
#define COMMON_SCAN_KEY_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/access/common/sort_support.h"

/* The numbers of PostgreSQL's btree strategies, and two tests beside them. */
typedef enum ScanStrategy {
    SCAN_LESS = 1,
    SCAN_LESS_EQUAL = 2,
    SCAN_EQUAL = 3,
    SCAN_MORE_EQUAL = 4,
    SCAN_MORE = 5,
    SCAN_IS_NULL,
    SCAN_IS_NOT_NULL,
} ScanStrategy;

typedef struct ScanKey {
    int16_t column; /* 1 and up; of the index, in an index scan */
    ScanStrategy strategy;
    bool is_null; /* the argument is NULL: nothing matches */
    Datum argument;
    SortSupport order; /* not used by tests for NULL */
} ScanKey;

/* compare_function is the support function's OID; the argument must live as long as the key. */
void scan_key_init(ScanKey *key, int16_t column, ScanStrategy strategy, Oid compare_function,
                   Oid collation, Datum argument);
void scan_key_init_null_test(ScanKey *key, int16_t column, bool wants_null);

bool scan_key_test(ScanKey *key, Datum value, bool is_null);

/* Do all keys match the tuple? System columns may be asked for too. */
bool scan_keys_match(ScanKey *keys, unsigned count, const HeapTuple *tuple, const TupleDesc *desc);

#endif
