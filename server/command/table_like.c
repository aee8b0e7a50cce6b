/*
 * table_like.c - CREATE TABLE (LIKE source ...); table_like.h has the how
 *
 * Stored expressions of the source speak of its columns by number, which have other numbers in the
 * new table: columns are found by name there.
 */
#include "common/base/base.h"

#include "server/command/table_like.h"

#include <inttypes.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/comment.h"
#include "server/command/depend.h"
#include "server/command/index_define.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/node/text_read.h"
#include "server/node/tree.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

/* A source that is gone through, and the table that it is for. */
typedef struct Likeness {
    const TableParts *parts;
    Relation *source, *table;
    const TupleDesc *desc; /* the source's, a copy: it may be read anew while others are made */
    unsigned options;
    int16_t *numbers; /* of the table, by the source's number - 1; 0: it is dropped */
} Likeness;

static void add_columns(TableParts *parts, const Relation *source, unsigned options);
static void copy_defaults(const Likeness *like);
static void copy_checks(const Likeness *like);
static void copy_comments(const Likeness *like);
static void copy_indexes(const Likeness *like);

/* ---- The columns ---- */

typedef struct Opening {
    const RangeVar *var;
    Relation *source; /* out */
} Opening;

static void open_source(void *arg)
{
    Opening *opening = arg;
    Relation *rel;

    rel =
        relation_open(relation_of_name(opening->var, LOCK_ACCESS_SHARE, 0, NULL, NULL), LOCK_NONE);
    switch (rel->kind) {
    case RELATION_TABLE:
    case RELATION_VIEW:
    case RELATION_MATERIALIZED_VIEW:
    case RELATION_COMPOSITE_TYPE:
    case RELATION_FOREIGN_TABLE:
    case RELATION_PARTITIONED_TABLE:
        break;
    default:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("relation \"%s\" is invalid in LIKE clause", rel->name),
                  .detail = relation_kind_refusal(rel->kind));
    }
    opening->source = rel;
}

static bool has_statistics(Oid relation)
{
    const CatalogKey key = {.column = PG_STATISTIC_EXT_COL_STXRELID,
                            .value = datum_of_u32(relation)};
    CatalogScan *scan =
        catalog_scan_begin(PG_STATISTIC_EXT_CATALOG, PG_STATISTIC_EXT_RELID_INDEX, 1, &key);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return is_found;
}

void table_like_add(TableParts *parts, const TableLike *like)
{
    Opening opening = {.var = like->relation};
    LikeSource *source;

    text_call_at(parts->text, like->relation->loc, open_source, &opening);
    if (opening.source->kind == RELATION_COMPOSITE_TYPE)
        rights_require(PG_TYPE_CATALOG, opening.source->row->reltype, role_current(), RIGHT_USAGE);
    else
        rights_require(PG_CLASS_CATALOG, opening.source->oid, role_current(), RIGHT_SELECT);
    if ((like->options & LIKE_STATISTICS) != 0 && has_statistics(opening.source->oid))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "LIKE ... INCLUDING STATISTICS is not supported yet");
    add_columns(parts, opening.source, (unsigned)like->options);
    source = array_push(&parts->likes);
    *source = (LikeSource){.relation = opening.source->oid, .options = (unsigned)like->options};
    relation_close(opening.source, LOCK_NONE);
}

static Option *number_option(const char *name, int64_t value)
{
    Option *option = node_new(Option);
    Float *number = node_new(Float);

    number->value = mem_printf("%" PRId64, value);
    option->name = name;
    option->arg = (Node *)(void *)number;
    option->loc = NODE_NO_LOCATION;
    return option;
}

/* What the column's sequence has, for one of its own. */
static List *sequence_options(Oid sequence)
{
    const HeapTuple *row = syscache_pin(CACHE_SEQRELID, datum_of_u32(sequence));
    const PgSequence *s;
    Boolean *cycle = node_new(Boolean);
    Option *option = node_new(Option);
    List *options = NULL;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for sequence %u", sequence));
    s = CACHE_ROW(PgSequence, row);
    cycle->value = s->seqcycle;
    option->name = "cycle";
    option->arg = (Node *)(void *)cycle;
    option->loc = NODE_NO_LOCATION;
    options = list_add(options, number_option("cache", s->seqcache));
    options = list_add(options, option);
    options = list_add(options, number_option("increment", s->seqincrement));
    options = list_add(options, number_option("maxvalue", s->seqmax));
    options = list_add(options, number_option("minvalue", s->seqmin));
    options = list_add(options, number_option("start", s->seqstart));
    syscache_unpin(row);
    return options;
}

