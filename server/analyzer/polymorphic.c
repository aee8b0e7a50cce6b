/*
 * polymorphic.c - anyelement and its kin: what types stand for them in a call
 *
 * There are two families. In that of anyelement all arguments must agree exactly; in that of
 * anycompatible they are brought to a common type.
 *
 * Source: PostgreSQL 15 manual, "Polymorphic Types".
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/fmgr.h"

/* What is known so far of one call; 0: not yet. */
typedef struct Poly {
    bool is_raising; /* say what is wrong; else *failed */
    bool failed;
    bool allows_poly;
    int count; /* arguments of the first family */
    bool has_unknowns, has_nonarray, has_enum;
    Oid element, array, range, multirange;

    bool has_compat, has_compat_array, has_compat_range, has_compat_multirange;
    bool has_compat_nonarray;
    Oid compat, compat_array, compat_range, compat_range_element, compat_multirange;
    Oid compat_multirange_range;
    Oid types[FMGR_ARGS_MAX];
    int type_count;
} Poly;

bool type_is_polymorphic_family1(Oid type)
{
    return type == TYPE_ANYELEMENT || type == TYPE_ANYARRAY || type == TYPE_ANYNONARRAY ||
           type == TYPE_ANYENUM || type == TYPE_ANYRANGE || type == TYPE_ANYMULTIRANGE;
}

static bool is_compat_family(Oid type)
{
    return type == TYPE_ANYCOMPATIBLE || type == TYPE_ANYCOMPATIBLEARRAY ||
           type == TYPE_ANYCOMPATIBLENONARRAY || type == TYPE_ANYCOMPATIBLERANGE ||
           type == TYPE_ANYCOMPATIBLEMULTIRANGE;
}

bool type_is_polymorphic(Oid type)
{
    return type_is_polymorphic_family1(type) || is_compat_family(type);
}

/* ---- What is wrong ---- */

#define poly_fail(poly, state, ...) \
 do {                               \
  (poly)->failed = true;            \
  if ((poly)->is_raising)           \
   err_raise((state), __VA_ARGS__); \
 } while (0)

static void fail_versus(Poly *p, const char *message, Oid a, Oid b)
{
    const char *left, *right;

    p->failed = true;
    if (!p->is_raising)
        return;
    left = type_shown(a);
    right = type_shown(b);
    err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = message,
              .detail = err_fmt("%s versus %s", left, right));
}

static void fail_kind(Poly *p, const char *declared, const char *what, Oid type)
{
    poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("argument declared %s is not %s but type %s", declared, what,
                                 type_shown(type)));
}

static void fail_undetermined(Poly *p, const char *declared)
{
    poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("could not determine polymorphic type %s because input has type "
                                 "%s",
                                 declared, "unknown"));
}

/* ---- Arguments ---- */

static void agree(Poly *p, Oid *known, Oid type, const char *declared)
{
    if (*known != 0 && *known != type) {
        fail_versus(p, mem_printf("arguments declared \"%s\" are not all alike", declared), *known,
                    type);
        return;
    }
    *known = type;
}

static void note_family1(Poly *p, Oid declared, Oid given)
{
    p->count++;
    if (declared == TYPE_ANYNONARRAY)
        p->has_nonarray = true;
    if (declared == TYPE_ANYENUM)
        p->has_enum = true;
    if (given == TYPE_UNKNOWN) {
        p->has_unknowns = true;
        return;
    }
    if (p->allows_poly && declared == given)
        return;
    if (declared == TYPE_ANYARRAY)
        agree(p, &p->array, type_base(given), "anyarray");
    else if (declared == TYPE_ANYRANGE)
        agree(p, &p->range, type_base(given), "anyrange");
    else if (declared == TYPE_ANYMULTIRANGE)
        agree(p, &p->multirange, type_base(given), "anymultirange");
    else
        agree(p, &p->element, given, "anyelement");
}

static void collect(Poly *p, Oid type)
{
    if (p->type_count < FMGR_ARGS_MAX)
        p->types[p->type_count++] = type;
}

static void note_compat_range(Poly *p, Oid type)
{
    bool is_known = p->compat_range != 0;

    agree(p, &p->compat_range, type, "anycompatiblerange");
    if (is_known || p->failed)
        return;
    p->compat_range_element = range_subtype(type);
    if (p->compat_range_element == 0)
        fail_kind(p, "anycompatiblerange", "a range type", type);
    else
        collect(p, p->compat_range_element);
}

static void note_compat_multirange(Poly *p, Oid type)
{
    bool is_known = p->compat_multirange != 0;

    agree(p, &p->compat_multirange, type, "anycompatiblemultirange");
    if (is_known || p->failed)
        return;
    p->compat_multirange_range = multirange_range(type);
    if (p->compat_multirange_range == 0)
        fail_kind(p, "anycompatiblemultirange", "a multirange type", type);
}

