/*
 * catalog_lookup.c - what expressions and plans ask of catalogs, answered by the caches
 *
 * Types are asked for with nearly every expression that is made ready, so their answers are kept
 * until types, operators or their classes change. Row types without a name (record) are numbered
 * here, for this process.
 */
#include "common/base/base.h"

#include "server/expr/catalog_lookup.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"

#define TYPE_PLACES     127
#define SUPPORT_COMPARE 1
#define SUPPORT_HASH    1
#define STRATEGY_LESS   1
#define STRATEGY_MORE   5

typedef struct TypeEntry {
    Oid type;
    bool is_valid;
    TypeInfo info;
} TypeEntry;

static struct {
    MemContext *mem; /* NULL: nothing is kept yet */
    Array rows;      /* TupleDesc *; a record type's number is its place */
    TypeEntry types[TYPE_PLACES]; /* a type has one place, which it may share with others */
} kept;

static void begin(void);
static void forget(Datum arg, CacheId id, uint32_t hash);
static void read_type(Oid type, TypeInfo *out);
static Oid operator_function(Oid op);
static void add_checks(Oid domain, Array *checks);
static int compare_checks(const void *a, const void *b);
static const char *text_column(CacheId id, const HeapTuple *row, int column);

/* ---- Types ---- */

static void type_info(Oid type, TypeInfo *out)
{
    TypeEntry *entry;

    if (kept.mem == NULL)
        begin();
    entry = &kept.types[type % TYPE_PLACES];
    if (!entry->is_valid || entry->type != type) {
        /* Valid first: what comes while it is read must mark it. */
        *entry = (TypeEntry){.type = type, .is_valid = true};
        read_type(type, out);
        entry->info = *out;
        return;
    }
    *out = entry->info;
}

static void begin(void)
{
    static const CacheId ids[] = {CACHE_TYPEOID, CACHE_OPEROID, CACHE_CLAOID, CACHE_AMOPOPID,
                                  CACHE_AMPROCNUM};

    kept.mem = mem_context_new(mem_root(), "facts of types");
    MEM_SCOPE(kept.mem) {
        array_init(&kept.rows, sizeof(TupleDesc *));
    }
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        inval_on_row(ids[i], forget, 0);
}

static void forget(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    for (size_t i = 0; i < TYPE_PLACES; i++)
        kept.types[i].is_valid = false;
}

static void read_type(Oid type, TypeInfo *out)
{
    const TypeOperators *operators;
    PgType row;

    type_get(type, &row);
    operators = type_operators(type);
    *out = (TypeInfo){
        .len = row.typlen,
        .by_value = row.typbyval,
        .align = row.typalign,
        .storage = row.typstorage,
        .kind = row.typtype,
        .element = row.typelem,
        .is_true_array = type_element(type) != 0,
        .base = row.typbasetype,
        .input = row.typinput,
        .output = row.typoutput,
        .io_param = row.typelem != 0 ? row.typelem : type,
        .equal = operator_function(operators->equal),
        .less = operator_function(operators->less),
    };
    if (operators->btree_family != 0)
        out->compare = opfamily_function(operators->btree_family, operators->btree_input,
                                         operators->btree_input, SUPPORT_COMPARE);
    if (operators->hash_family != 0)
        out->hash = opfamily_function(operators->hash_family, operators->hash_input,
                                      operators->hash_input, SUPPORT_HASH);
}

/* ---- Operators ---- */

static Oid operator_function(Oid op)
{
    const HeapTuple *row = op == 0 ? NULL : syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcode;
}

static bool operator_order(Oid op, Oid *compare, bool *is_descending)
{
    int count;
    const BtreeMeaning *meanings = operator_btree_meanings(op, &count);

    for (int i = 0; i < count; i++) {
        const BtreeMeaning *m = &meanings[i];

        if (m->strategy != STRATEGY_LESS && m->strategy != STRATEGY_MORE)
            continue;
        *is_descending = m->strategy == STRATEGY_MORE;
        *compare = opfamily_function(m->family, m->left, m->right, SUPPORT_COMPARE);
        return true;
    }
    return false;
}

