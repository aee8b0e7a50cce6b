/*
 * record_compare.c - orders and hashes of composite values, by their columns or by their bytes
 *
 * Two rows are compared column by column, whatever they are called; NULL is above all values and
 * equal to itself.
 */
#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/type_facts.h"
#include "server/fmgr/datum_image.h"
#include "server/types/comparisons.h"
#include "server/types/record_int.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"

typedef enum CompareBy { COMPARE_EQUAL, COMPARE_ORDER, COMPARE_IMAGE, COMPARE_HASH } CompareBy;

/* Both rows, and the functions of the columns' types; kept in the site. */
typedef struct RowPair {
    FmgrSite sides[2]; /* hold what record_open() keeps */
    unsigned count;
    Oid *types;
    FmgrSite *sites;
} RowPair;

typedef struct OpenPair {
    RowPair *kept;
    RecordPlace *rows[2];
} OpenPair;

static RecordPlace *open_side(FmgrCall *call, RowPair *kept, int n)
{
    FMGR_CALL_LOCAL(frame, 1);

    kept->sides[n].mem = call->site->mem;
    fmgr_call_init(frame, &kept->sides[n], 1, 0);
    frame->args[0] = call->args[n];
    return record_open(frame, 0);
}

static void open_pair(FmgrCall *call, OpenPair *pair, int sides)
{
    unsigned count = 0;

    pair->kept = call->site->extra;
    if (pair->kept == NULL) {
        pair->kept = mem_alloc_in(call->site->mem, sizeof(RowPair));
        call->site->extra = pair->kept;
    }
    for (int n = 0; n < sides; n++) {
        pair->rows[n] = open_side(call, pair->kept, n);
        count = pair->rows[n]->desc->count > count ? pair->rows[n]->desc->count : count;
    }
    if (pair->kept->count < count) {
        MEM_SCOPE(call->site->mem) {
            pair->kept->types = mem_new_array(Oid, count);
            pair->kept->sites = mem_new_array(FmgrSite, count);
            pair->kept->count = count;
        }
    }
}

static _Noreturn void raise_missing(Oid type, CompareBy by)
{
    const char *name = type_name(type);

    err_raise(SQLSTATE_UNDEFINED_FUNCTION,
              .message = err_fmt("could not identify %s for type %s",
                                 by == COMPARE_EQUAL   ? "an equality operator"
                                 : by == COMPARE_ORDER ? "a comparison function"
                                                       : "a hash function",
                                 name));
}

/* The function of column number n of a type. */
static FmgrSite *site_of(FmgrCall *call, RowPair *kept, unsigned n, Oid type, CompareBy by,
                         bool is_extended)
{
    const TypeFacts *t;
    Oid function;

    if (kept->types[n] == type)
        return &kept->sites[n];
    t = type_facts(type);
    function = by == COMPARE_EQUAL   ? t->equal
               : by == COMPARE_ORDER ? t->compare
               : is_extended         ? t->hash_extended
                                     : t->hash;
    if (function == 0)
        raise_missing(type, by);
    fmgr_site_init(&kept->sites[n], function, call->site->mem);
    kept->types[n] = type;
    return &kept->sites[n];
}

static _Noreturn void raise_dissimilar(Oid a, Oid b, unsigned number)
{
    const char *name_a = type_name(a), *name_b = type_name(b);

    err_raise(SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("cannot compare dissimilar column types %s and %s at record "
                                 "column %u",
                                 name_a, name_b, number));
}

/* By bytes, as far as they are: -1, 0, 1. */
static int compare_images(Datum a, Datum b, const Column *c)
{
    const uint8_t *x, *y;
    size_t len_x, len_y;
    int order;

    if (c->by_value)
        return a == b ? 0 : a < b ? -1 : 1;
    x = datum_pointer(a);
    y = datum_pointer(b);
    if (c->len > 0) {
        len_x = len_y = (size_t)c->len;
    } else {
        x = varlena_packed(x);
        y = varlena_packed(y);
        len_x = varlena_len(x);
        len_y = varlena_len(y);
        x = varlena_bytes(x);
        y = varlena_bytes(y);
    }
    order = memcmp(x, y, size_min(len_x, len_y));
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (len_x > len_y) - (len_x < len_y);
}