static const Constraint *identity_of(const Relation *source, const Column *column)
{
    Constraint *identity = node_new(Constraint);
    Array sequences;

    depend_owned_sequences(source->oid, column->number, DEPEND_INTERNAL, &sequences);
    if (sequences.count != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = sequences.count == 0
                                                          ? "no owned sequence found"
                                                          : "more than one owned sequence found");
    identity->kind = CONSTR_IDENTITY;
    identity->generated_when = column->identity;
    identity->options = sequence_options(*(const Oid *)array_at(&sequences, 0));
    identity->loc = NODE_NO_LOCATION;
    return identity;
}

static void add_columns(TableParts *parts, const Relation *source, unsigned options)
{
    const TupleDesc *desc = tuple_desc_copy(source->desc);

    for (unsigned i = 0; i < desc->count; i++) {
        ColumnDef *def = node_new(ColumnDef);
        PartColumn *part;

        if (desc->columns[i].is_dropped)
            continue;
        def->name = mem_strdup(desc->columns[i].name);
        def->loc = NODE_NO_LOCATION;
        part = array_push(&parts->columns);
        *part = (PartColumn){.def = def,
                             .like = &desc->columns[i],
                             .like_options = options,
                             .is_not_null = desc->columns[i].not_null};
        if (desc->columns[i].identity != '\0' && (options & LIKE_IDENTITY) != 0)
            part->identity = identity_of(source, &desc->columns[i]);
    }
}

/* ---- Expressions ---- */

typedef struct Renumbering {
    const int16_t *numbers;
    bool has_whole_row;
} Renumbering;

static Node *renumber(Node *node, void *arg)
{
    Renumbering *r = arg;
    Var *var;

    if (!node_is(node, Var))
        return node_mutate(node, renumber, arg);
    var = node_copy(node);
    if (var->attno == 0)
        r->has_whole_row = true;
    else if (var->attno > 0)
        var->attno = r->numbers[var->attno - 1];
    if (var->syntax_rt_index == (uint32_t)var->rt_index)
        var->syntax_attno = var->attno;
    return (Node *)(void *)var;
}

/* detail: of a refusal, when the expression speaks of the whole row. */
static Node *renumbered(const Likeness *like, const char *text, const char *detail)
{
    Renumbering r = {.numbers = like->numbers};
    Node *expr = renumber(node_read_text(text), &r);

    if (r.has_whole_row)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot convert whole-row table reference", .detail = detail);
    return expr;
}

/* ---- When the table is there ---- */

static int16_t find_number(const Relation *table, const char *name)
{
    for (unsigned i = 0; i < table->desc->count; i++) {
        if (strcmp(table->desc->columns[i].name, name) == 0)
            return (int16_t)(i + 1);
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, table->name));
}

static void finish_one(const TableParts *parts, const LikeSource *source, Oid table)
{
    Likeness like = {.parts = parts, .options = source->options};

    like.source = relation_open(source->relation, LOCK_NONE);
    like.desc = tuple_desc_copy(like.source->desc);
    like.table = relation_open(table, LOCK_NONE);
    like.numbers = mem_new_array(int16_t, like.desc->count);
    for (unsigned i = 0; i < like.desc->count; i++) {
        const Column *column = &like.desc->columns[i];

        if (!column->is_dropped)
            like.numbers[i] = find_number(like.table, column->name);
    }
    copy_defaults(&like);
    copy_checks(&like);
    txn_advance_command();
    if ((like.options & LIKE_COMMENTS) != 0)
        copy_comments(&like);
    if ((like.options & LIKE_INDEXES) != 0)
        copy_indexes(&like);
    relation_close(like.table, LOCK_NONE);
    relation_close(like.source, LOCK_NONE);
}

void table_like_finish(const TableParts *parts, Oid table)
{
    array_foreach(const LikeSource, source, &parts->likes)
        finish_one(parts, source, table);
}

static void copy_defaults(const Likeness *like)
{
    const struct TupleExtra *extra = like->desc->extra;

    for (unsigned i = 0; extra != NULL && i < extra->default_count; i++) {
        int16_t number = extra->defaults[i].number;
        const Column *column = &like->desc->columns[number - 1];
        bool is_generated = column->generated != '\0';
        Node *expr;

        if (column->is_dropped ||
            (like->options & (is_generated ? LIKE_GENERATED : LIKE_DEFAULTS)) == 0)
            continue;
        expr = renumbered(like, extra->defaults[i].expression,
                          mem_printf("Generation expression for column \"%s\" contains a "
                                     "whole-row reference to table \"%s\".",
                                     column->name, like->source->name));
        default_make(like->table, like->numbers[number - 1], expr, NULL);
    }
}

static void copy_checks(const Likeness *like)
{
    const struct TupleExtra *extra = like->desc->extra;
    List *checks = NULL;

    if ((like->options & LIKE_CONSTRAINTS) == 0)
        return;
    for (unsigned i = 0; extra != NULL && i < extra->check_count; i++) {
        const struct CheckConstraint *from = &extra->checks[i];
        Constraint *check = node_new(Constraint);

        check->kind = CONSTR_CHECK;
        check->name = mem_strdup(from->name);
        check->is_no_inherit = from->no_inherit;
        check->loc = NODE_NO_LOCATION;
        check->expr = renumbered(like, from->expression,
                                 mem_printf("Constraint \"%s\" contains a whole-row reference to "
                                            "table \"%s\".",
                                            from->name, like->source->name));
        checks = list_add(checks, check);
    }
    table_store_checks(like->table, checks);
}

