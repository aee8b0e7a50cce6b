/* table_parts.c - columns and constraints as they are written; table_parts.h has the how. */
#include "common/base/base.h"

#include "server/command/table_parts.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/analyzer/position.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/foreign_key.h"
#include "server/command/identity_sequence.h"
#include "server/command/index_define.h"
#include "server/command/relation_name.h"
#include "server/command/sequence.h"
#include "server/command/table_like.h"
#include "server/expr/expr.h"
#include "server/fmgr/array_value.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/planner/expr_util.h"

static void add_column(TableParts *parts, const ColumnDef *def);
static void check_together(const TableParts *parts, const PartColumn *part,
                           const Constraint *latest);
static void add_table_constraint(TableParts *parts, const Constraint *constraint);
static void take_constraint(TableParts *parts, PartColumn *part, Constraint *constraint);
static const List *with_attributes(const TableParts *parts, const List *constraints);
static void finish_key(TableParts *parts, const Constraint *key);

void table_parts_init(TableParts *parts, const char *text, const char *table_name, Oid schema,
                      Relation *table)
{
    *parts = (TableParts){.text = text, .table_name = table_name, .schema = schema, .table = table};
    array_init(&parts->columns, sizeof(PartColumn));
    array_init(&parts->likes, sizeof(LikeSource));
}

void table_parts_add(TableParts *parts, const Node *element)
{
    switch (element->tag) {
    case NODE_ColumnDef:
        add_column(parts, (const ColumnDef *)(const void *)element);
        break;
    case NODE_Constraint:
        add_table_constraint(parts, (const Constraint *)(const void *)element);
        break;
    case NODE_TableLike:
        table_like_add(parts, (const TableLike *)(const void *)element);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %d", (int)element->tag));
    }
}

/* ---- Columns ---- */

/* "serial" and its kin stand for a type and a sequence. */
static Oid serial_type_of(const TableParts *parts, const ColumnDef *def)
{
    static const struct {
        const char *name;
        Oid type;
    } serials[] = {{"smallserial", TYPE_INT2}, {"serial2", TYPE_INT2},   {"serial", TYPE_INT4},
                   {"serial4", TYPE_INT4},     {"bigserial", TYPE_INT8}, {"serial8", TYPE_INT8}};
    const TypeName *type = def->type;
    const String *name;

    if (type == NULL || list_count(type->names) != 1 || type->is_reference)
        return 0;
    name = list_at(type->names, 0);
    for (unsigned i = 0; i < ARRAY_LEN(serials); i++) {
        if (strcmp(name->value, serials[i].name) != 0)
            continue;
        if (type->array_bounds != NULL)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "array of serial is not implemented",
                      .position = text_position(parts->text, type->loc));
        return serials[i].type;
    }
    return 0;
}

_Noreturn static void raise_of_column(const TableParts *parts, const PartColumn *part,
                                      const Constraint *constraint, const char *what)
{
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("%s column \"%s\" of table \"%s\"", what, part->def->name,
                                 parts->table_name),
              .position = text_position(parts->text, constraint->loc));
}

static void add_column(TableParts *parts, const ColumnDef *def)
{
    PartColumn *part = array_push(&parts->columns);

    *part = (PartColumn){.def = def};
    part->serial_type = serial_type_of(parts, def);
    list_foreach(Constraint *, constraint, with_attributes(parts, def->constraints)) {
        take_constraint(parts, part, constraint);
        check_together(parts, part, constraint);
    }
    if (part->serial_type != 0) {
        Constraint *implied = node_new(Constraint);

        /* What serial stands for comes last; its expression when the sequence has a name. */
        implied->loc = NODE_NO_LOCATION;
        implied->kind = CONSTR_DEFAULT;
        take_constraint(parts, part, implied);
        check_together(parts, part, implied);
        implied = node_copy(implied);
        implied->kind = CONSTR_NOT_NULL;
        take_constraint(parts, part, implied);
    }
}

static void check_together(const TableParts *parts, const PartColumn *part,
                           const Constraint *latest)
{
    bool has_generated = part->default_of != NULL && part->default_of->kind == CONSTR_GENERATED;
    bool has_default = part->default_of != NULL && !has_generated;

    if (has_default && part->identity != NULL)
        raise_of_column(parts, part, latest, "both default and identity specified for");
    if (part->has_both)
        raise_of_column(parts, part, latest,
                        "both default and generation expression specified for");
    if (part->identity != NULL && has_generated)
        raise_of_column(parts, part, latest,
                        "both identity and generation expression specified for");
}

