/*
 * enum.c - enumerations: forms, order, ranges
 *
 * Values whose OIDs are even are in the order of those; only where an odd one is met (added between
 * others later), the catalogs are asked.
 */
#include "common/base/base.h"

#include "server/types/enum.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_desc.h"
#include "server/fmgr/array_value.h"
#include "server/txn/txn.h"
#include "server/types/comparisons.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

static const EnumCatalog *catalog;

void enum_set_catalog(const EnumCatalog *c)
{
    catalog = c;
}

static EnumValue get(Oid value)
{
    EnumValue v;

    if (catalog == NULL || !catalog->get(value, &v))
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = err_fmt("invalid internal value for enum: %u", value));
    return v;
}

/* ---- Values that are not committed ---- */

static struct {
    Xid xid; /* of whose values; another one has none */
    Array values;
} uncommitted;

void enum_note_uncommitted(Oid value)
{
    Xid xid = txn_top_xid();

    if (uncommitted.xid != xid) {
        MEM_SCOPE(txn_top_mem()) {
            array_init(&uncommitted.values, sizeof(Oid));
        }
        uncommitted.xid = xid;
    }
    *(Oid *)array_push(&uncommitted.values) = value;
}

static void require_committed(const EnumValue *v)
{
    if (LIKELY(uncommitted.xid == XID_NONE) || uncommitted.xid != txn_top_xid_if_any())
        return;
    array_foreach(const Oid, value, &uncommitted.values) {
        if (*value == v->oid)
            err_raise(SQLSTATE_UNSAFE_NEW_ENUM_VALUE_USAGE,
                      .message = err_fmt("unsafe use of new value \"%s\" of enum type %s", v->label,
                                         type_name(v->type)),
                      .hint = "New enum values must be committed before they can be used.");
    }
}

/* ---- Forms ---- */

static Datum read(Oid type, const char *label)
{
    EnumValue v;

    if (catalog == NULL || strlen(label) >= NAME_SIZE || !catalog->find(type, label, &v)) {
        const char *name = type_name(type);

        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = err_fmt("invalid input value for enum %s: \"%s\"", name, label));
    }
    require_committed(&v);
    return datum_of_u32(v.oid);
}

Datum enum_in(FmgrCall *call)
{
    return read(fmgr_u32(call, 1), fmgr_cstring(call, 0));
}

Datum enum_out(FmgrCall *call)
{
    return cstring_result(get(fmgr_u32(call, 0)).label);
}

Datum enum_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    return read(fmgr_u32(call, 1), mem_strndup(text, len));
}

Datum enum_send(FmgrCall *call)
{
    EnumValue v = get(fmgr_u32(call, 0));

    return wire_result_text(v.label, strlen(v.label));
}

/* ---- Order ---- */

static int compare(const FmgrCall *call)
{
    Oid a = fmgr_u32(call, 0), b = fmgr_u32(call, 1);
    float order_a, order_b;

    if (a == b)
        return 0;
    if ((a & 1) == 0 && (b & 1) == 0)
        return a < b ? -1 : 1;
    order_a = get(a).order;
    order_b = get(b).order;
    return (order_a > order_b) - (order_a < order_b);
}

COMPARISONS(enum_, , fmgr_u32(call, 0) == fmgr_u32(call, 1), compare(call))

Datum enum_cmp(FmgrCall *call)
{
    return datum_of_i32(compare(call));
}

Datum enum_smaller(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) < 0 ? 0 : 1);
}

Datum enum_larger(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) > 0 ? 0 : 1);
}

/* ---- All values of a type, which the type of the argument names ---- */

static EnumValue *list(const FmgrCall *call, size_t *count)
{
    Oid type = fmgr_arg_type(call, 0);
    EnumValue *values = NULL;

    if (type == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "could not determine actual enum type");
    *count = 0;
    if (catalog != NULL)
        values = catalog->list(type, count);
    return values;
}

static _Noreturn void raise_empty(const FmgrCall *call)
{
    const char *name = type_name(fmgr_arg_type(call, 0));

    err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message = err_fmt("enum %s contains no values", name));
}

Datum enum_first(FmgrCall *call)
{
    size_t count;
    const EnumValue *values = list(call, &count);

    if (count == 0)
        raise_empty(call);
    require_committed(&values[0]);
    return datum_of_u32(values[0].oid);
}

Datum enum_last(FmgrCall *call)
{
    size_t count;
    const EnumValue *values = list(call, &count);

    if (count == 0)
        raise_empty(call);
    require_committed(&values[count - 1]);
    return datum_of_u32(values[count - 1].oid);
}

/* Those from lower to upper; 0 is no bound. */
static Datum range(FmgrCall *call, Oid lower, Oid upper)
{
    const ArrayElement form = {
        .type = fmgr_arg_type(call, 0), .len = 4, .by_value = true, .align = 'i'};
    size_t count, found = 0;
    const EnumValue *values = list(call, &count);
    Datum *out = mem_new_array(Datum, count + 1);
    bool is_inside = lower == 0;

    for (size_t i = 0; i < count; i++) {
        is_inside |= values[i].oid == lower;
        if (is_inside) {
            require_committed(&values[i]);
            out[found++] = datum_of_u32(values[i].oid);
        }
        if (upper != 0 && values[i].oid == upper)
            break;
    }
    return datum_of_pointer(array_make_list(&form, out, NULL, found));
}

Datum enum_range_all(FmgrCall *call)
{
    return range(call, 0, 0);
}

Datum enum_range_bounds(FmgrCall *call)
{
    return range(call, fmgr_arg_is_null(call, 0) ? 0 : fmgr_u32(call, 0),
                 fmgr_arg_is_null(call, 1) ? 0 : fmgr_u32(call, 1));
}
