/* array_search.c - find elements in arrays, take them out, put others in their place. */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

/* A search for the element that argument 1 has; NULL is equal to NULL here. */
typedef struct Search {
    ArrayView array;
    ElementType *e;
    ArrayWalk walk;
    NullableDatum wanted;
    FmgrCall *equal;
} Search;

static void search_begin(Search *s, FmgrCall *call, FmgrCall *frame)
{
    s->e = element_type(call, s->array.element_type, ELEMENT_NEEDS_EQUAL);
    s->wanted = (NullableDatum){fmgr_arg(call, 1), fmgr_arg_is_null(call, 1)};
    s->equal = frame;
    fmgr_call_init(frame, &s->e->site, 2, call->collation);
    array_walk_begin(&s->walk, &s->array, &s->e->form);
}

static bool is_wanted(const Search *s, Datum value, bool is_null)
{
    if (is_null || s->wanted.is_null)
        return is_null && s->wanted.is_null;
    return datum_bool(element_call(s->equal, value, s->wanted.value)) && !s->equal->is_null;
}

static void check_list(const ArrayView *v)
{
    if (v->dimensions > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "searching for elements in multidimensional arrays is not supported");
}

/* ---- Where? ---- */

static Datum position(FmgrCall *call, bool has_start)
{
    Search s;
    int32_t at, from;
    Datum value;
    bool is_null;
    FMGR_CALL_LOCAL(equal, 2);

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    s.array = array_arg(call, 0);
    check_list(&s.array);
    if (s.array.dimensions == 0 || (fmgr_arg_is_null(call, 1) && s.array.bitmap == NULL))
        return fmgr_null(call);
    if (has_start && fmgr_arg_is_null(call, 2))
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED, .message = "initial position must not be null");
    at = s.array.lower[0];
    from = has_start ? fmgr_i32(call, 2) : at;
    search_begin(&s, call, equal);
    for (; array_walk_next(&s.walk, &value, &is_null); at++) {
        if (at >= from && is_wanted(&s, value, is_null))
            return datum_of_i32(at);
    }
    return fmgr_null(call);
}

Datum array_position(FmgrCall *call)
{
    return position(call, false);
}

Datum array_position_start(FmgrCall *call)
{
    return position(call, true);
}

Datum array_positions(FmgrCall *call)
{
    static const ArrayElement form = {.type = TYPE_INT4, .len = 4, .by_value = true, .align = 'i'};
    Search s;
    int32_t at;
    Datum value, *found;
    bool is_null;
    size_t count = 0;
    FMGR_CALL_LOCAL(equal, 2);

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    s.array = array_arg(call, 0);
    check_list(&s.array);
    found = mem_new_array(Datum, s.array.count + 1);
    if (s.array.dimensions > 0 && !(fmgr_arg_is_null(call, 1) && s.array.bitmap == NULL)) {
        at = s.array.lower[0];
        search_begin(&s, call, equal);
        for (; array_walk_next(&s.walk, &value, &is_null); at++) {
            if (is_wanted(&s, value, is_null))
                found[count++] = datum_of_i32(at);
        }
    }
    return datum_of_pointer(array_make_list(&form, found, NULL, count));
}

/* ---- Taken out, replaced ---- */

/* The array itself when nothing is found. */
static Datum change(FmgrCall *call, const NullableDatum *replacement)
{
    Search s = {.array = array_arg(call, 0)};
    Datum *values;
    bool *nulls, is_changed = false;
    size_t count = 0;
    FMGR_CALL_LOCAL(equal, 2);

    if (replacement == NULL && s.array.dimensions > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "removing elements from multidimensional arrays is not supported");
    if (s.array.count == 0 || (fmgr_arg_is_null(call, 1) && s.array.bitmap == NULL))
        return fmgr_arg(call, 0);
    search_begin(&s, call, equal);
    values = mem_new_array(Datum, s.array.count);
    nulls = mem_new_array(bool, s.array.count);
    while (array_walk_next(&s.walk, &values[count], &nulls[count])) {
        if (!is_wanted(&s, values[count], nulls[count])) {
            count++;
            continue;
        }
        is_changed = true;
        if (replacement != NULL) {
            values[count] = replacement->value;
            nulls[count++] = replacement->is_null;
        }
        if (count == s.array.count)
            break;
    }
    if (!is_changed)
        return fmgr_arg(call, 0);
    if (replacement == NULL)
        s.array.sizes[0] = (int32_t)count;
    return array_result(s.e, values, nulls, s.array.dimensions, s.array.sizes, s.array.lower);
}

Datum array_remove(FmgrCall *call)
{
    return fmgr_arg_is_null(call, 0) ? fmgr_null(call) : change(call, NULL);
}

Datum array_replace(FmgrCall *call)
{
    return fmgr_arg_is_null(call, 0) ? fmgr_null(call) : change(call, &call->args[2]);
}
