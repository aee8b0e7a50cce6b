/* depend_expr.c - the objects that an expression or a query uses; depend.h has the how. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/node/expr.h"

typedef struct Finder {
    ObjectList *out;
    const List *tables; /* range tables, innermost first */
} Finder;

static bool find(Node *node, void *arg);
static void find_in_query(Query *query, Finder *f);
static void find_in_join(const RangeTblEntry *rte, Finder *f);
static void find_var(const Var *var, const Finder *f);
static void find_const(const Const *c, const Finder *f);
static Oid relation_of_type(Oid type);

static void add(const Finder *f, Oid catalog, Oid oid)
{
    if (oid != 0)
        object_list_add(f->out, catalog, oid, 0);
}

/* The default collation is pinned, and everywhere. */
static void add_collation(const Finder *f, Oid collation)
{
    if (collation != COLLATION_DEFAULT)
        add(f, PG_COLLATION_CATALOG, collation);
}

static void add_type(const Finder *f, Oid type, Oid collation)
{
    add(f, PG_TYPE_CATALOG, type);
    add_collation(f, collation);
}

static void add_all(const Finder *f, Oid catalog, const List *oids)
{
    for (int i = 0; i < list_count(oids); i++) {
        Oid oid = list_oid_at(oids, i);

        if (catalog == PG_COLLATION_CATALOG)
            add_collation(f, oid);
        else
            add(f, catalog, oid);
    }
}

void depend_find_in_expr(const Node *expr, const List *range_table, ObjectList *out)
{
    Finder f = {.out = out, .tables = list_of((void *)(uintptr_t)range_table)};

    find((Node *)(uintptr_t)expr, &f);
}

/* ---- Kinds of nodes ---- */

#define NODE_AS(Kind) ((const Kind *)(const void *)node)

/* What has an operator, a function or a type of its own; what is below is found by the walk. */
static void find_here(const Node *node, const Finder *f)
{
    switch (node->tag) {
    case NODE_Param:
        add_type(f, NODE_AS(Param)->type, NODE_AS(Param)->collation);
        break;
    case NODE_FuncExpr:
        add(f, PG_PROC_CATALOG, NODE_AS(FuncExpr)->function);
        break;
    case NODE_OpExpr:
        add(f, PG_OPERATOR_CATALOG, NODE_AS(OpExpr)->operator);
        break;
    case NODE_DistinctExpr:
        add(f, PG_OPERATOR_CATALOG, NODE_AS(DistinctExpr)->operator);
        break;
    case NODE_NullIfExpr:
        add(f, PG_OPERATOR_CATALOG, NODE_AS(NullIfExpr)->operator);
        break;
    case NODE_ScalarArrayOpExpr:
        add(f, PG_OPERATOR_CATALOG, NODE_AS(ScalarArrayOpExpr)->operator);
        break;
    case NODE_Aggref:
        add(f, PG_PROC_CATALOG, NODE_AS(Aggref)->function);
        break;
    case NODE_WindowFunc:
        add(f, PG_PROC_CATALOG, NODE_AS(WindowFunc)->function);
        break;
    case NODE_SubscriptingRef:
        /* Its container and elements are noted by what is below. */
        if (NODE_AS(SubscriptingRef)->type != NODE_AS(SubscriptingRef)->container_type &&
            NODE_AS(SubscriptingRef)->type != NODE_AS(SubscriptingRef)->element_type)
            add(f, PG_TYPE_CATALOG, NODE_AS(SubscriptingRef)->type);
        break;
    case NODE_RelabelType:
        add_type(f, NODE_AS(RelabelType)->type, NODE_AS(RelabelType)->collation);
        break;
    case NODE_CoerceViaIO:
        add_type(f, NODE_AS(CoerceViaIO)->type, NODE_AS(CoerceViaIO)->collation);
        break;
    case NODE_ArrayCoerceExpr:
        add_type(f, NODE_AS(ArrayCoerceExpr)->type, NODE_AS(ArrayCoerceExpr)->collation);
        break;
    case NODE_ConvertRowtypeExpr:
        add(f, PG_TYPE_CATALOG, NODE_AS(ConvertRowtypeExpr)->type);
        break;
    case NODE_CollateExpr:
        add(f, PG_COLLATION_CATALOG, NODE_AS(CollateExpr)->collation);
        break;
    case NODE_RowExpr:
        add(f, PG_TYPE_CATALOG, NODE_AS(RowExpr)->type);
        break;
    case NODE_RowCompareExpr:
        add_all(f, PG_OPERATOR_CATALOG, NODE_AS(RowCompareExpr)->operators);
        add_all(f, PG_OPFAMILY_CATALOG, NODE_AS(RowCompareExpr)->families);
        break;
    case NODE_CoerceToDomain:
        add(f, PG_TYPE_CATALOG, NODE_AS(CoerceToDomain)->type);
        break;
    case NODE_NextValueExpr:
        add(f, PG_CLASS_CATALOG, NODE_AS(NextValueExpr)->sequence);
        break;
    case NODE_OnConflictExpr:
        add(f, PG_CONSTRAINT_CATALOG, NODE_AS(OnConflictExpr)->constraint);
        break;
    case NODE_SortGroupClause:
        add(f, PG_OPERATOR_CATALOG, NODE_AS(SortGroupClause)->equal_operator);
        add(f, PG_OPERATOR_CATALOG, NODE_AS(SortGroupClause)->sort_operator);
        break;
    case NODE_WindowClause:
        add(f, PG_PROC_CATALOG, NODE_AS(WindowClause)->start_function);
        add(f, PG_PROC_CATALOG, NODE_AS(WindowClause)->end_function);
        add_collation(f, NODE_AS(WindowClause)->range_collation);
        break;
    case NODE_CycleClause:
        add_type(f, NODE_AS(CycleClause)->mark_type, NODE_AS(CycleClause)->mark_collation);
        add(f, PG_OPERATOR_CATALOG, NODE_AS(CycleClause)->mark_not_equal);
        break;
    case NODE_RangeTblFunction:
        add_all(f, PG_TYPE_CATALOG, NODE_AS(RangeTblFunction)->column_types);
        add_all(f, PG_COLLATION_CATALOG, NODE_AS(RangeTblFunction)->column_collations);
        break;
    case NODE_TableFunc:
        add_all(f, PG_TYPE_CATALOG, NODE_AS(TableFunc)->column_types);
        add_all(f, PG_COLLATION_CATALOG, NODE_AS(TableFunc)->column_collations);
        break;
    case NODE_TableSampleClause:
        add(f, PG_PROC_CATALOG, NODE_AS(TableSampleClause)->handler);
        break;
    default:
        break;
    }
}