static void take_null(TableParts *parts, PartColumn *part, const Constraint *constraint)
{
    bool is_not_null = constraint->kind == CONSTR_NOT_NULL;

    if (is_not_null ? part->is_null : part->is_not_null)
        raise_of_column(parts, part, constraint, "conflicting NULL/NOT NULL declarations for");
    part->is_not_null = part->is_not_null || is_not_null;
    part->is_null = part->is_null || !is_not_null;
}

static void take_default(TableParts *parts, PartColumn *part, const Constraint *constraint)
{
    bool is_generated = constraint->kind == CONSTR_GENERATED;
    bool was_generated = part->default_of != NULL && part->default_of->kind == CONSTR_GENERATED;

    if (is_generated && was_generated)
        raise_of_column(parts, part, constraint, "multiple generation clauses specified for");
    if (!is_generated && part->default_of != NULL && !was_generated)
        raise_of_column(parts, part, constraint, "multiple default values specified for");
    part->has_both = part->default_of != NULL;
    part->default_of = constraint;
    part->default_expr = constraint->expr;
}

/* A key of a column alone, which need not be named again. */
static void take_key(TableParts *parts, const PartColumn *part, const Constraint *constraint)
{
    Constraint *key = node_copy(constraint);

    if (key->keys == NULL) {
        String *name = node_new(String);

        name->value = part->def->name;
        key->keys = list_of(name);
    }
    parts->keys = list_add(parts->keys, key);
}

static void take_foreign_key(TableParts *parts, const PartColumn *part,
                             const Constraint *constraint)
{
    Constraint *key = node_copy(constraint);

    key->keys = list_of(node_string(part->def->name));
    parts->foreign_keys = list_add(parts->foreign_keys, key);
}

static void take_constraint(TableParts *parts, PartColumn *part, Constraint *constraint)
{
    switch (constraint->kind) {
    case CONSTR_NULL:
    case CONSTR_NOT_NULL:
        take_null(parts, part, constraint);
        break;
    case CONSTR_DEFAULT:
    case CONSTR_GENERATED:
        take_default(parts, part, constraint);
        break;
    case CONSTR_IDENTITY:
        if (part->identity != NULL)
            raise_of_column(parts, part, constraint, "multiple identity specifications for");
        part->identity = constraint;
        part->is_not_null = true;
        break;
    case CONSTR_CHECK:
        parts->checks = list_add(parts->checks, constraint);
        break;
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
        take_key(parts, part, constraint);
        break;
    case CONSTR_FOREIGN:
        take_foreign_key(parts, part, constraint);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized constraint type: %d", (int)constraint->kind));
    }
}

static void add_table_constraint(TableParts *parts, const Constraint *constraint)
{
    switch (constraint->kind) {
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
        parts->keys = list_add(parts->keys, (void *)(uintptr_t)constraint);
        break;
    case CONSTR_CHECK:
        parts->checks = list_add(parts->checks, (void *)(uintptr_t)constraint);
        break;
    case CONSTR_FOREIGN:
        parts->foreign_keys = list_add(parts->foreign_keys, (void *)(uintptr_t)constraint);
        break;
    case CONSTR_EXCLUSION:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "exclusion constraints are not supported yet");
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized constraint type: %d", (int)constraint->kind));
    }
}

/* ---- DEFERRABLE and its kin, which stand behind the constraint that they are of ---- */

typedef struct Attributes {
    const TableParts *parts;
    Constraint *last; /* that they may be of; NULL: none */
    bool saw_deferrability, saw_initially;
} Attributes;

static bool may_be_deferred(const Constraint *constraint)
{
    return constraint != NULL &&
           (constraint->kind == CONSTR_PRIMARY || constraint->kind == CONSTR_UNIQUE ||
            constraint->kind == CONSTR_EXCLUSION || constraint->kind == CONSTR_FOREIGN);
}

_Noreturn static void raise_attribute(const Attributes *a, const Constraint *word,
                                      const char *message)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = message,
              .position = text_position(a->parts->text, word->loc));
}