static void note_compat(Poly *p, Oid declared, Oid given)
{
    p->has_compat = true;
    p->has_compat_array |= declared == TYPE_ANYCOMPATIBLEARRAY;
    p->has_compat_nonarray |= declared == TYPE_ANYCOMPATIBLENONARRAY;
    p->has_compat_range |= declared == TYPE_ANYCOMPATIBLERANGE;
    p->has_compat_multirange |= declared == TYPE_ANYCOMPATIBLEMULTIRANGE;
    if (given == TYPE_UNKNOWN || (p->allows_poly && declared == given))
        return;
    if (declared == TYPE_ANYCOMPATIBLEARRAY) {
        Oid base = type_base(given), element = type_element(base);

        if (element == 0)
            fail_kind(p, "anycompatiblearray", "an array", base);
        else
            collect(p, element);
    } else if (declared == TYPE_ANYCOMPATIBLERANGE) {
        note_compat_range(p, type_base(given));
    } else if (declared == TYPE_ANYCOMPATIBLEMULTIRANGE) {
        note_compat_multirange(p, type_base(given));
    } else {
        collect(p, given);
    }
}

static void note_all(Poly *p, const Oid *given, const Oid *declared, int count)
{
    for (int i = 0; i < count && !p->failed; i++) {
        if (type_is_polymorphic_family1(declared[i]))
            note_family1(p, declared[i], given[i]);
        else if (is_compat_family(declared[i]))
            note_compat(p, declared[i], given[i]);
    }
}

/* ---- The family of anyelement ---- */

static void follow(Poly *p, Oid *known, Oid found, const char *declared, const char *other,
                   Oid from)
{
    if (*known == 0)
        *known = found;
    else if (*known != found)
        fail_versus(p,
                    mem_printf("argument declared %s is not consistent with argument declared %s",
                               declared, other),
                    from, *known);
}

static void follow_containers(Poly *p)
{
    if (p->array != 0) {
        Oid element = p->array == TYPE_ANYARRAY ? TYPE_ANYELEMENT : type_element(p->array);

        if (element == 0) {
            fail_kind(p, "anyarray", "an array", p->array);
            return;
        }
        follow(p, &p->element, element, "anyarray", "anyelement", p->array);
    }
    if (p->multirange != 0 && !p->failed) {
        Oid range = multirange_range(p->multirange);

        if (range == 0) {
            fail_kind(p, "anymultirange", "a multirange type", p->multirange);
            return;
        }
        follow(p, &p->range, range, "anymultirange", "anyrange", p->multirange);
    }
    if (p->range != 0 && !p->failed) {
        Oid element = range_subtype(p->range);

        if (element == 0) {
            fail_kind(p, "anyrange", "a range type", p->range);
            return;
        }
        follow(p, &p->element, element, "anyrange", "anyelement", p->range);
    }
}

static void check_element(Poly *p)
{
    if (p->element == 0 || p->element == TYPE_ANYELEMENT)
        return;
    if (p->has_nonarray && type_base_element(p->element) != 0)
        poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("type matched to anynonarray is an array type: %s",
                                     type_shown(p->element)));
    if (p->has_enum && !type_is_enum(p->element))
        poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("type matched to anyenum is not an enum type: %s",
                                     type_shown(p->element)));
}

/* ---- The family of anycompatible ---- */

static void follow_compat_multirange(Poly *p)
{
    if (p->compat_multirange == 0)
        return;
    if (p->compat_range != 0) {
        if (p->compat_multirange_range != p->compat_range)
            fail_versus(p,
                        "argument declared anycompatiblemultirange is not consistent with argument "
                        "declared anycompatiblerange",
                        p->compat_multirange, p->compat_range);
        return;
    }
    p->compat_range = p->compat_multirange_range;
    p->compat_range_element = range_subtype(p->compat_range);
    if (p->compat_range_element != 0)
        collect(p, p->compat_range_element);
}

static bool all_can_become(const Poly *p, Oid type)
{
    for (int i = 0; i < p->type_count; i++) {
        if (!coerce_is_possible(1, &p->types[i], &type, COERCE_AS_IMPLICIT))
            return false;
    }
    return true;
}

static void find_common(Poly *p)
{
    p->compat = select_common_of_types(p->type_count, p->types, !p->is_raising);
    if (p->compat == 0 || !all_can_become(p, p->compat)) {
        poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
                  .message = "arguments of anycompatible family cannot be cast to a common type");
        return;
    }
    if (p->has_compat_nonarray && type_base_element(p->compat) != 0)
        poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("type matched to anycompatiblenonarray is an array type: %s",
                                     type_shown(p->compat)));
    if (p->compat_range_element != 0 && p->compat_range_element != p->compat)
        poly_fail(p, SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("anycompatiblerange type %s does not match anycompatible "
                                     "type %s",
                                     type_shown(p->compat_range), type_shown(p->compat)));
}