/* 0: equal; for COMPARE_EQUAL anything else is not. */
static int compare_fields(FmgrCall *call, const OpenPair *pair, unsigned i, unsigned j,
                          unsigned number, CompareBy by)
{
    const Column *c = &pair->rows[0]->desc->columns[i];
    Datum values[2] = {pair->rows[0]->values[i], pair->rows[1]->values[j]};
    FmgrSite *site;
    Oid collation = c->collation == pair->rows[1]->desc->columns[j].collation ? c->collation : 0;
    FMGR_CALL_LOCAL(compare, 2);

    if (by == COMPARE_IMAGE)
        return compare_images(values[0], values[1], c);
    site = site_of(call, pair->kept, number, c->type, by, false);
    fmgr_call_init(compare, site, 2, collation);
    compare->args[0] = (NullableDatum){.value = values[0]};
    compare->args[1] = (NullableDatum){.value = values[1]};
    if (by == COMPARE_EQUAL)
        return datum_bool(fmgr_invoke(compare)) && !compare->is_null ? 0 : 1;
    return datum_i32(fmgr_invoke(compare));
}

static unsigned skip_dropped(const TupleDesc *desc, unsigned i)
{
    while (i < desc->count && desc->columns[i].is_dropped)
        i++;
    return i;
}

static int compare(FmgrCall *call, CompareBy by)
{
    OpenPair pair;
    const TupleDesc *a, *b;
    unsigned i = 0, j = 0, number = 0;

    open_pair(call, &pair, 2);
    a = pair.rows[0]->desc;
    b = pair.rows[1]->desc;
    for (;; i++, j++, number++) {
        int order;

        i = skip_dropped(a, i);
        j = skip_dropped(b, j);
        if (i == a->count || j == b->count)
            break;
        if (a->columns[i].type != b->columns[j].type)
            raise_dissimilar(a->columns[i].type, b->columns[j].type, number + 1);
        if (pair.rows[0]->nulls[i] || pair.rows[1]->nulls[j]) {
            if (pair.rows[0]->nulls[i] != pair.rows[1]->nulls[j])
                return pair.rows[0]->nulls[i] ? 1 : -1;
            continue;
        }
        order = compare_fields(call, &pair, i, j, number, by);
        if (order != 0)
            return order < 0 ? -1 : 1;
    }
    if (i != a->count || j != b->count)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = "cannot compare record types with different numbers of columns");
    return 0;
}

COMPARISONS(record_, , compare(call, COMPARE_EQUAL) == 0, compare(call, COMPARE_ORDER))

Datum btrecordcmp(FmgrCall *call)
{
    return datum_of_i32(compare(call, COMPARE_ORDER));
}

/* ---- By bytes: what looks the same is the same ---- */

COMPARISONS(record_image_, , compare(call, COMPARE_IMAGE) == 0, compare(call, COMPARE_IMAGE))

Datum btrecordimagecmp(FmgrCall *call)
{
    return datum_of_i32(compare(call, COMPARE_IMAGE));
}

/* ---- Hashes ---- */

static Datum hash_field(FmgrCall *call, const OpenPair *pair, unsigned i, bool is_extended)
{
    const Column *c = &pair->rows[0]->desc->columns[i];
    FmgrSite *site = site_of(call, pair->kept, i, c->type, COMPARE_HASH, is_extended);
    FMGR_CALL_LOCAL(hash, 2);

    fmgr_call_init(hash, site, is_extended ? 2 : 1, c->collation);
    hash->args[0] = (NullableDatum){.value = pair->rows[0]->values[i]};
    if (is_extended)
        hash->args[1] = (NullableDatum){.value = fmgr_arg(call, 1)};
    return fmgr_invoke(hash);
}

static uint64_t hash_row(FmgrCall *call, bool is_extended)
{
    OpenPair pair;
    uint64_t hash = 0;

    open_pair(call, &pair, 1);
    for (unsigned i = 0; i < pair.rows[0]->desc->count; i++) {
        Datum field = 0;

        if (pair.rows[0]->desc->columns[i].is_dropped)
            continue;
        if (!pair.rows[0]->nulls[i])
            field = hash_field(call, &pair, i, is_extended);
        hash = (hash << 5) - hash + (is_extended ? field : datum_u32(field));
    }
    return hash;
}

Datum hash_record(FmgrCall *call)
{
    return datum_of_u32((uint32_t)hash_row(call, false));
}

Datum hash_record_extended(FmgrCall *call)
{
    return datum_of_i64((int64_t)hash_row(call, true));
}
