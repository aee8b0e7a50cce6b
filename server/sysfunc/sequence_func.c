/* sequence_func.c - values of sequences, as SQL asks for them */
#include "common/base/base.h"

#include "common/err/err.h"

#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/sequence_value.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sysfunc/builtin.h"

Datum nextval_oid(FmgrCall *call)
{
    return datum_of_i64(sequence_next(fmgr_u32(call, 0), true));
}

Datum currval_oid(FmgrCall *call)
{
    return datum_of_i64(sequence_current(fmgr_u32(call, 0)));
}

Datum lastval(FmgrCall *call UNUSED)
{
    return datum_of_i64(sequence_last());
}

Datum setval_oid(FmgrCall *call)
{
    sequence_set(fmgr_u32(call, 0), fmgr_i64(call, 1), true);
    return fmgr_arg(call, 1);
}

Datum setval3_oid(FmgrCall *call)
{
    sequence_set(fmgr_u32(call, 0), fmgr_i64(call, 1), fmgr_bool(call, 2));
    return fmgr_arg(call, 1);
}

/* What nextval() gave last, to whomever; NULL before it gave any. */
Datum pg_sequence_last_value(FmgrCall *call)
{
    Oid oid = fmgr_u32(call, 0);
    Relation *rel = relation_open(oid, LOCK_ROW_EXCLUSIVE);
    SequenceState state;

    if (rel->kind != RELATION_SEQUENCE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a sequence", rel->name));
    if (rights_of(PG_CLASS_CATALOG, oid, role_current(), RIGHT_SELECT | RIGHT_USAGE, true) == 0)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for sequence %s", rel->name));
    sequence_read(rel, &state);
    relation_close(rel, LOCK_NONE);
    return state.is_called ? datum_of_i64(state.last_value) : fmgr_null(call);
}
