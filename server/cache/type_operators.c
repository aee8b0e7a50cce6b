/*
 * type_operators.c - default orders and equalities of types; type_operators.h
 *
 * A type that has no operator class of its own takes one of a type that it is binary compatible
 * with. Arrays, records and ranges have what their parts have.
 */
#include "common/base/base.h"

#include "server/cache/type_operators.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

enum { STRATEGY_LESS = 1, STRATEGY_EQUAL = 3, STRATEGY_GREATER = 5, STRATEGY_NOT_EQUAL = 6 };
enum { HASH_STRATEGY_EQUAL = 1, HASH_FUNCTION = 1 };
enum { OPERATOR_ARRAY_EQUAL = 1070, OPERATOR_RECORD_EQUAL = 2988 };

typedef struct OperatorsLocal {
    MemContext *mem;
    Hash types; /* TypeOperators by type */
    bool is_registered;
    bool is_stale;
} OperatorsLocal;

static OperatorsLocal local;

static void make_stale(Datum arg, CacheId id, uint32_t hash)
{
    (void)arg;
    (void)id;
    (void)hash;
    local.is_stale = true;
}

static void prepare(void)
{
    if (!local.is_registered) {
        inval_on_row(CACHE_CLAOID, make_stale, 0);
        inval_on_row(CACHE_AMOPOPID, make_stale, 0);
        inval_on_row(CACHE_TYPEOID, make_stale, 0);
        inval_on_row(CACHE_CASTSOURCETARGET, make_stale, 0);
        local.is_registered = true;
    }
    if (local.mem != NULL && !local.is_stale)
        return;
    if (local.mem != NULL)
        mem_delete(local.mem);
    local.is_stale = false;
    local.mem = mem_context_new(NULL, "type operators");
    MEM_SCOPE(local.mem) {
        hash_init(&local.types, sizeof(Oid), sizeof(TypeOperators));
    }
}

/* ---- Operator classes ---- */

static bool is_binary_compatible(Oid from, Oid to)
{
    const HeapTuple *row;

    if (from == to)
        return true;
    if (to == TYPE_ANYARRAY)
        return type_element(from) != 0;
    if (to == TYPE_ANYENUM)
        return type_is_enum(from);
    if (to == TYPE_ANYRANGE)
        return type_is_range(from);
    if (to == TYPE_ANYMULTIRANGE)
        return type_is_multirange(from);
    if (to == TYPE_RECORD && type_is_composite(from))
        return true;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(from), datum_of_u32(to));
    return row != NULL && CACHE_ROW(PgCast, row)->castmethod == 'b' &&
           CACHE_ROW(PgCast, row)->castcontext == 'i';
}

Oid type_default_opclass(Oid type, Oid access_method)
{
    const CacheList *rows;
    Oid found = 0;
    int exact = 0, preferred = 0, compatible = 0;
    char category;

    type = type_base(type);
    category = type_category(type, NULL);
    rows = syscache_pin_list(CACHE_CLAAMNAMENSP, 1,
                             (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(access_method)});
    for (unsigned i = 0; i < rows->count; i++) {
        const PgOpclass *row = CACHE_ROW(PgOpclass, rows->rows[i]);

        if (!row->opcdefault)
            continue;
        if (row->opcintype == type) {
            exact++;
            found = row->oid;
        } else if (exact == 0 && is_binary_compatible(type, row->opcintype)) {
            if (type_is_preferred(category, row->opcintype)) {
                preferred++;
                found = row->oid;
            } else if (preferred == 0) {
                compatible++;
                found = row->oid;
            }
        }
    }
    syscache_unpin_list(rows);
    if (exact == 1 || (exact == 0 && (preferred == 1 || (preferred == 0 && compatible == 1))))
        return found;
    return 0;
}

Oid opfamily_operator(Oid family, Oid left, Oid right, int strategy)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_AMOPSTRATEGY, (const Datum[]){datum_of_u32(family), datum_of_u32(left),
                                            datum_of_u32(right), datum_of_i16((int16_t)strategy)});

    return row == NULL ? 0 : CACHE_ROW(PgAmop, row)->amopopr;
}

Oid opfamily_function(Oid family, Oid left, Oid right, int number)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_AMPROCNUM, (const Datum[]){datum_of_u32(family), datum_of_u32(left),
                                         datum_of_u32(right), datum_of_i16((int16_t)number)});

    return row == NULL ? 0 : CACHE_ROW(PgAmproc, row)->amproc;
}

static Oid find_class(Oid type, Oid method, Oid *family, Oid *input)
{
    Oid class = type_default_opclass(type, method);
    const HeapTuple *row;

    if (class == 0)
        return 0;
    row = syscache_peek(CACHE_CLAOID, datum_of_u32(class));
    if (row == NULL)
        return 0;
    *family = CACHE_ROW(PgOpclass, row)->opcfamily;
    *input = CACHE_ROW(PgOpclass, row)->opcintype;
    return class;
}