bool coerce_polymorphic_fits(const Oid *given, const Oid *declared, int count)
{
    Poly p = {0};

    note_all(&p, given, declared, count);
    if (p.failed)
        return false;
    follow_containers(&p);
    if (p.failed)
        return false;
    if (p.has_nonarray && type_base_element(p.element) != 0)
        return false;
    if (p.has_enum && !type_is_enum(p.element))
        return false;
    follow_compat_multirange(&p);
    if (!p.failed && p.type_count > 0)
        find_common(&p);
    return !p.failed;
}

/* ---- Types for a call that was chosen ---- */

static void resolve_family1(Poly *p)
{
    follow_containers(p);
    if (p->element == 0) {
        if (!p->allows_poly)
            err_raise(SQLSTATE_DATATYPE_MISMATCH,
                      .message = err_fmt("could not determine polymorphic type because input has "
                                         "type %s",
                                         "unknown"));
        p->element = TYPE_ANYELEMENT;
        p->array = TYPE_ANYARRAY;
        p->range = TYPE_ANYRANGE;
        p->multirange = TYPE_ANYMULTIRANGE;
    }
    check_element(p);
}

static Oid array_of(Oid element)
{
    Oid array = type_array(element);

    if (array == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("could not find array type for data type %s", type_shown(element)));
    return array;
}

static void resolve_compat(Poly *p)
{
    follow_compat_multirange(p);
    if (p->type_count > 0) {
        find_common(p);
        if (p->has_compat_array)
            p->compat_array = array_of(p->compat);
        if (p->has_compat_range && p->compat_range == 0)
            fail_undetermined(p, "anycompatiblerange");
        if (p->has_compat_multirange && p->compat_multirange == 0) {
            p->compat_multirange = p->compat_range == 0 ? 0 : range_multirange(p->compat_range);
            if (p->compat_multirange == 0)
                fail_undetermined(p, "anycompatiblemultirange");
        }
        return;
    }
    if (p->allows_poly) {
        p->compat = TYPE_ANYCOMPATIBLE;
        p->compat_array = TYPE_ANYCOMPATIBLEARRAY;
        p->compat_range = TYPE_ANYCOMPATIBLERANGE;
        p->compat_multirange = TYPE_ANYCOMPATIBLEMULTIRANGE;
        return;
    }
    p->compat = TYPE_TEXT;
    p->compat_array = TYPE_TEXT_ARRAY;
    if (p->has_compat_range)
        fail_undetermined(p, "anycompatiblerange");
    if (p->has_compat_multirange)
        fail_undetermined(p, "anycompatiblemultirange");
}

static Oid compat_type(const Poly *p, Oid declared)
{
    switch (declared) {
    case TYPE_ANYCOMPATIBLEARRAY:
        return p->compat_array;
    case TYPE_ANYCOMPATIBLERANGE:
        return p->compat_range;
    case TYPE_ANYCOMPATIBLEMULTIRANGE:
        return p->compat_multirange;
    default:
        return p->compat;
    }
}

static Oid family1_type(Poly *p, Oid declared)
{
    switch (declared) {
    case TYPE_ANYARRAY:
        if (p->array == 0)
            p->array = array_of(p->element);
        return p->array;
    case TYPE_ANYRANGE:
        if (p->range == 0)
            fail_undetermined(p, "anyrange");
        return p->range;
    case TYPE_ANYMULTIRANGE:
        if (p->multirange == 0 && p->range != 0)
            p->multirange = range_multirange(p->range);
        if (p->multirange == 0)
            fail_undetermined(p, "anymultirange");
        return p->multirange;
    default:
        return p->element;
    }
}

static Oid result_type(Poly *p, Oid result)
{
    if (type_is_polymorphic_family1(result)) {
        if (p->count == 0)
            return result;
        if (result == TYPE_ANYARRAY && p->array == 0)
            return array_of(p->element);
        return family1_type(p, result);
    }
    if (!is_compat_family(result) || !p->has_compat)
        return result;
    if (result == TYPE_ANYCOMPATIBLEARRAY && p->compat_array == 0)
        return array_of(p->compat);
    if (result == TYPE_ANYCOMPATIBLEMULTIRANGE && p->compat_multirange == 0 && p->compat_range != 0)
        return range_multirange(p->compat_range);
    return compat_type(p, result);
}

Oid coerce_check_polymorphic(const Oid *given, Oid *declared, int count, Oid result,
                             bool allows_poly)
{
    Poly p;

    memset(&p, 0, offsetof(Poly, types));
    p.type_count = 0;
    p.is_raising = true;
    p.allows_poly = allows_poly;
    note_all(&p, given, declared, count);
    if (p.count == 0 && !p.has_compat)
        return result;
    if (p.count > 0)
        resolve_family1(&p);
    if (p.has_compat) {
        resolve_compat(&p);
        for (int i = 0; i < count; i++) {
            if (is_compat_family(declared[i]))
                declared[i] = compat_type(&p, declared[i]);
        }
    }
    for (int i = 0; p.has_unknowns && i < count; i++) {
        if (given[i] == TYPE_UNKNOWN && type_is_polymorphic_family1(declared[i]))
            declared[i] = family1_type(&p, declared[i]);
    }
    return result_type(&p, result);
}