static void take_deferrability(Attributes *a, const Constraint *word)
{
    bool is_deferrable = word->kind == CONSTR_DEFERRABLE;

    if (!may_be_deferred(a->last))
        raise_attribute(a, word,
                        is_deferrable ? "misplaced DEFERRABLE clause"
                                      : "misplaced NOT DEFERRABLE clause");
    if (a->saw_deferrability)
        raise_attribute(a, word, "multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed");
    a->saw_deferrability = true;
    a->last->is_deferrable = is_deferrable;
    if (!is_deferrable && a->saw_initially && a->last->is_deferred)
        raise_attribute(a, word, "constraint declared INITIALLY DEFERRED must be DEFERRABLE");
}

static void take_initially(Attributes *a, const Constraint *word)
{
    bool is_deferred = word->kind == CONSTR_DEFERRED;

    if (!may_be_deferred(a->last))
        raise_attribute(a, word,
                        is_deferred ? "misplaced INITIALLY DEFERRED clause"
                                    : "misplaced INITIALLY IMMEDIATE clause");
    if (a->saw_initially)
        raise_attribute(a, word, "multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed");
    a->saw_initially = true;
    a->last->is_deferred = is_deferred;
    if (is_deferred && !a->saw_deferrability)
        a->last->is_deferrable = true;
    else if (is_deferred && !a->last->is_deferrable)
        raise_attribute(a, word, "constraint declared INITIALLY DEFERRED must be DEFERRABLE");
}

/* Copies of the constraints, with what the words behind them say. */
static const List *with_attributes(const TableParts *parts, const List *constraints)
{
    Attributes a = {.parts = parts};
    List *out = NULL;

    list_foreach(const Constraint *, constraint, constraints) {
        switch (constraint->kind) {
        case CONSTR_DEFERRABLE:
        case CONSTR_NOT_DEFERRABLE:
            take_deferrability(&a, constraint);
            break;
        case CONSTR_DEFERRED:
        case CONSTR_IMMEDIATE:
            take_initially(&a, constraint);
            break;
        default:
            a = (Attributes){.parts = parts, .last = node_copy(constraint)};
            out = list_add(out, a.last);
            break;
        }
    }
    return out;
}

/* ---- Keys ---- */

static PartColumn *find_column(const TableParts *parts, const char *name)
{
    array_foreach(PartColumn, part, &parts->columns) {
        if (strcmp(part->def->name, name) == 0)
            return part;
    }
    return NULL;
}

static void finish_key(TableParts *parts, const Constraint *key)
{
    bool is_primary = key->kind == CONSTR_PRIMARY;

    for (int i = 0; i < list_count(key->keys); i++) {
        const char *name = ((const String *)list_at(key->keys, i))->value;
        PartColumn *part = find_column(parts, name);

        /* Of a table that is there the columns are looked for when it is changed. */
        if (part == NULL && parts->table == NULL && relation_find_system_column(name) == NULL)
            err_raise(SQLSTATE_UNDEFINED_COLUMN,
                      .message = err_fmt("column \"%s\" named in key does not exist", name),
                      .position = text_position(parts->text, key->loc));
        for (int k = 0; k < i; k++) {
            if (strcmp(((const String *)list_at(key->keys, k))->value, name) == 0)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message = err_fmt("column \"%s\" appears twice in %s constraint", name,
                                             is_primary ? "primary key" : "unique"),
                          .position = text_position(parts->text, key->loc));
        }
        if (part != NULL && is_primary)
            part->is_not_null = true;
    }
}

void table_parts_finish(TableParts *parts)
{
    bool has_primary = false;

    list_foreach(const Constraint *, key, parts->keys) {
        if (key->kind == CONSTR_PRIMARY && has_primary)
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message = err_fmt("multiple primary keys for table \"%s\" are not allowed",
                                         parts->table_name),
                      .position = text_position(parts->text, key->loc));
        has_primary = has_primary || key->kind == CONSTR_PRIMARY;
        finish_key(parts, key);
    }
}

static bool is_same_key(const Constraint *a, const Constraint *b)
{
    return node_equal(a->keys, b->keys) && node_equal(a->including, b->including) &&
           a->is_nulls_not_distinct == b->is_nulls_not_distinct &&
           a->is_deferrable == b->is_deferrable && a->is_deferred == b->is_deferred;
}