/* ---- Parts ---- */

typedef bool (*HasOperation)(const TypeOperators *of);

static bool has_equality(const TypeOperators *of)
{
    return of->equal != 0;
}

static bool has_order(const TypeOperators *of)
{
    return of->less != 0;
}

static bool has_hash(const TypeOperators *of)
{
    return of->is_hashable;
}

static bool fields_have(Oid type, HasOperation has)
{
    Relation *rel;
    bool all = true;

    if (type == TYPE_RECORD)
        return has != has_hash;
    rel = relation_pin(type_or_domain_relation(type));
    if (rel == NULL)
        return false;
    for (int i = 0; all && i < rel->desc->count; i++) {
        const Column *column = &rel->desc->columns[i];

        all = column->is_dropped || has(type_operators(column->type));
    }
    relation_unpin(rel);
    return all;
}

static bool parts_have(const TypeOperators *of, HasOperation has)
{
    Oid input = of->btree_input != 0 ? of->btree_input : of->hash_input;

    switch (input) {
    case TYPE_ANYARRAY:
        /* Of the pseudo-type itself nobody knows the elements. */
        return type_base_element(of->type) != 0 &&
               has(type_operators(type_base_element(of->type)));
    case TYPE_RECORD:
        return fields_have(of->type, has);
    default:
        return true;
    }
}

static bool can_hash(const TypeOperators *of)
{
    Oid element;

    if (of->hash_class == 0 ||
        opfamily_function(of->hash_family, of->hash_input, of->hash_input, HASH_FUNCTION) == 0)
        return false;
    switch (of->hash_input) {
    case TYPE_ANYRANGE:
        return type_operators(range_subtype(type_base(of->type)))->is_hashable;
    case TYPE_ANYMULTIRANGE:
        element = range_subtype(multirange_range(type_base(of->type)));
        return type_operators(element)->is_hashable;
    default:
        return parts_have(of, has_hash);
    }
}

static void fill(TypeOperators *of)
{
    of->btree_class = find_class(of->type, AM_BTREE, &of->btree_family, &of->btree_input);
    of->hash_class = find_class(of->type, AM_HASH, &of->hash_family, &of->hash_input);
    if (of->btree_class != 0) {
        Oid family = of->btree_family, input = of->btree_input;

        of->equal = opfamily_operator(family, input, input, STRATEGY_EQUAL);
        of->less = opfamily_operator(family, input, input, STRATEGY_LESS);
        of->greater = opfamily_operator(family, input, input, STRATEGY_GREATER);
    }
    if (of->equal == 0 && of->hash_class != 0)
        of->equal =
            opfamily_operator(of->hash_family, of->hash_input, of->hash_input, HASH_STRATEGY_EQUAL);
    if (of->equal != 0 && !parts_have(of, has_equality))
        of->equal = 0;
    if (of->less != 0 && !parts_have(of, has_order))
        of->less = of->greater = 0;
    of->is_hashable = can_hash(of);
}

const TypeOperators *type_operators(Oid type)
{
    TypeOperators *found, made = {.type = type};

    prepare();
    found = hash_find(&local.types, &type);
    if (found != NULL)
        return found;
    fill(&made);
    prepare();
    found = hash_enter(&local.types, &type, NULL);
    *found = made;
    return found;
}

/* ---- Meanings of operators ---- */

static void add_meanings(Oid op, bool is_negated, BtreeMeaning **all, int *count)
{
    const CacheList *rows =
        syscache_pin_list(CACHE_AMOPOPID, 1, (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(op)});

    *all = mem_new_array(BtreeMeaning, (size_t)rows->count + 1);
    for (unsigned i = 0; i < rows->count; i++) {
        const PgAmop *row = CACHE_ROW(PgAmop, rows->rows[i]);

        if (row->amopmethod != AM_BTREE || (is_negated && row->amopstrategy != STRATEGY_EQUAL))
            continue;
        (*all)[(*count)++] = (BtreeMeaning){
            .family = row->amopfamily,
            .strategy = is_negated ? STRATEGY_NOT_EQUAL : row->amopstrategy,
            .left = row->amoplefttype,
            .right = row->amoprighttype,
        };
    }
    syscache_unpin_list(rows);
}

BtreeMeaning *operator_btree_meanings(Oid op, int *count)
{
    BtreeMeaning *all;
    const HeapTuple *row;
    Oid negator;

    *count = 0;
    add_meanings(op, false, &all, count);
    if (*count > 0)
        return all;
    row = syscache_peek(CACHE_OPEROID, datum_of_u32(op));
    negator = row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprnegate;
    if (negator != 0)
        add_meanings(negator, true, &all, count);
    return all;
}
