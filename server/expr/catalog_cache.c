/*
 * catalog_cache.c - what catalogs say of types, operators and aggregates, asked of the caches
 *
 * What is known of built-in types never changes and is kept; the rest is looked up each time. Row
 * types have descriptions that stay for the process, since expressions point to them: a type that
 * was changed gets a new one.
 */
#include "common/base/base.h"

#include "server/expr/catalog_cache.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/proc_row.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/expr/catalog_info.h"
#include "server/node/text_read.h"
#include "server/object/rights.h"
#include "server/object/role.h"

#define FIRST_USER_OID     16384
#define ARRAY_SUBSCRIPTING 6179 /* array_subscript_handler */
#define RECORD             2249
#define TYPES_KEPT         1024

typedef struct KnownType {
    Oid type;
    TypeInfo info;
} KnownType;

typedef struct RowType {
    Oid type;
    TupleDesc *desc;
} RowType;

static struct CatalogCacheLocal {
    MemContext *mem;  /* NULL: nothing is kept yet */
    KnownType *types; /* by the low bits of their oids, the newest of each */
    Array rows;       /* RowType */
    Array records;    /* TupleDesc *: by type modifier */
} local;

static void begin(void)
{
    if (local.mem != NULL)
        return;
    local.mem = mem_context_new(mem_root(), "types of expressions");
    MEM_SCOPE(local.mem) {
        local.types = mem_new_array(KnownType, TYPES_KEPT);
        array_init(&local.rows, sizeof(RowType));
        array_init(&local.records, sizeof(TupleDesc *));
    }
}

/* ---- Types ---- */

static Oid function_of(Oid operator)
{
    const HeapTuple *row;
    Oid function = 0;

    if (operator== 0)
        return 0;
    row = syscache_pin(CACHE_OPEROID, datum_of_u32(operator));
    if (row != NULL) {
        function = CACHE_ROW(PgOperator, row)->oprcode;
        syscache_unpin(row);
    }
    return function;
}

static Oid operator_function(Oid operator)
{
    Oid function = function_of(operator);

    if (function == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", operator));
    return function;
}

static void fill_type(Oid type, TypeInfo *out)
{
    const TypeOperators *operators;
    PgType row;

    type_get(type, &row);
    *out = (TypeInfo){.len = row.typlen,
                      .by_value = row.typbyval,
                      .align = row.typalign,
                      .storage = row.typstorage,
                      .kind = row.typtype,
                      .element = row.typelem,
                      .is_true_array = row.typsubscript == ARRAY_SUBSCRIPTING,
                      .base = row.typbasetype,
                      .input = row.typinput,
                      .output = row.typoutput,
                      .io_param = row.typelem != 0 ? row.typelem : type};
    operators = type_operators(type);
    if (operators == NULL)
        return;
    out->equal = function_of(operators->equal);
    out->less = function_of(operators->less);
    if (operators->btree_family != 0)
        out->compare = opfamily_function(operators->btree_family, operators->btree_input,
                                         operators->btree_input, 1);
    if (operators->hash_family != 0)
        out->hash = opfamily_function(operators->hash_family, operators->hash_input,
                                      operators->hash_input, 1);
}

static void type_info(Oid type, TypeInfo *out)
{
    KnownType *known;

    begin();
    if (type >= FIRST_USER_OID) {
        fill_type(type, out);
        return;
    }
    known = &local.types[type % TYPES_KEPT];
    if (known->type != type) {
        fill_type(type, out);
        *known = (KnownType){.type = type, .info = *out};
    }
    *out = known->info;
}

/* ---- Domains ---- */

static void add_check(Array *checks, const CatalogScan *scan, const HeapTuple *row)
{
    bool is_null;
    Datum text = heap_get(row, PG_CONSTRAINT_COL_CONBIN, catalog_scan_desc(scan), &is_null);
    const uint8_t *bytes;
    DomainCheck *check;

    if (is_null || CACHE_ROW(PgConstraint, row)->contype != 'c')
        return;
    bytes = varlena_packed(datum_varlena(text));
    check = array_push(checks);
    check->name = mem_strdup(CACHE_ROW(PgConstraint, row)->conname);
    check->expr =
        node_read_text(mem_strndup((const char *)varlena_bytes(bytes), varlena_len(bytes)));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const DomainCheck *)a)->name, ((const DomainCheck *)b)->name);
}