static void make_key(const TableParts *parts, Oid table, const Constraint *key)
{
    IndexDefine define = {
        .name = key->name,
        .access_method = "btree",
        .tablespace = key->tablespace,
        .options = key->options,
        .is_unique = true,
        .nulls_are_equal = key->is_nulls_not_distinct,
        .is_primary = key->kind == CONSTR_PRIMARY,
        .is_constraint = true,
        .is_deferrable = key->is_deferrable,
        .is_deferred = key->is_deferred,
        .text = parts->text,
    };
    List *columns = NULL, *including = NULL;
    Relation *rel;

    list_foreach(const String *, name, key->keys) {
        IndexElem *elem = node_new(IndexElem);

        elem->name = name->value;
        columns = list_add(columns, elem);
    }
    list_foreach(const String *, name, key->including) {
        IndexElem *elem = node_new(IndexElem);

        elem->name = name->value;
        including = list_add(including, elem);
    }
    define.columns = columns;
    define.including = including;
    rel = table_open(table, LOCK_NONE);
    index_define(rel, &define);
    relation_close(rel, LOCK_NONE);
    txn_advance_command();
}

/* The primary key first; one that says what another one does is not made twice. */
void table_parts_make_keys(const TableParts *parts, Oid table)
{
    List *kept = NULL;

    list_foreach(Constraint *, key, parts->keys) {
        if (key->kind == CONSTR_PRIMARY)
            kept = list_add(kept, key);
    }
    list_foreach(Constraint *, key, parts->keys) {
        bool is_new = key->kind != CONSTR_PRIMARY;

        list_foreach(Constraint *, other, kept) {
            if (is_new && is_same_key(key, other)) {
                is_new = false;
                if (other->name == NULL)
                    other->name = key->name;
            }
        }
        if (is_new)
            kept = list_add(kept, key);
    }
    list_foreach(const Constraint *, key, kept)
        make_key(parts, table, key);
}

void table_parts_make_foreign_keys(const TableParts *parts, Oid table)
{
    list_foreach(const Constraint *, key, parts->foreign_keys) {
        Relation *rel = table_open(table, LOCK_NONE);

        foreign_key_make(rel, key, true);
        relation_close(rel, LOCK_NONE);
        txn_advance_command();
    }
}

/* ---- Sequences ---- */

/* nextval('s.t_c_seq'::regclass), as it would be written. */
static Node *next_value_of(Oid schema, const char *name)
{
    TypeName *type = node_new(TypeName);
    TypeCast *cast = node_new(TypeCast);
    FuncCall *call = node_new(FuncCall);
    RawConst *text = node_new(RawConst);

    type->names = list_of2(node_string("pg_catalog"), node_string("regclass"));
    type->typmod = -1;
    type->loc = NODE_NO_LOCATION;
    text->kind = CONST_STRING;
    text->value = name_qualified(schema_name(schema), name);
    text->loc = NODE_NO_LOCATION;
    cast->arg = (Node *)(void *)text;
    cast->type = type;
    cast->loc = NODE_NO_LOCATION;
    call->name = list_of2(node_string("pg_catalog"), node_string("nextval"));
    call->args = list_of(cast);
    call->loc = NODE_NO_LOCATION;
    return (Node *)(void *)call;
}

static void make_serial(TableParts *parts, PartColumn *part, Oid owner, char persistence)
{
    const SequenceMake make = {
        .name =
            relation_choose_name(parts->table_name, part->def->name, "seq", parts->schema, false),
        .schema = parts->schema,
        .owner = owner,
        .persistence = persistence,
        .type = part->serial_type,
        .text = parts->text,
    };

    part->sequence = sequence_make(&make);
    part->default_expr = next_value_of(parts->schema, make.name);
}

static void make_identity(TableParts *parts, PartColumn *part, Oid owner, char persistence)
{
    int32_t typmod;
    const IdentitySequence make = {
        .table = parts->table_name,
        .column = part->def->name,
        .schema = parts->schema,
        .owner = owner,
        .persistence = persistence,
        .type = part->like != NULL ? 0 : analyzer_type(part->def->type, parts->text, &typmod),
        .options = part->identity->options,
        .text = parts->text,
    };

    part->sequence = identity_sequence_make(&make);
}

void table_parts_make_sequences(TableParts *parts, Oid owner, char persistence)
{
    array_foreach(PartColumn, part, &parts->columns) {
        if (part->serial_type != 0)
            make_serial(parts, part, owner, persistence);
        else if (part->identity != NULL)
            make_identity(parts, part, owner, persistence);
    }
}