/* ---- Comments ---- */

static void copy_comment(const ObjectAddress *from, const ObjectAddress *to)
{
    const char *text = comment_get(from);

    if (text != NULL)
        comment_set(to, text);
}

/* On columns, and on checks if those are there. */
static void copy_comments(const Likeness *like)
{
    const struct TupleExtra *extra = like->desc->extra;

    for (unsigned i = 0; i < like->desc->count; i++) {
        const ObjectAddress from = {PG_CLASS_CATALOG, like->source->oid, (int32_t)i + 1};
        const ObjectAddress to = {PG_CLASS_CATALOG, like->table->oid, like->numbers[i]};

        if (to.sub != 0)
            copy_comment(&from, &to);
    }
    if ((like->options & LIKE_CONSTRAINTS) == 0)
        return;
    for (unsigned i = 0; extra != NULL && i < extra->check_count; i++) {
        const char *name = mem_strdup(extra->checks[i].name);
        const ObjectAddress from =
            object_address(PG_CONSTRAINT_CATALOG, constraint_find(like->source->oid, name));
        const ObjectAddress to =
            object_address(PG_CONSTRAINT_CATALOG, constraint_find(like->table->oid, name));

        copy_comment(&from, &to);
    }
}

/* ---- Indexes ---- */

static const char *tablespace_name(Oid tablespace)
{
    const HeapTuple *row;

    if (tablespace == 0)
        return NULL;
    row = syscache_peek(CACHE_TABLESPACEOID, datum_of_u32(tablespace));
    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("tablespace with OID %u does not exist", tablespace));
    return mem_strdup(CACHE_ROW(PgTablespace, row)->spcname);
}

static void take_constraint(IndexMake *make, Oid index)
{
    Oid constraint = depend_index_constraint(index);
    const HeapTuple *row =
        constraint != 0 ? syscache_peek(CACHE_CONSTROID, datum_of_u32(constraint)) : NULL;

    if (row == NULL)
        return;
    make->has_constraint = true;
    make->is_deferrable = CACHE_ROW(PgConstraint, row)->condeferrable;
    make->is_deferred = CACHE_ROW(PgConstraint, row)->condeferred;
}

static void take_exprs(const Likeness *like, const Relation *from, IndexMake *make)
{
    const char *detail =
        mem_printf("Index \"%s\" contains a whole-row table reference.", from->name);

    if (from->index->expressions != NULL)
        make->exprs =
            (const List *)(const void *)renumbered(like, from->index->expressions, detail);
    if (from->index->predicate != NULL)
        make->predicate = renumbered(like, from->index->predicate, detail);
}

/* Under a name of its own; the marks of CLUSTER and of the replica identity are not taken over. */
static void copy_index(const Likeness *like, const Relation *from)
{
    IndexMake make = index_make_like(from);
    int16_t columns[INDEX_COLUMNS_MAX];
    ObjectAddress old, new;

    if (make.access_method != AM_BTREE || from->index->is_exclusion)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("copying index \"%s\" is not supported yet", from->name));
    for (unsigned i = 0; i < make.column_count; i++)
        columns[i] = make.columns[i] > 0 ? like->numbers[make.columns[i] - 1] : make.columns[i];
    make.columns = columns;
    make.is_primary = from->index->row->indisprimary;
    take_exprs(like, from, &make);
    take_constraint(&make, from->oid);
    make.tablespace = relation_new_tablespace(tablespace_name(from->row->reltablespace),
                                              like->table->persistence);
    if (make.is_primary)
        index_require_one_primary(like->table);
    make.name =
        index_choose_name(like->table, make.column_names, make.is_primary, make.has_constraint);
    old = object_address(PG_CLASS_CATALOG, from->oid);
    new = object_address(PG_CLASS_CATALOG, index_make(like->table, &make));
    if ((like->options & LIKE_COMMENTS) != 0)
        copy_comment(&old, &new);
    txn_advance_command();
}

static void copy_indexes(const Likeness *like)
{
    const RelationIndexes *all;
    unsigned count;
    Oid *oids;

    /* A view has none. */
    if (!like->source->row->relhasindex)
        return;
    all = relation_indexes(like->source);
    count = all->count;
    oids = mem_dup(all->oids, count * sizeof(Oid));
    for (unsigned i = 0; i < count; i++) {
        Relation *index = index_open(oids[i], LOCK_ACCESS_SHARE);

        copy_index(like, index);
        relation_close(index, LOCK_NONE);
    }
    mem_free(oids);
}
