/*
 * analyze.c - what planners are told of a table: pg_statistic for its columns and the expressions
 * of its indexes, numbers of rows in pg_class
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/strbuf.h"
#include "server/access/index/index.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/reloptions.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/object/role.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "server/vacuum/analyze_int.h"
#include "server/vacuum/vacuum_int.h"

#define TYPE_FLOAT4     700
#define ROWS_MIN        100
#define SUPPORT_COMPARE 1

/*
 * pg_type.typanalyze of types whose values have no use for an order: texts to search, ranges,
 * multiranges.
 */
#define ANALYZE_TS    3688
#define ANALYZE_RANGE 3916
#define ANALYZE_MULTI 4242

typedef struct AnalyzedIndex {
    Relation *rel;
    IndexForm *form;      /* NULL: it is of plain columns, for all rows */
    ColumnStats *columns; /* those that are expressions */
    unsigned column_count;
    double share; /* of the table's rows that it leads to */
} AnalyzedIndex;

typedef struct Analysis {
    Relation *rel;
    const VacuumParams *params;
    ColumnStats *columns;
    unsigned column_count;
    AnalyzedIndex *indexes;
    unsigned index_count;
    bool is_in_outer, is_whole; /* columns were not chosen */
    Sample sample;
    VacuumUsage usage;
} Analysis;

static void choose_columns(Analysis *a, const char *const *names);
static bool begin_column(ColumnStats *c, const Column *column);
static void open_indexes(Analysis *a, bool wants_expressions);
static void close_indexes(Analysis *a);
static unsigned wanted_rows(const Analysis *a);
static void analyze_columns(Analysis *a);
static void analyze_index(Analysis *a, AnalyzedIndex *index);
static void write_stats(const Relation *rel, const ColumnStats *columns, unsigned count);
static void set_relation_stats(Analysis *a);
static bool has_children(const Relation *rel);

static void tell(const Analysis *a, const char *text)
{
    err_log((a->params->options & VACUUM_VERBOSE) != 0 ? ERR_INFO : ERR_DEBUG, .message = text);
}

static void tell_begin(const Analysis *a)
{
    tell(a, err_fmt("analyzing \"%s.%s\"", vacuum_schema_name(a->rel), a->rel->name));
}

/* What autovacuum did is said when it took long. */
static void log_auto(const Analysis *a)
{
    int min_ms = a->params->log_min_duration_ms;
    StrBuf text;

    if ((a->params->options & VACUUM_IS_AUTO) == 0 || min_ms < 0 ||
        clock_now() - a->usage.began < min_ms * INT64_C(1000))
        return;
    strbuf_init(&text);
    strbuf_add_fmt(&text, "automatic analyze of table \"%s\"\n", vacuum_full_name(a->rel));
    vacuum_usage_add(&text, &a->usage, false);
    err_log(ERR_LOG, .message = err_fmt("%s", text.text));
}

/* As the owner: functions of indexes are called. */
static void look(void *arg)
{
    Analysis *a = arg;

    open_indexes(a, a->is_whole);
    command_progress_begin(PROGRESS_ANALYZE, a->rel->oid);
    command_progress_set(ANALYZE_PHASE, ANALYZE_SAMPLES);
    sample_take(a->rel, wanted_rows(a), &a->sample);
    tell(a, err_fmt("\"%s\": scanned %u of %u pages, containing %.0f live rows and %.0f dead rows; "
                    "%u rows in sample, %.0f estimated total rows",
                    a->rel->name, a->sample.scanned, a->sample.pages, a->sample.live,
                    a->sample.dead, a->sample.count, a->sample.total_live));
    command_progress_set(ANALYZE_PHASE, ANALYZE_COMPUTES);
    if (a->sample.count == 0)
        return;
    analyze_columns(a);
    for (unsigned i = 0; i < a->index_count; i++)
        analyze_index(a, &a->indexes[i]);
    write_stats(a->rel, a->columns, a->column_count);
    for (unsigned i = 0; i < a->index_count; i++)
        write_stats(a->indexes[i].rel, a->indexes[i].columns, a->indexes[i].column_count);
}