void table_parts_own_sequences(const TableParts *parts, Oid table, int first)
{
    for (size_t i = 0; i < parts->columns.count; i++) {
        const PartColumn *part = array_at(&parts->columns, i);

        if (part->sequence != 0)
            sequence_set_owner(part->sequence, table, first + (int)i, part->identity != NULL);
    }
}

/* ---- What a column is ---- */

static char compression_of(const TableParts *parts UNUSED, const ColumnDef *def, const Column *c)
{
    char method;

    if (def->compression == NULL || strcmp(def->compression, "default") == 0)
        return '\0';
    if (c->storage == 'p' || c->storage == 'e' || c->len != -1) {
        char *type = type_shown(c->type);

        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("column data type %s does not support compression", type));
    }
    method = strcmp(def->compression, "pglz") == 0  ? 'p'
             : strcmp(def->compression, "lz4") == 0 ? 'l'
                                                    : '\0';
    if (method == '\0')
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid compression method \"%s\"", def->compression));
    return method;
}

/* Its type as it is written, or as it is elsewhere. */
static void set_type(const TableParts *parts, const PartColumn *part, Column *out)
{
    const ColumnDef *def = part->def;

    out->type_mod = -1;
    if (part->like != NULL) {
        out->type = part->like->type;
        out->type_mod = part->like->type_mod;
    } else if (part->serial_type != 0) {
        out->type = part->serial_type;
    } else {
        out->type = analyzer_type(def->type, parts->text, &out->type_mod);
    }
    rights_require(PG_TYPE_CATALOG, out->type, role_current(), RIGHT_USAGE);
    if (part->like != NULL) {
        out->collation = part->like->collation;
        return;
    }
    if (def->type->is_setof)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = err_fmt("column \"%s\" cannot be declared SETOF", def->name));
    out->collation = analyzer_column_collation(def, out->type, parts->text);
    out->dimensions = (int16_t)list_count(def->type->array_bounds);
}

static void take_from_like(const PartColumn *part, Column *out)
{
    if ((part->like_options & LIKE_STORAGE) != 0)
        out->storage = part->like->storage;
    if ((part->like_options & LIKE_COMPRESSION) != 0)
        out->compression = part->like->compression;
    if ((part->like_options & LIKE_GENERATED) != 0)
        out->generated = part->like->generated;
}

void table_parts_describe(const TableParts *parts, const PartColumn *part, int number, Column *out)
{
    const ColumnDef *def = part->def;
    const HeapTuple *row;

    *out = (Column){.number = (int16_t)number};
    set_type(parts, part, out);
    memcpy(out->name, def->name, size_min(strlen(def->name), NAME_SIZE - 1));
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(out->type));
    out->len = CACHE_ROW(PgType, row)->typlen;
    out->by_value = CACHE_ROW(PgType, row)->typbyval;
    out->align = CACHE_ROW(PgType, row)->typalign;
    out->storage = CACHE_ROW(PgType, row)->typstorage;
    out->compression = compression_of(parts, def, out);
    out->not_null = part->is_not_null;
    out->generated =
        part->default_of != NULL && part->default_of->kind == CONSTR_GENERATED ? 's' : '\0';
    out->identity = part->identity != NULL ? part->identity->generated_when : '\0';
    out->is_local = true;
    out->stats_target = -1;
    if (part->like != NULL)
        take_from_like(part, out);
}

/* ---- Defaults and checks of a table that is there ---- */

/* What the default is now, for rows that are there already. */
static MissingValue missing_value(const Column *column, const Node *expr)
{
    const Const *value = expr_fold(expr, NULL);
    const ArrayElement element = {.type = column->type,
                                  .len = column->len,
                                  .by_value = column->by_value,
                                  .align = column->align};

    return value->is_null ? NULL : array_make_list(&element, &value->value, NULL, 1);
}

