/* any_func.c - functions of arguments of any type: what they are, which are NULL, their bytes. */
#include "common/base/base.h"

#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

Datum pg_typeof(FmgrCall *call)
{
    return datum_of_u32(fmgr_arg_type(call, 0));
}

/* ---- NULLs ---- */

/* False: the array that was given as VARIADIC is NULL. */
static bool count_nulls(FmgrCall *call, int32_t *nulls, int32_t *all)
{
    *nulls = 0;
    *all = call->nargs;
    if (fmgr_is_variadic(call)) {
        const TypeFacts *t = type_facts_find(fmgr_arg_type(call, 0));
        ArrayView view;

        if (fmgr_arg_is_null(call, 0))
            return false;
        if (t == NULL || t->element == 0)
            err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "VARIADIC argument must be an array");
        view = array_arg(call, 0);
        *all = (int32_t)view.count;
        for (size_t i = 0; view.bitmap != NULL && i < view.count; i++)
            *nulls += (view.bitmap[i / 8] >> i % 8 & 1) == 0;
        return true;
    }
    for (int i = 0; i < call->nargs; i++)
        *nulls += fmgr_arg_is_null(call, i);
    return true;
}

Datum pg_num_nulls(FmgrCall *call)
{
    int32_t nulls, all;

    return count_nulls(call, &nulls, &all) ? datum_of_i32(nulls) : fmgr_null(call);
}

Datum pg_num_nonnulls(FmgrCall *call)
{
    int32_t nulls, all;

    return count_nulls(call, &nulls, &all) ? datum_of_i32(all - nulls) : fmgr_null(call);
}

/* ---- Bytes: as the value lies where it comes from, not taken apart ---- */

static const TypeFacts *arg_facts(const FmgrCall *call)
{
    Oid type = fmgr_arg_type(call, 0);
    const TypeFacts *facts = type_facts_find(type);

    if (facts == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    return facts;
}

/* Of one that lies apart, where it does: without a header. */
static size_t stored_size(const uint8_t *value)
{
    ToastPointer pointer;
    ByteReader r;

    if (!varlena_is_external(value))
        return varlena_size(value);
    r = byte_reader(value, TOAST_POINTER_SIZE, "TOAST pointer");
    pointer = toast_pointer_read(&r);
    return pointer.stored_size;
}

Datum pg_column_size(FmgrCall *call)
{
    int16_t len = arg_facts(call)->len;

    if (len == -1)
        return datum_of_i32((int32_t)stored_size(datum_varlena(fmgr_arg(call, 0))));
    if (len == -2)
        return datum_of_i32((int32_t)strlen(fmgr_cstring(call, 0)) + 1);
    return datum_of_i32(len);
}

/* False when it is not compressed. */
static bool compression_of(const uint8_t *value, ToastMethod *method)
{
    ByteReader r;

    if (varlena_is_external(value)) {
        ToastPointer pointer;

        r = byte_reader(value, TOAST_POINTER_SIZE, "TOAST pointer");
        pointer = toast_pointer_read(&r);
        *method = pointer.method;
        return pointer.is_compressed;
    }
    if (!varlena_is_compressed(value))
        return false;
    r = byte_reader(value + VARLENA_HEADER, TOAST_COMPRESS_HEADER, "compressed value");
    *method = toast_compressed_read(&r).method;
    return true;
}

Datum pg_column_compression(FmgrCall *call)
{
    ToastMethod method;

    if (arg_facts(call)->len != -1 || !compression_of(datum_varlena(fmgr_arg(call, 0)), &method))
        return fmgr_null(call);
    return text_result_of(method == TOAST_LZ4 ? "lz4" : "pglz");
}

/* ---- Collation ---- */

Datum pg_collation_for(FmgrCall *call)
{
    Oid type = fmgr_arg_type(call, 0);
    const HeapTuple *row;

    if (type == 0)
        return fmgr_null(call);
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    if (type != TYPE_UNKNOWN && (row == NULL || CACHE_ROW(PgType, row)->typcollation == 0))
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("collations are not supported by type %s", type_shown(type)));
    return call->collation == 0 ? fmgr_null(call)
                                : text_result_of(collation_shown(call->collation));
}
