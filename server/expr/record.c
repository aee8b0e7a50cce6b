/* record.c - composite values taken apart, when they are what they must be */
#include "common/base/base.h"

#include "server/expr/record.h"

#include "common/err/err.h"
#include "server/access/common/heap_form.h"
#include "server/expr/expr_int.h"

#define DIFFERENT "function return row and query-specified return row do not match"

/* A value may be of another type than its maker promised: the columns say what bytes they have. */
static void check(const TupleDesc *is, const TupleDesc *row)
{
    if (is->count != row->count)
        err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = DIFFERENT,
                  .detail = err_fmt("Returned row contains %u attribute%s, but query expects %u.",
                                    is->count, is->count == 1 ? "" : "s", row->count));
    for (unsigned i = 0; i < row->count; i++) {
        const Column *from = &is->columns[i], *to = &row->columns[i];

        if (from->is_dropped || to->is_dropped) {
            if (from->len != to->len || from->align != to->align)
                err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = DIFFERENT,
                          .detail = err_fmt("Physical storage mismatch on dropped attribute at "
                                            "ordinal position %u.",
                                            i + 1));
        } else if (!catalog_info()->is_binary(from->type, to->type)) {
            err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = DIFFERENT,
                      .detail = err_fmt("Returned type %s at ordinal position %u, but query "
                                        "expects %s.",
                                        catalog_info()->type_name(from->type), i + 1,
                                        catalog_info()->type_name(to->type)));
        }
    }
}

void record_take_apart(Datum record, const TupleDesc *row, Datum *values, bool *nulls)
{
    int32_t mod;
    Oid type;
    HeapTuple tuple = heap_of_record(record, &type, &mod);

    if (type != row->row_type || mod != row->row_type_mod)
        check(eval_row_desc(type, mod), row);
    heap_deform(&tuple, row, values, nulls);
}

const TupleDesc *record_desc(Datum record)
{
    int32_t mod;
    Oid type;

    (void)heap_of_record(record, &type, &mod);
    return eval_row_desc(type, mod);
}