static void store_default(const TableParts *parts, Relation *table, const PartColumn *part,
                          int number)
{
    const Column *column = &table->desc->columns[number - 1];
    const ColumnExpr of = {.table = table,
                           .text = parts->table == NULL ? parts->text : NULL,
                           .column = column->name,
                           .type = column->type,
                           .typmod = column->type_mod};
    Node *raw = node_copy(part->default_expr);
    Node *expr =
        column->generated != '\0' ? analyzer_generated(&of, raw) : analyzer_default(&of, raw);

    /* DEFAULT NULL is what holds without it. */
    if (expr == NULL || (column->generated == '\0' && node_is(expr, Const) &&
                         ((const Const *)(const void *)expr)->is_null))
        return;
    default_make(table, number, expr,
                 parts->has_rows && column->generated == '\0' && !expr_has_volatile(expr)
                     ? missing_value(column, expr)
                     : NULL);
}

typedef struct ColumnsUsed {
    int16_t numbers[COLUMNS_MAX];
    unsigned count;
} ColumnsUsed;

static bool note_column(Node *node, void *arg)
{
    ColumnsUsed *used = arg;
    const Var *var = (const Var *)(const void *)node;

    if (node == NULL)
        return false;
    if (!node_is(node, Var))
        return node_walk(node, note_column, arg);
    for (unsigned i = 0; i < used->count; i++) {
        if (used->numbers[i] == var->attno)
            return false;
    }
    if (used->count < COLUMNS_MAX)
        used->numbers[used->count++] = (int16_t)var->attno;
    return false;
}

static char *check_name(const Relation *table, const ColumnsUsed *used, const List *names)
{
    const char *column = NULL;

    if (used->count == 1) {
        int number = used->numbers[0];

        if (number > 0)
            column = table->desc->columns[number - 1].name;
        else if (number < 0)
            column = relation_system_column(number)->name;
    }
    return constraint_choose_name(table->name, column, "check", table->schema, names);
}

static const char *store_check(Relation *table, const Constraint *check, bool is_valid, Node *expr,
                               List **names)
{
    ColumnsUsed *used = mem_new(ColumnsUsed);
    ConstraintMake make = {.schema = table->schema,
                           .kind = 'c',
                           .is_valid = is_valid,
                           .is_no_inherit = check->is_no_inherit,
                           .relation = table->oid,
                           .expr = expr,
                           .is_local = true};
    String *name = node_new(String);

    note_column(expr, used);
    if (check->name != NULL) {
        list_foreach(const String *, other, *names) {
            if (strcmp(other->value, check->name) == 0)
                err_raise(SQLSTATE_DUPLICATE_OBJECT,
                          .message =
                              err_fmt("check constraint \"%s\" already exists", check->name));
        }
        if (constraint_name_is_taken(table->oid, 0, check->name))
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("constraint \"%s\" for relation \"%s\" already exists",
                                         check->name, table->name));
        name->value = check->name;
    } else {
        name->value = check_name(table, used, *names);
    }
    *names = list_add(*names, name);
    make.name = name->value;
    make.columns = used->numbers;
    make.column_count = make.key_count = used->count;
    constraint_make(&make);
    mem_free(used);
    return make.name;
}

/* So many more are there. */
static void count_checks(Relation *table, const List *checks)
{
    int count = table->desc->extra != NULL ? table->desc->extra->check_count : 0;
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_i16(&row, PG_CLASS_COL_RELCHECKS, (int16_t)(count + list_count(checks)));
    relation_update_class(table->oid, &row);
}

void table_store_checks(Relation *table, const List *checks)
{
    List *names = NULL;

    if (checks == NULL)
        return;
    list_foreach(const Constraint *, check, checks)
        store_check(table, check, true, check->expr, &names);
    count_checks(table, checks);
}

void table_add_checks(const TableParts *parts, Relation *table, const List *checks, Array *added)
{
    List *names = NULL;

    if (checks == NULL)
        return;
    list_foreach(const Constraint *, check, checks) {
        Node *expr = analyzer_check(table, node_copy(check->expr), parts->text);
        bool is_valid = parts->table == NULL || !check->is_not_valid; /* new ones have no rows */
        const char *name = store_check(table, check, is_valid, expr, &names);

        if (added != NULL && !check->is_not_valid) {
            AddedCheck *item = array_push(added);

            *item = (AddedCheck){name, expr};
        }
    }
    count_checks(table, checks);
}

void table_parts_store(const TableParts *parts, Relation *table, int first)
{
    for (size_t i = 0; i < parts->columns.count; i++) {
        const PartColumn *part = array_at(&parts->columns, i);

        if (part->default_expr != NULL)
            store_default(parts, table, part, first + (int)i);
    }
    table_add_checks(parts, table, parts->checks, parts->added);
}