/* The checks of one domain, by name. */
static void add_checks(Array *checks, Oid domain)
{
    const CatalogKey key = {.column = PG_CONSTRAINT_COL_CONTYPID, .value = datum_of_u32(domain)};
    CatalogScan *scan =
        catalog_scan_begin(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_CONTYPID_INDEX, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        add_check(checks, scan, row);
    catalog_scan_end(scan);
}

/* What the domains below demand is tested first. */
static void domain_info(Oid type, DomainInfo *out)
{
    Oid chain[100];
    unsigned depth = 0;
    Array checks;
    PgType row;

    *out = (DomainInfo){.typmod = -1};
    array_init(&checks, sizeof(DomainCheck));
    for (type_get(type, &row); row.typtype == TYPE_KIND_DOMAIN; type_get(row.typbasetype, &row)) {
        if (depth == 0) {
            out->name = mem_strdup(row.typname);
            out->schema = schema_name(row.typnamespace);
        }
        if (out->typmod < 0)
            out->typmod = row.typtypmod;
        out->is_not_null = out->is_not_null || row.typnotnull;
        if (depth == ARRAY_LEN(chain))
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "domains are nested too deeply");
        chain[depth++] = row.oid;
    }
    out->base = row.oid;
    while (depth > 0) {
        Array own;

        array_init(&own, sizeof(DomainCheck));
        add_checks(&own, chain[--depth]);
        array_sort(&own, compare_names);
        array_foreach(const DomainCheck, check, &own)
            *(DomainCheck *)array_push(&checks) = *check;
    }
    out->check_count = (unsigned)checks.count;
    out->checks = checks.items;
}

/* ---- Aggregates ---- */

static const char *text_or_null(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_AGGFNOID, row, column, &is_null);
    const uint8_t *bytes;

    if (is_null)
        return NULL;
    bytes = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(bytes), varlena_len(bytes));
}

static void aggregate_info(Oid function, AggregateInfo *out)
{
    const HeapTuple *row = syscache_pin(CACHE_AGGFNOID, datum_of_u32(function));
    const PgAggregate *agg;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for aggregate %u", function));
    agg = CACHE_ROW(PgAggregate, row);
    *out = (AggregateInfo){
        .transition = agg->aggtransfn,
        .final = agg->aggfinalfn,
        .combine = agg->aggcombinefn,
        .serial = agg->aggserialfn,
        .deserial = agg->aggdeserialfn,
        .inverse_transition = agg->aggminvtransfn,
        .moving_transition = agg->aggmtransfn,
        .moving_final = agg->aggmfinalfn,
        .final_has_extra = agg->aggfinalextra,
        .moving_final_has_extra = agg->aggmfinalextra,
        .final_modify = agg->aggfinalmodify,
        .moving_final_modify = agg->aggmfinalmodify,
        .kind = agg->aggkind,
        .direct_args = (unsigned)agg->aggnumdirectargs,
        .transition_type = agg->aggtranstype,
        .moving_transition_type = agg->aggmtranstype,
        .sort_operator = agg->aggsortop,
        .initial = text_or_null(row, PG_AGGREGATE_COL_AGGINITVAL),
        .moving_initial = text_or_null(row, PG_AGGREGATE_COL_AGGMINITVAL),
    };
    syscache_unpin(row);
}

static bool order_of(Oid operator, Oid * compare, bool *is_descending)
{
    int count;
    const BtreeMeaning *meanings = operator_btree_meanings(operator, & count);

    for (int i = 0; i < count; i++) {
        if (meanings[i].strategy != 1 && meanings[i].strategy != 5)
            continue;
        *is_descending = meanings[i].strategy == 5;
        *compare = opfamily_function(meanings[i].family, meanings[i].left, meanings[i].right, 1);
        return *compare != 0;
    }
    return false;
}