void analyze_relation(Relation *rel, const VacuumParams *params, const char *const *columns,
                      bool is_in_outer)
{
    MemContext *mem = mem_context_new(mem_current(), "analyze");
    MemContext *before = mem_switch(mem);
    Analysis *a = mem_new(Analysis);

    if (rel->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("ANALYZE of partitioned table \"%s\" is not supported",
                                     rel->name));
    a->rel = rel;
    a->params = params;
    a->is_in_outer = is_in_outer;
    a->is_whole = columns == NULL;
    vacuum_usage_begin(&a->usage);
    tell_begin(a);
    choose_columns(a, columns);
    role_run_as(rel->row->relowner, ROLE_RESTRICTED, look, a);
    command_progress_set(ANALYZE_PHASE, ANALYZE_FINISHES);
    txn_advance_command();
    set_relation_stats(a);
    stats_report_analyze(rel->stats, (int64_t)a->sample.total_live, (int64_t)a->sample.total_dead,
                         a->is_whole, (params->options & VACUUM_IS_AUTO) != 0);
    command_progress_end();
    log_auto(a);
    close_indexes(a);
    if (rel->row->relhassubclass && has_children(rel))
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                .message = err_fmt("statistics of \"%s\" together with its children are not "
                                   "supported",
                                   rel->name));
    mem_switch(before);
    mem_delete(mem);
}

/* ---- What is analyzed ---- */

static const Column *find_column(const Relation *rel, const char *name)
{
    for (unsigned i = 0; i < rel->desc->count; i++)
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, name) == 0)
            return &rel->desc->columns[i];
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message = err_fmt("column \"%s\" of relation \"%s\" does not exist", name,
                                 rel->name));
}

static void choose_columns(Analysis *a, const char *const *names)
{
    const TupleDesc *desc = a->rel->desc;
    bool *is_chosen = mem_new_array(bool, desc->count);

    a->columns = mem_new_array(ColumnStats, desc->count);
    for (unsigned i = 0; names == NULL && i < desc->count; i++)
        if (begin_column(&a->columns[a->column_count], &desc->columns[i]))
            a->column_count++;
    for (unsigned i = 0; names != NULL && names[i] != NULL; i++) {
        const Column *column = find_column(a->rel, names[i]);

        if (is_chosen[column->number - 1])
            err_raise(SQLSTATE_DUPLICATE_COLUMN,
                      .message = err_fmt("column \"%s\" of relation \"%s\" appears more than once",
                                         names[i], a->rel->name));
        is_chosen[column->number - 1] = true;
        if (begin_column(&a->columns[a->column_count], column))
            a->column_count++;
    }
}

/* Values of some types have no use for the statistics that an order gives. */
static bool has_own_statistics(const PgType *type)
{
    return type->typanalyze == ANALYZE_TS || type->typanalyze == ANALYZE_RANGE ||
           type->typanalyze == ANALYZE_MULTI;
}

static void find_order(Oid type, ColumnOrder *out)
{
    const TypeOperators *operators = type_operators(type);
    const HeapTuple *row;

    out->equal = operators->equal;
    out->less = operators->less;
    if (out->less != 0)
        out->compare = opfamily_function(operators->btree_family, operators->btree_input,
                                         operators->btree_input, SUPPORT_COMPARE);
    row = out->equal == 0 ? NULL : syscache_peek(CACHE_OPEROID, datum_of_u32(out->equal));
    out->equal_function = row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcode;
}

/* False: it is not wanted. */
static bool begin_column(ColumnStats *c, const Column *column)
{
    PgType type;

    if (column->is_dropped || column->stats_target == 0)
        return false;
    type_get(column->type, &type);
    *c = (ColumnStats){.number = column->number,
                       .type = {.type = column->type,
                                .len = column->len,
                                .by_value = column->by_value,
                                .align = column->align},
                       .collation = column->collation,
                       .target = (unsigned)(column->stats_target > 0
                                                ? column->stats_target
                                                : setting.default_statistics_target)};
    /* What is of any type has no order. */
    if (type.typtype != TYPE_KIND_PSEUDO && !has_own_statistics(&type))
        find_order(column->type, &c->order);
    return true;
}

static void begin_index(AnalyzedIndex *index, Relation *table, bool wants_expressions)
{
    const RelationIndex *of = index->rel->index;

    index->share = 1;
    index->columns = mem_new_array(ColumnStats, of->column_count);
    if (of->predicate != NULL || (of->expressions != NULL && wants_expressions))
        index->form = index_form_new(table, index->rel);
    for (unsigned i = 0; wants_expressions && i < of->column_count; i++)
        if (of->columns[i] == 0 && begin_column(&index->columns[index->column_count],
                                                &index->rel->desc->columns[i]))
            index->column_count++;
}

