/* facts.c - questions about operators, functions, families and types. */
#include "common/base/base.h"

#include "server/planner/facts.h"

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/types/database_text.h"

#define BTREE_LESS      1
#define BTREE_EQUAL     3
#define BTREE_GREATER   5
#define HASH_EQUAL      1
#define HASH_FUNCTION   1
#define LENGTH_HEADER   4 /* of a varlena, counted in the typmods of strings and numerics */
#define OP_ARRAY_EQUAL  1070
#define OP_ARRAY_LESS   1072
#define OP_RECORD_EQUAL 2988
#define OP_RECORD_LESS  2990
#define AM_BTREE        403
#define AM_HASH         405
#define WIDTH_UNKNOWN   32
#define WIDTH_LARGE     1000

static const HeapTuple *amop_row(Oid op, Oid family);
static int numeric_width_max(int typmod);

void facts_operator(Oid op, PgOperator *out)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", op));
    *out = *CACHE_ROW(PgOperator, row);
}

void facts_function(Oid function, PgProc *out)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    *out = *CACHE_ROW(PgProc, row);
}

/* The row, good until the next look-up. */
static const PgOperator *operator_row(Oid op)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    return row == NULL ? NULL : CACHE_ROW(PgOperator, row);
}

static const PgProc *function_row(Oid function)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    return CACHE_ROW(PgProc, row);
}

Oid facts_operator_function(Oid op)
{
    const PgOperator *row = operator_row(op);

    return row == NULL ? 0 : row->oprcode;
}

Oid facts_commutator(Oid op)
{
    const PgOperator *row = operator_row(op);

    return row == NULL ? 0 : row->oprcom;
}

Oid facts_negator(Oid op)
{
    const PgOperator *row = operator_row(op);

    return row == NULL ? 0 : row->oprnegate;
}

bool facts_is_strict(Oid function)
{
    return function_row(function)->proisstrict;
}

char facts_volatility(Oid function)
{
    return function_row(function)->provolatile;
}

bool facts_is_leakproof(Oid function)
{
    return function_row(function)->proleakproof;
}

bool facts_returns_set(Oid function)
{
    return function_row(function)->proretset;
}

bool facts_is_operator_strict(Oid op)
{
    Oid function = facts_operator_function(op);

    return function != 0 && facts_is_strict(function);
}

static const HeapTuple *amop_row(Oid op, Oid family)
{
    return syscache_peek_keys(CACHE_AMOPOPID,
                              (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(op), datum_of_char('s'),
                                                              datum_of_u32(family), 0});
}

int facts_strategy(Oid op, Oid family, Oid *left, Oid *right)
{
    const HeapTuple *row = amop_row(op, family);
    const PgAmop *amop;

    if (row == NULL)
        return 0;
    amop = CACHE_ROW(PgAmop, row);
    if (left != NULL)
        *left = amop->amoplefttype;
    if (right != NULL)
        *right = amop->amoprighttype;
    return amop->amopstrategy;
}

Oid facts_family_operator(Oid family, Oid left, Oid right, int strategy)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_AMOPSTRATEGY,
        (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(family), datum_of_u32(left),
                                        datum_of_u32(right), datum_of_i16((int16_t)strategy)});

    return row == NULL ? 0 : CACHE_ROW(PgAmop, row)->amopopr;
}

Oid facts_family_function(Oid family, Oid left, Oid right, int number)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_AMPROCNUM,
        (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(family), datum_of_u32(left),
                                        datum_of_u32(right), datum_of_i16((int16_t)number)});

    return row == NULL ? 0 : CACHE_ROW(PgAmproc, row)->amproc;
}

static const CacheList *pin_families(Oid op)
{
    return syscache_pin_list(CACHE_AMOPOPID, 1,
                             (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(op), 0, 0, 0});
}

List *facts_merge_families(Oid op)
{
    const CacheList *rows = pin_families(op);
    List *families = NULL;

    for (unsigned i = 0; i < rows->count; i++) {
        const PgAmop *amop = CACHE_ROW(PgAmop, rows->rows[i]);

        if (amop->amopmethod == AM_BTREE && amop->amopstrategy == BTREE_EQUAL)
            families = list_add_oid(families, amop->amopfamily);
    }
    syscache_unpin_list(rows);
    return families;
}

bool facts_ordering(Oid op, Oid *family, Oid *input, bool *is_descending)
{
    const CacheList *rows = pin_families(op);
    bool found = false;

    for (unsigned i = 0; i < rows->count && !found; i++) {
        const PgAmop *amop = CACHE_ROW(PgAmop, rows->rows[i]);

        if (amop->amopmethod != AM_BTREE || amop->amoplefttype != amop->amoprighttype ||
            (amop->amopstrategy != BTREE_LESS && amop->amopstrategy != BTREE_GREATER))
            continue;
        *family = amop->amopfamily;
        *input = amop->amoplefttype;
        *is_descending = amop->amopstrategy == BTREE_GREATER;
        found = true;
    }
    syscache_unpin_list(rows);
    return found;
}