/* Columns of composite values are columns of the relation that the type is of. */
static void find_fields(const Node *node, const Finder *f)
{
    if (node->tag == NODE_FieldSelect) {
        const FieldSelect *select = NODE_AS(FieldSelect);
        Oid relation = relation_of_type(node_expr_type(select->arg));

        if (relation != 0)
            object_list_add(f->out, PG_CLASS_CATALOG, relation, select->field);
        else
            add(f, PG_TYPE_CATALOG, select->type);
        add_collation(f, select->collation);
    } else {
        const FieldStore *store = NODE_AS(FieldStore);
        Oid relation = relation_of_type(store->type);

        for (int i = 0; relation != 0 && i < list_count(store->fields); i++)
            object_list_add(f->out, PG_CLASS_CATALOG, relation, list_int_at(store->fields, i));
        if (relation == 0)
            add(f, PG_TYPE_CATALOG, store->type);
    }
}

static Oid relation_of_type(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    while (row != NULL && CACHE_ROW(PgType, row)->typtype == 'd')
        row = syscache_peek(CACHE_TYPEOID, datum_of_u32(CACHE_ROW(PgType, row)->typbasetype));
    return row != NULL ? CACHE_ROW(PgType, row)->typrelid : 0;
}

static bool find(Node *node, void *arg)
{
    Finder *f = arg;

    if (node == NULL)
        return false;
    switch (node->tag) {
    case NODE_Var:
        find_var(NODE_AS(Var), f);
        return false;
    case NODE_Const:
        find_const(NODE_AS(Const), f);
        return false;
    case NODE_Query:
        find_in_query((Query *)(void *)node, f);
        return false;
    case NODE_FieldSelect:
    case NODE_FieldStore:
        find_fields(node, f);
        break;
    case NODE_RangeTblEntry:
        /* Of a join find_in_query() looks at what matters. */
        if (NODE_AS(RangeTblEntry)->kind == RTE_JOIN)
            return false;
        break;
    default:
        find_here(node, f);
        break;
    }
    return node_walk(node, find, arg);
}

static void find_in_query(Query *query, Finder *f)
{
    const List *outer = f->tables;

    f->tables = list_add_first(query->range_table, list_concat(NULL, outer));
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if (rte->kind == RTE_RELATION)
            add(f, PG_CLASS_CATALOG, rte->relation);
        else if (rte->kind == RTE_JOIN)
            find_in_join(rte, f);
    }
    if ((query->command == COMMAND_INSERT || query->command == COMMAND_UPDATE) &&
        query->result_relation > 0) {
        const RangeTblEntry *rte = list_at(query->range_table, query->result_relation - 1);

        list_foreach(const TargetEntry *, target, query->targets) {
            if (rte->kind == RTE_RELATION && !target->is_junk)
                object_list_add(f->out, PG_CLASS_CATALOG, rte->relation, target->number);
        }
    }
    add_all(f, PG_CONSTRAINT_CATALOG, query->constraint_deps);
    if (query->set_operations != NULL)
        find(query->set_operations, f);
    node_walk((Node *)(void *)query, find, f);
    f->tables = outer;
}