static void open_indexes(Analysis *a, bool wants_expressions)
{
    const RelationIndexes *all = relation_indexes(a->rel);

    a->indexes = mem_new_array(AnalyzedIndex, all->count);
    a->index_count = all->count;
    for (unsigned i = 0; i < all->count; i++) {
        a->indexes[i].rel = index_open(all->oids[i], LOCK_ACCESS_SHARE);
        begin_index(&a->indexes[i], a->rel, wants_expressions);
    }
}

static void close_indexes(Analysis *a)
{
    for (unsigned i = 0; i < a->index_count; i++)
        relation_close(a->indexes[i].rel, LOCK_NONE);
}

static unsigned wanted_rows(const Analysis *a)
{
    unsigned most = ROWS_MIN;

    for (unsigned i = 0; i < a->column_count; i++)
        most = (unsigned)size_max(most, column_stats_wanted_rows(a->columns[i].target));
    for (unsigned i = 0; i < a->index_count; i++)
        for (unsigned k = 0; k < a->indexes[i].column_count; k++)
            most = (unsigned)size_max(
                most, column_stats_wanted_rows(a->indexes[i].columns[k].target));
    return most;
}

/* ---- Columns ---- */

static void analyze_columns(Analysis *a)
{
    unsigned count = a->sample.count;

    for (unsigned i = 0; i < a->column_count; i++) {
        ColumnStats *c = &a->columns[i];
        Datum *values = mem_new_array(Datum, count);
        bool *nulls = mem_new_array(bool, count);
        double distinct;

        for (unsigned row = 0; row < count; row++)
            values[row] = heap_get(a->sample.rows[row], c->number, a->rel->desc, &nulls[row]);
        column_stats_compute(c, &(ColumnValues){.values = values,
                                                .nulls = nulls,
                                                .count = count,
                                                .total_rows = a->sample.total_live});
        distinct = reloptions_n_distinct(a->rel->oid, c->number);
        if (distinct != 0)
            c->distinct = (float)distinct;
    }
}

/* Rows that the index leads to, with the values of its expressions. */
static void analyze_index(Analysis *a, AnalyzedIndex *index)
{
    const TupleDesc *desc = a->rel->desc;
    unsigned columns = index->rel->index->column_count, wanted = 0;
    Datum *row = mem_new_array(Datum, desc->count);
    bool *row_nulls = mem_new_array(bool, desc->count);
    Datum *values[INDEX_COLUMNS_MAX], entry[INDEX_COLUMNS_MAX];
    bool *nulls[INDEX_COLUMNS_MAX], entry_nulls[INDEX_COLUMNS_MAX];

    if (index->form == NULL)
        return;
    for (unsigned k = 0; k < columns; k++) {
        values[k] = mem_new_array(Datum, a->sample.count);
        nulls[k] = mem_new_array(bool, a->sample.count);
    }
    for (unsigned i = 0; i < a->sample.count; i++) {
        vacuum_delay_point();
        heap_deform(a->sample.rows[i], desc, row, row_nulls);
        if (!index_form_wants(index->form, row, row_nulls))
            continue;
        if (index->column_count > 0)
            index_form_values(index->form, row, row_nulls, entry, entry_nulls);
        for (unsigned k = 0; index->column_count > 0 && k < columns; k++) {
            values[k][wanted] = entry[k];
            nulls[k][wanted] = entry_nulls[k];
        }
        wanted++;
    }
    index->share = (double)wanted / a->sample.count;
    for (unsigned k = 0; k < index->column_count; k++) {
        ColumnStats *c = &index->columns[k];

        column_stats_compute(
            c, &(ColumnValues){.values = values[c->number - 1],
                               .nulls = nulls[c->number - 1],
                               .count = wanted,
                               .total_rows = ceil(index->share * a->sample.total_live)});
    }
}

/* ---- pg_statistic ---- */

