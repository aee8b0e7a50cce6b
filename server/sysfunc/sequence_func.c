/* sequence_func.c - values of sequences, as SQL asks for them */
#include "common/base/base.h"

#include "server/command/sequence_value.h"
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