Oid facts_equality_for_ordering(Oid op, bool *is_descending)
{
    Oid family, input;
    bool descending;

    if (!facts_ordering(op, &family, &input, &descending))
        return 0;
    if (is_descending != NULL)
        *is_descending = descending;
    return facts_family_operator(family, input, input, BTREE_EQUAL);
}

Oid facts_ordering_for_equality(Oid op, bool is_descending)
{
    const CacheList *rows = pin_families(op);
    Oid result = 0;

    for (unsigned i = 0; i < rows->count && result == 0; i++) {
        const PgAmop *amop = CACHE_ROW(PgAmop, rows->rows[i]);

        if (amop->amopmethod == AM_BTREE && amop->amopstrategy == BTREE_EQUAL)
            result = facts_family_operator(amop->amopfamily, amop->amoplefttype, amop->amoplefttype,
                                           is_descending ? BTREE_GREATER : BTREE_LESS);
    }
    syscache_unpin_list(rows);
    return result;
}

bool facts_equalities_agree(Oid a, Oid b)
{
    const CacheList *rows;
    bool agree = a == b;

    if (agree)
        return true;
    rows = pin_families(a);
    for (unsigned i = 0; i < rows->count && !agree; i++) {
        const PgAmop *amop = CACHE_ROW(PgAmop, rows->rows[i]);

        if (amop->amopmethod == AM_BTREE || amop->amopmethod == AM_HASH)
            agree = amop_row(b, amop->amopfamily) != NULL;
    }
    syscache_unpin_list(rows);
    return agree;
}

/* Do the elements of the array type have what its = needs? */
static bool elements_allow(Oid array, bool wants_hash)
{
    Oid element = facts_element_type(facts_base_type(array));
    TypeOrder order;

    if (element == 0)
        return false;
    facts_type_order(element, &order);
    return wants_hash ? order.is_hashable : order.less != 0;
}

bool facts_can_hash(Oid op, Oid input)
{
    const PgOperator *row = operator_row(op);

    if (row == NULL || !row->oprcanhash)
        return false;
    if (op == OP_ARRAY_EQUAL)
        return elements_allow(input, true);
    /* Rows of any columns: nobody has looked at what they are. */
    return op != OP_RECORD_EQUAL || input != TYPE_RECORD;
}

bool facts_can_merge(Oid op, Oid input)
{
    const PgOperator *row = operator_row(op);

    if (row == NULL || !row->oprcanmerge)
        return false;
    return op != OP_ARRAY_EQUAL || elements_allow(input, false);
}

/* What the first hash family that op is an equality of has for both types. */
static bool hash_pair(Oid op, Oid (*find)(Oid family, Oid left, Oid right, int number), int number,
                      Oid *left, Oid *right)
{
    const CacheList *rows = pin_families(op);
    bool found = false;

    for (unsigned i = 0; i < rows->count && !found; i++) {
        const PgAmop *amop = CACHE_ROW(PgAmop, rows->rows[i]);

        if (amop->amopmethod != AM_HASH || amop->amopstrategy != HASH_EQUAL)
            continue;
        *left = find(amop->amopfamily, amop->amoplefttype, amop->amoplefttype, number);
        *right = find(amop->amopfamily, amop->amoprighttype, amop->amoprighttype, number);
        found = *left != 0 && *right != 0;
    }
    syscache_unpin_list(rows);
    return found;
}

bool facts_hash_functions(Oid op, Oid *left, Oid *right)
{
    return hash_pair(op, facts_family_function, HASH_FUNCTION, left, right);
}

bool facts_hash_equalities(Oid op, Oid *left, Oid *right)
{
    return hash_pair(op, facts_family_operator, HASH_EQUAL, left, right);
}

/* ---- Types ---- */

static bool type_row(Oid type, PgType *out)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    if (row == NULL)
        return false;
    *out = *CACHE_ROW(PgType, row);
    return true;
}

int16_t facts_type_len(Oid type, bool *by_value)
{
    PgType row;

    if (!type_row(type, &row))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    if (by_value != NULL)
        *by_value = row.typbyval;
    return row.typlen;
}

Oid facts_element_type(Oid array)
{
    PgType row;

    return type_row(array, &row) && row.typlen == -1 ? row.typelem : 0;
}

Oid facts_array_type(Oid element)
{
    PgType row;

    return type_row(element, &row) ? row.typarray : 0;
}

char facts_type_kind(Oid type)
{
    PgType row;

    return type_row(type, &row) ? row.typtype : 0;
}

Oid facts_base_type(Oid type)
{
    PgType row;

    while (type_row(type, &row) && row.typtype == 'd')
        type = row.typbasetype;
    return type;
}