/* ---- Rows ---- */

static const TupleDesc *record_desc(int32_t typmod)
{
    if (typmod < 0 || (size_t)typmod >= local.records.count)
        return NULL;
    return *(TupleDesc **)array_at(&local.records, (size_t)typmod);
}

static RowType *row_type(Oid type)
{
    RowType *known;

    array_foreach(RowType, r, &local.rows) {
        if (r->type == type)
            return r;
    }
    known = array_push(&local.rows);
    known->type = type;
    return known;
}

static const TupleDesc *named_desc(Oid type)
{
    Oid relation = type_or_domain_relation(type);
    RowType *known;
    Relation *rel;

    if (relation == 0)
        return NULL;
    known = row_type(type);
    rel = relation_pin_existing(relation);
    if (known->desc == NULL || !tuple_desc_equal(known->desc, rel->desc)) {
        MEM_SCOPE(local.mem) {
            known->desc = tuple_desc_copy(rel->desc);
        }
    }
    relation_unpin(rel);
    return known->desc;
}

static const TupleDesc *row_desc(Oid type, int32_t typmod)
{
    begin();
    return type == RECORD ? record_desc(typmod) : named_desc(type);
}

static void register_row(TupleDesc *desc)
{
    begin();
    for (size_t i = 0; i < local.records.count; i++) {
        const TupleDesc *known = *(TupleDesc **)array_at(&local.records, i);

        desc->row_type_mod = (int32_t)i;
        if (tuple_desc_equal(known, desc))
            return;
    }
    desc->row_type_mod = (int32_t)local.records.count;
    MEM_SCOPE(local.mem) {
        *(TupleDesc **)array_push(&local.records) = tuple_desc_copy(desc);
    }
}

static bool is_out(const ProcArgs *args, int i)
{
    return args->modes != NULL &&
           (args->modes[i] == 'o' || args->modes[i] == 'b' || args->modes[i] == 't');
}

static TupleDesc *desc_of_out(const ProcArgs *args, unsigned count)
{
    TupleDesc *desc = tuple_desc_new(count);
    unsigned number = 0;

    for (int i = 0; i < args->all_count; i++) {
        const char *name;
        TypeInfo type;

        if (!is_out(args, i))
            continue;
        name = args->names != NULL ? args->names[i] : NULL;
        type_info(args->types[i], &type);
        number++;
        if (name == NULL || name[0] == '\0')
            name = mem_printf("column%u", number);
        tuple_desc_set(desc, number, name, args->types[i], type.len, type.by_value, type.align);
        desc->columns[number - 1].collation = type_collation(args->types[i]);
        desc->columns[number - 1].storage = type.storage;
    }
    tuple_desc_finish(desc);
    return desc;
}

static const TupleDesc *function_row(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    unsigned count = 0, least;
    ProcArgs args;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    proc_row_args(row, &args);
    /* A function gives one value as it is, a procedure as a row. */
    least = CACHE_ROW(PgProc, row)->prokind == 'p' ? 1 : 2;
    syscache_unpin(row);
    for (int i = 0; i < args.all_count; i++)
        count += is_out(&args, i);
    return count < least ? NULL : desc_of_out(&args, count);
}

static const char *type_text(Oid type)
{
    return type_shown(type);
}

static void require_execute(Oid function)
{
    if (!role_is_superuser(role_current()))
        rights_require(PG_PROC_CATALOG, function, role_current(), RIGHT_EXECUTE);
}

const CatalogInfo catalog_cache_info = {.type = type_info,
                                        .domain = domain_info,
                                        .aggregate = aggregate_info,
                                        .operator_function = operator_function,
                                        .require_execute = require_execute,
                                        .support = opfamily_function,
                                        .type_name = type_text,
                                        .is_binary = type_is_binary,
                                        .row_desc = row_desc,
                                        .function_row = function_row,
                                        .register_row = register_row,
                                        .order = order_of};