/* Only of merged columns of USING does the expression say what nothing else does. */
static void find_in_join(const RangeTblEntry *rte, Finder *f)
{
    for (int i = 0; i < rte->merged_columns && i < list_count(rte->join_columns); i++)
        find(list_at(rte->join_columns, i), f);
}

/* ---- Leaves ---- */

static void find_var(const Var *var, const Finder *f)
{
    const List *tables;
    const RangeTblEntry *rte;

    if (var->levels_up >= (uint32_t)list_count(f->tables))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid varlevelsup %u", var->levels_up));
    tables = list_at(f->tables, (int)var->levels_up);
    if (var->rt_index <= 0 || var->rt_index > list_count(tables))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("invalid varno %d", var->rt_index));
    rte = list_at(tables, var->rt_index - 1);
    /* A whole row is of no column; its table is in the range table. */
    if (var->attno == 0)
        return;
    if (rte->kind == RTE_RELATION)
        object_list_add(f->out, PG_CLASS_CATALOG, rte->relation, var->attno);
    else if (rte->kind == RTE_FUNCTION) {
        int first = 0;

        list_foreach(const RangeTblFunction *, function, rte->functions) {
            int field = var->attno - first;

            if (field > 0 && field <= function->column_count) {
                Oid relation = function->column_types == NULL
                                   ? relation_of_type(node_expr_type(function->call))
                                   : 0;

                if (relation != 0)
                    object_list_add(f->out, PG_CLASS_CATALOG, relation, field);
            }
            first += function->column_count;
        }
    }
}

/* A constant of a type such as regclass names an object, if there is one of that number. */
static void find_const(const Const *c, const Finder *f)
{
    static const struct {
        Oid type, catalog;
        CacheId cache;
    } kinds[] = {
        {TYPE_REGPROC, PG_PROC_CATALOG, CACHE_PROCOID},
        {TYPE_REGPROCEDURE, PG_PROC_CATALOG, CACHE_PROCOID},
        {TYPE_REGOPER, PG_OPERATOR_CATALOG, CACHE_OPEROID},
        {TYPE_REGOPERATOR, PG_OPERATOR_CATALOG, CACHE_OPEROID},
        {TYPE_REGCLASS, PG_CLASS_CATALOG, CACHE_RELOID},
        {TYPE_REGTYPE, PG_TYPE_CATALOG, CACHE_TYPEOID},
        {TYPE_REGCOLLATION, PG_COLLATION_CATALOG, CACHE_COLLOID},
        {TYPE_REGCONFIG, PG_TS_CONFIG_CATALOG, CACHE_TSCONFIGOID},
        {TYPE_REGDICTIONARY, PG_TS_DICT_CATALOG, CACHE_TSDICTOID},
        {TYPE_REGNAMESPACE, PG_NAMESPACE_CATALOG, CACHE_NAMESPACEOID},
    };

    add_type(f, c->type, c->collation);
    if (c->is_null)
        return;
    if (c->type == TYPE_REGROLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("constant of the type %s cannot be used here", "regrole"));
    for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
        if (c->type == kinds[i].type &&
            syscache_peek(kinds[i].cache, datum_of_u32(datum_u32(c->value))) != NULL)
            add(f, kinds[i].catalog, datum_u32(c->value));
    }
}

/* ---- Noting ---- */

void depend_note_expr(const ObjectAddress *who, const Node *expr, const List *range_table,
                      DependKind kind)
{
    ObjectList on;

    object_list_init(&on);
    depend_find_in_expr(expr, range_table, &on);
    depend_note_list(who, &on, kind);
}

void depend_note_table_expr(const ObjectAddress *who, const Node *expr, Oid table, DependKind kind,
                            DependKind self_kind, bool is_ignoring_self)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    ObjectList all, others, own;

    rte->kind = RTE_RELATION;
    rte->relation = table;
    object_list_init(&all);
    object_list_init(&others);
    object_list_init(&own);
    depend_find_in_expr(expr, list_of(rte), &all);
    object_list_unify(&all);
    array_foreach(ObjectAddress, item, &all) {
        bool is_own = item->catalog == PG_CLASS_CATALOG && item->oid == table;

        object_list_add(is_own ? &own : &others, item->catalog, item->oid, item->sub);
    }
    depend_note_list(who, &others, kind);
    if (!is_ignoring_self)
        depend_note_list(who, &own, self_kind);
}