/* ---- Domains ---- */

/* Checks of the innermost domain first, those of one by name. */
static void domain_info(Oid type, DomainInfo *out)
{
    PgType row;
    Array checks, chain;

    array_init(&checks, sizeof(DomainCheck));
    array_init(&chain, sizeof(Oid));
    *out = (DomainInfo){.typmod = -1};
    for (type_get(type, &row); row.typtype == TYPE_KIND_DOMAIN; type_get(row.typbasetype, &row)) {
        if (out->name == NULL)
            out->name = mem_strdup(row.typname);
        out->is_not_null |= row.typnotnull;
        if (row.typtypmod >= 0 && out->typmod < 0)
            out->typmod = row.typtypmod;
        *(Oid *)array_push(&chain) = row.oid;
    }
    out->base = row.oid;
    for (size_t i = chain.count; i-- > 0;)
        add_checks(*(const Oid *)array_at(&chain, i), &checks);
    out->check_count = (unsigned)checks.count;
    out->checks = checks.items;
}

static void add_checks(Oid domain, Array *checks)
{
    size_t before = checks->count;
    CatalogScan *scan =
        catalog_scan_begin(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_CONTYPID_INDEX, 1,
                           &(CatalogKey){.column = PG_CONSTRAINT_COL_CONTYPID,
                                         .value = datum_of_u32(domain)});
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgConstraint *fixed = CACHE_ROW(PgConstraint, row);
        bool is_null;
        Datum tree;

        if (fixed->contype != 'c')
            continue;
        tree = heap_get(row, PG_CONSTRAINT_COL_CONBIN, catalog_scan_desc(scan), &is_null);
        if (!is_null) {
            const uint8_t *text = varlena_packed(datum_varlena(tree));

            *(DomainCheck *)array_push(checks) = (DomainCheck){
                .name = mem_strdup(fixed->conname),
                .expr = node_read_text(
                    mem_strndup((const char *)varlena_bytes(text), varlena_len(text))),
            };
        }
    }
    catalog_scan_end(scan);
    if (checks->count > before + 1)
        qsort(array_at(checks, before), checks->count - before, sizeof(DomainCheck),
              compare_checks);
}

static int compare_checks(const void *a, const void *b)
{
    return strcmp(((const DomainCheck *)a)->name, ((const DomainCheck *)b)->name);
}

/* ---- Aggregates ---- */

static void aggregate_info(Oid function, AggregateInfo *out)
{
    const HeapTuple *row = syscache_pin(CACHE_AGGFNOID, datum_of_u32(function));
    const PgAggregate *a;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for aggregate %u", function));
    a = CACHE_ROW(PgAggregate, row);
    *out = (AggregateInfo){
        .transition = a->aggtransfn,
        .final = a->aggfinalfn,
        .combine = a->aggcombinefn,
        .serial = a->aggserialfn,
        .deserial = a->aggdeserialfn,
        .inverse_transition = a->aggminvtransfn,
        .moving_transition = a->aggmtransfn,
        .moving_final = a->aggmfinalfn,
        .final_has_extra = a->aggfinalextra,
        .moving_final_has_extra = a->aggmfinalextra,
        .final_modify = a->aggfinalmodify,
        .moving_final_modify = a->aggmfinalmodify,
        .kind = a->aggkind,
        .direct_args = (unsigned)a->aggnumdirectargs,
        .transition_type = a->aggtranstype,
        .moving_transition_type = a->aggmtranstype,
        .sort_operator = a->aggsortop,
        .initial = text_column(CACHE_AGGFNOID, row, PG_AGGREGATE_COL_AGGINITVAL),
        .moving_initial = text_column(CACHE_AGGFNOID, row, PG_AGGREGATE_COL_AGGMINITVAL),
    };
    syscache_unpin(row);
}