Oid facts_type_input(Oid type)
{
    PgType row;

    return type_row(type, &row) ? row.typinput : 0;
}

Oid facts_type_output(Oid type)
{
    PgType row;

    return type_row(type, &row) ? row.typoutput : 0;
}

/* The default operator class of the type; its family and input type. */
static bool default_class(Oid type, Oid method, Oid *family, Oid *input)
{
    const CacheList *rows = syscache_pin_list(
        CACHE_CLAAMNAMENSP, 1, (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(method), 0, 0, 0});
    bool found = false;

    for (unsigned i = 0; i < rows->count && !found; i++) {
        const PgOpclass *class = CACHE_ROW(PgOpclass, rows->rows[i]);

        if (!class->opcdefault || class->opcintype != type)
            continue;
        *family = class->opcfamily;
        *input = class->opcintype;
        found = true;
    }
    syscache_unpin_list(rows);
    return found;
}

/* The same for a type without a class of its own, by the one that it is coerced to. */
static bool find_class(Oid type, Oid method, Oid *family, Oid *input)
{
    char kind;

    type = facts_base_type(type);
    if (default_class(type, method, family, input))
        return true;
    if (type == TYPE_VARCHAR)
        return default_class(TYPE_TEXT, method, family, input);
    kind = facts_type_kind(type);
    if (kind == 'e')
        return default_class(TYPE_ANYENUM, method, family, input);
    if (kind == 'r')
        return default_class(TYPE_ANYRANGE, method, family, input);
    if (kind == 'm')
        return default_class(TYPE_ANYMULTIRANGE, method, family, input);
    if (kind == 'c')
        return default_class(TYPE_RECORD, method, family, input);
    if (facts_element_type(type) != 0)
        return default_class(TYPE_ANYARRAY, method, family, input);
    return false;
}

void facts_type_order(Oid type, TypeOrder *out)
{
    Oid hash_input;

    *out = (TypeOrder){0};
    if (find_class(type, AM_BTREE, &out->btree_family, &out->input)) {
        out->equal = facts_family_operator(out->btree_family, out->input, out->input, BTREE_EQUAL);
        out->less = facts_family_operator(out->btree_family, out->input, out->input, BTREE_LESS);
        out->greater =
            facts_family_operator(out->btree_family, out->input, out->input, BTREE_GREATER);
    }
    if (find_class(type, AM_HASH, &out->hash_family, &hash_input)) {
        if (out->equal == 0)
            out->equal = facts_family_operator(out->hash_family, hash_input, hash_input, 1);
        out->is_hashable = facts_strategy(out->equal, out->hash_family, NULL, NULL) != 0;
    }
    if (out->less == OP_ARRAY_LESS && !elements_allow(type, false))
        out->less = out->greater = 0;
    if (out->equal == OP_ARRAY_EQUAL && !elements_allow(type, true))
        out->is_hashable = false;
    if (out->equal == OP_RECORD_EQUAL && type == TYPE_RECORD)
        out->is_hashable = false;
}

/* The most bytes that a value with that typmod can have; -1: it has no bound. */
static int width_max(Oid type, int typmod)
{
    if (typmod < 0)
        return -1;
    switch (type) {
    case TYPE_BPCHAR:
    case TYPE_VARCHAR:
        return (typmod - LENGTH_HEADER) * (int)encoding_max_len(text_encoding()) + LENGTH_HEADER;
    case TYPE_NUMERIC:
        return numeric_width_max(typmod);
    case TYPE_BIT:
    case TYPE_VARBIT:
        return (typmod + 7) / 8 + 2 * LENGTH_HEADER;
    default:
        return -1;
    }
}

static int numeric_width_max(int typmod)
{
    enum { DIGITS = 4, DIGIT_BYTES = 2, NUMERIC_HEADER = 8 };
    int precision;

    if (typmod < LENGTH_HEADER)
        return -1;
    /* The point may stand anywhere in a digit of the base, which takes one digit more. */
    precision = (typmod - LENGTH_HEADER) >> 16 & 0xFFFF;
    return NUMERIC_HEADER + (precision + 2 * (DIGITS - 1)) / DIGITS * DIGIT_BYTES;
}

int facts_type_width(Oid type, int typmod)
{
    int len = facts_type_len(type, NULL);
    int most;

    if (len > 0)
        return len;
    most = width_max(type, typmod);
    if (most <= 0)
        return WIDTH_UNKNOWN;
    if (type == TYPE_BPCHAR || most <= WIDTH_UNKNOWN)
        return most;
    if (most < WIDTH_LARGE)
        return WIDTH_UNKNOWN + (most - WIDTH_UNKNOWN) / 2;
    return WIDTH_UNKNOWN + (WIDTH_LARGE - WIDTH_UNKNOWN) / 2;
}
