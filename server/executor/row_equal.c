/* row_equal.c - compare rows column by column; row_equal.h has the promises. */
#include "common/base/base.h"

#include "server/executor/row_equal.h"

#include "common/mem/mem.h"
#include "server/fmgr/fmgr.h"

/*
 * Numbers whose = is that of their bits are compared here; of short ones only the low bits count.
 */
typedef enum EqualKind { EQUAL_CALL, EQUAL_32, EQUAL_64 } EqualKind;

typedef struct EqualColumn {
    unsigned column; /* from 0 */
    EqualKind kind;
    FmgrCall *call;
} EqualColumn;

struct RowEqual {
    unsigned count, highest;
    EqualColumn columns[];
};

static EqualKind kind_of(Oid function)
{
    switch (function) {
    case 65: /* int4eq, oideq, date_eq */
    case 184:
    case 1086:
        return EQUAL_32;
    case 467: /* int8eq, timestamptz_eq, timestamp_eq */
    case 1152:
    case 2052:
        return EQUAL_64;
    default:
        return EQUAL_CALL;
    }
}

static FmgrCall *make_call(Oid function, Oid collation)
{
    FmgrSite *site = mem_new(FmgrSite);
    FmgrCall *call = mem_alloc(FMGR_CALL_SIZE(2));

    fmgr_site_init(site, function, mem_current());
    fmgr_call_init(call, site, 2, collation);
    return call;
}

RowEqual *row_equal_new(const List *keys, const TupleDesc *desc)
{
    RowEqual *e = mem_alloc(sizeof(*e) + (size_t)list_count(keys) * sizeof(EqualColumn));

    list_foreach(const GroupKey *, key, keys) {
        EqualColumn *c = &e->columns[e->count++];

        ASSERT(key->column >= 1 && key->column <= desc->count);
        c->column = (unsigned)key->column - 1;
        c->kind = kind_of(key->equal);
        c->call = make_call(key->equal, key->collation);
        if (c->column + 1 > e->highest)
            e->highest = c->column + 1;
    }
    return e;
}

static ALWAYS_INLINE bool equal_values(const EqualColumn *c, Datum a, bool a_null, Datum b,
                                       bool b_null)
{
    FmgrCall *call = c->call;

    if (a_null || b_null)
        return a_null && b_null;
    if (c->kind == EQUAL_32)
        return datum_u32(a) == datum_u32(b);
    if (c->kind == EQUAL_64)
        return a == b;
    call->args[0].value = a;
    call->args[1].value = b;
    call->args[0].is_null = call->args[1].is_null = false;
    return datum_bool(fmgr_invoke(call)) && !call->is_null;
}

bool row_equal_test(RowEqual *e, Slot *a, Slot *b)
{
    slot_need(a, e->highest);
    slot_need(b, e->highest);
    /* The last columns differ soonest. */
    for (unsigned i = e->count; i > 0; i--) {
        const EqualColumn *c = &e->columns[i - 1];

        if (!equal_values(c, a->values[c->column], a->nulls[c->column], b->values[c->column],
                          b->nulls[c->column]))
            return false;
    }
    return true;
}

bool row_equal_test_keys(RowEqual *e, Slot *a, Slot *keys)
{
    slot_need(a, e->highest);
    slot_need(keys, e->count);
    for (unsigned i = 0; i < e->count; i++) {
        const EqualColumn *c = &e->columns[i];

        if (!equal_values(c, a->values[c->column], a->nulls[c->column], keys->values[i],
                          keys->nulls[i]))
            return false;
    }
    return true;
}
