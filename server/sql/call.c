/* call.c - a function called by the protocol's own message, without SQL. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/fmgr.h"
#include "server/net/net.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sql/sql_int.h"
#include "server/txn/snapshot.h"

#define NULL_LENGTH UINT32_MAX

typedef struct Callee {
    PgProc row;
    const Oid *arg_types;
} Callee;

static void find_callee(Oid function, Callee *out);
static void check_call(const EngineCall *call, const Callee *callee);
static bool read_args(const EngineCall *call, const Callee *callee, FmgrCall *frame);
static void write_result(Oid type, int format, Datum value, bool is_null);

void value_call(const EngineCall *call)
{
    FmgrCall *frame = mem_alloc(FMGR_CALL_SIZE(call->arg_count));
    bool is_null;
    Callee callee;
    FmgrSite site;
    Datum value = 0;

    snapshot_push(snapshot_take());
    find_callee(call->function, &callee);
    check_call(call, &callee);
    fmgr_site_init(&site, call->function, mem_current());
    fmgr_call_init(frame, &site, (short)call->arg_count, 0);
    is_null = !read_args(call, &callee, frame) && site.strict;
    if (!is_null) {
        value = fmgr_invoke(frame);
        is_null = frame->is_null;
    }
    write_result(callee.row.prorettype, call->result_format, value, is_null);
    snapshot_pop();
}

static void find_callee(Oid function, Callee *out)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    ArrayView types;

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("function with OID %u does not exist", function));
    out->row = *CACHE_ROW(PgProc, row);
    array_open(
        varlena_plain(datum_varlena(syscache_get_set(CACHE_PROCOID, row, PG_PROC_COL_PROARGTYPES))),
        &types);
    out->arg_types = mem_dup(types.items, types.count * sizeof(Oid));
    syscache_unpin(row);
}

static void check_call(const EngineCall *call, const Callee *callee)
{
    const PgProc *row = &callee->row;

    if (row->prokind != 'f' || row->proretset)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("cannot call function \"%s\" via fastpath interface", row->proname));
    rights_require(PG_NAMESPACE_CATALOG, row->pronamespace, role_current(), RIGHT_USAGE);
    rights_require(PG_PROC_CATALOG, row->oid, role_current(), RIGHT_EXECUTE);
    if (call->arg_count != (size_t)row->pronargs)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("function call message contains %zu arguments but function "
                                     "requires %d",
                                     call->arg_count, row->pronargs));
}

/* False when one of them is NULL. */
static bool read_args(const EngineCall *call, const Callee *callee, FmgrCall *frame)
{
    bool is_complete = true;

    for (size_t i = 0; i < call->arg_count; i++) {
        frame->args[i].is_null = call->args[i].bytes == NULL;
        frame->args[i].value = value_read(callee->arg_types[i], &call->args[i]);
        is_complete = is_complete && !frame->args[i].is_null;
    }
    return is_complete;
}

static void write_result(Oid type, int format, Datum value, bool is_null)
{
    ValueWriter writer = {.write = NULL};

    if (is_null) {
        net_put_u32(NULL_LENGTH);
        return;
    }
    value_writer(type, format, mem_current(), &writer);
    writer.write(&writer, value);
}