/* A copy; NULL for NULL. */
static const char *text_column(CacheId id, const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(id, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

/* ---- Rows ---- */

/* Of a relation that stays as it is until the transaction ends, or for ever. */
static const TupleDesc *row_desc(Oid type, int32_t typmod)
{
    Oid oid;
    Relation *rel;
    const TupleDesc *desc;

    if (type == TYPE_RECORD)
        return typmod >= 0 && (size_t)typmod < kept.rows.count
                   ? *(TupleDesc *const *)array_at(&kept.rows, (size_t)typmod)
                   : NULL;
    oid = type_or_domain_relation(type);
    if (oid == 0)
        return NULL;
    rel = relation_pin_existing(oid);
    desc = rel->desc;
    relation_unpin(rel);
    return desc;
}

static void register_row(TupleDesc *desc)
{
    TupleDesc *copy;

    if (kept.mem == NULL)
        begin();
    for (size_t i = 0; i < kept.rows.count; i++) {
        if (tuple_desc_equal(desc, *(TupleDesc *const *)array_at(&kept.rows, i))) {
            desc->row_type_mod = (int32_t)i;
            return;
        }
    }
    desc->row_type_mod = (int32_t)kept.rows.count;
    MEM_SCOPE(kept.mem) {
        copy = tuple_desc_copy(desc);
        *(TupleDesc **)array_push(&kept.rows) = copy;
    }
}

const CatalogInfo catalog_lookup = {
    .type = type_info,
    .domain = domain_info,
    .aggregate = aggregate_info,
    .operator_function = operator_function,
    .support = opfamily_function,
    .row_desc = row_desc,
    .register_row = register_row,
    .order = operator_order,
};

/* ---- What fmgr asks ---- */

static const List *args_of(const void *expr)
{
    const Node *node = expr;

    switch (node->tag) {
    case NODE_FuncExpr:
        return ((const FuncExpr *)expr)->args;
    case NODE_OpExpr:
        return ((const OpExpr *)expr)->args;
    case NODE_DistinctExpr:
        return ((const DistinctExpr *)expr)->args;
    case NODE_NullIfExpr:
        return ((const NullIfExpr *)expr)->args;
    case NODE_ScalarArrayOpExpr:
        return ((const ScalarArrayOpExpr *)expr)->args;
    case NODE_WindowFunc:
        return ((const WindowFunc *)expr)->args;
    default:
        return NULL;
    }
}

/* The type of an array on the right of ANY is its elements', since that is what is called with. */
static Oid arg_type(const void *expr, int n)
{
    const List *args = args_of(expr);
    Oid type;

    if (node_is(expr, Aggref)) {
        const List *types = ((const Aggref *)expr)->arg_types;

        return n < list_count(types) ? list_oid_at(types, n) : 0;
    }
    if (n >= list_count(args))
        return 0;
    type = node_expr_type(list_at(args, n));
    return node_is(expr, ScalarArrayOpExpr) && n == 1 ? type_base_element(type) : type;
}

static Oid result_type(const void *expr)
{
    return node_expr_type(expr);
}

static bool is_variadic(const void *expr)
{
    return node_is(expr, FuncExpr) && ((const FuncExpr *)expr)->is_variadic;
}

/* One of language internal that was given another OID; code of other languages is not run. */
static bool resolve(Oid oid, FmgrSite *site)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(oid));
    const FmgrBuiltin *builtin = NULL;
    PgProc proc;

    if (row == NULL)
        return false;
    proc = *CACHE_ROW(PgProc, row);
    if (proc.prolang == LANGUAGE_INTERNAL)
        builtin = fmgr_find_builtin_by_name(text_column(CACHE_PROCOID, row, PG_PROC_COL_PROSRC));
    syscache_unpin(row);
    if (builtin == NULL || builtin->fn == NULL)
        fmgr_raise_not_written(mem_strdup(proc.proname));
    site->fn = builtin->fn;
    site->nargs = proc.pronargs;
    site->strict = proc.proisstrict;
    site->retset = proc.proretset;
    return true;
}

void catalog_lookup_install(void)
{
    static const FmgrExprReader reader = {
        .result_type = result_type, .arg_type = arg_type, .is_variadic = is_variadic};

    catalog_info_set(&catalog_lookup);
    fmgr_set_expr_reader(&reader);
    fmgr_set_resolver(resolve);
    node_expr_bind(type_array);
}