static Datum numbers_array(const StatsSlot *slot)
{
    const ArrayElement form = {.type = TYPE_FLOAT4, .len = 4, .by_value = true, .align = 'i'};
    Datum *values = mem_new_array(Datum, slot->number_count);

    for (unsigned i = 0; i < slot->number_count; i++)
        values[i] = datum_of_f4(slot->numbers[i]);
    return datum_of_pointer(array_make_list(&form, values, NULL, slot->number_count));
}

static Datum values_array(const ColumnStats *c, const StatsSlot *slot)
{
    return datum_of_pointer(array_make_list(&c->type, slot->values, NULL, slot->value_count));
}

static void fill_row(const ColumnStats *c, Oid relation, CatalogRow *row)
{
    catalog_row_init(row);
    catalog_set_u32(row, PG_STATISTIC_COL_STARELID, relation);
    catalog_set_i16(row, PG_STATISTIC_COL_STAATTNUM, c->number);
    catalog_set_bool(row, PG_STATISTIC_COL_STAINHERIT, false);
    catalog_set(row, PG_STATISTIC_COL_STANULLFRAC, datum_of_f4(c->null_share));
    catalog_set_i32(row, PG_STATISTIC_COL_STAWIDTH, c->width);
    catalog_set(row, PG_STATISTIC_COL_STADISTINCT, datum_of_f4(c->distinct));
    for (unsigned i = 0; i < STATS_SLOTS; i++) {
        const StatsSlot none = {.number_count = 0};
        const StatsSlot *slot = i < c->slot_count ? &c->slots[i] : &none;
        int k = (int)i;

        catalog_set_i16(row, PG_STATISTIC_COL_STAKIND1 + k, (int16_t)slot->kind);
        catalog_set_u32(row, PG_STATISTIC_COL_STAOP1 + k, slot->operator);
        catalog_set_u32(row, PG_STATISTIC_COL_STACOLL1 + k, slot->collation);
        catalog_set_null(row, PG_STATISTIC_COL_STANUMBERS1 + k);
        catalog_set_null(row, PG_STATISTIC_COL_STAVALUES1 + k);
        if (slot->number_count > 0)
            catalog_set(row, PG_STATISTIC_COL_STANUMBERS1 + k, numbers_array(slot));
        if (slot->value_count > 0)
            catalog_set(row, PG_STATISTIC_COL_STAVALUES1 + k, values_array(c, slot));
    }
}

static void write_stats(const Relation *rel, const ColumnStats *columns, unsigned count)
{
    CatalogChange *change;

    if (count == 0)
        return;
    change = catalog_change_begin(PG_STATISTIC_CATALOG);
    for (unsigned i = 0; i < count; i++) {
        const ColumnStats *c = &columns[i];
        const Datum keys[CATALOG_KEYS_MAX] = {datum_of_u32(rel->oid), datum_of_i16(c->number),
                                              datum_of_bool(false)};
        HeapTuple *old;
        CatalogRow row;

        if (!c->is_known)
            continue;
        fill_row(c, rel->oid, &row);
        old = syscache_copy(CACHE_STATRELATTINH, keys);
        if (old != NULL)
            catalog_update(change, old, &row);
        else
            catalog_insert(change, &row);
    }
    catalog_change_end(change);
}

/* ---- pg_class ---- */

static void set_relation_stats(Analysis *a)
{
    BlockNo all_visible, all_frozen;

    vm_count(relation_heap(a->rel)->smgr, &all_visible, &all_frozen);
    vacuum_set_stats(a->rel, &(RelationStats){.pages = a->sample.pages,
                                              .rows = a->sample.total_live,
                                              .all_visible = all_visible,
                                              .has_index = a->index_count > 0,
                                              .is_in_outer = a->is_in_outer});
    for (unsigned i = 0; i < a->index_count; i++) {
        Relation *index = a->indexes[i].rel;

        vacuum_set_stats(
            index,
            &(RelationStats){
                .pages = smgr_block_count(relation_btree(index)->rel, FORK_MAIN),
                .rows = ceil(a->indexes[i].share * a->sample.total_live),
                .is_in_outer = a->is_in_outer});
    }
}

static bool has_children(const Relation *rel)
{
    const CatalogKey key = {.column = PG_INHERITS_COL_INHPARENT, .value = datum_of_u32(rel->oid)};
    CatalogScan *scan =
        catalog_scan_begin(PG_INHERITS_CATALOG, PG_INHERITS_PARENT_INDEX, 1, &key);
    bool result = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return result;
}
