/* build_table.c - what the grammar makes of tables, their columns and constraints. */
#include "common/base/base.h"

#include <limits.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/build.h"

/* ---- Options ---- */

Option *build_option(const char *name, void *arg, int location)
{
    Option *option = node_new(Option);

    option->name = name;
    option->arg = arg;
    option->loc = location;
    return option;
}

Option *build_option_action(void *option, OptionAction action)
{
    Option *changed = option;

    changed->action = action;
    return changed;
}

List *build_flag_option(const char *name, bool is_set, int location)
{
    return is_set ? list_of(build_option(name, NULL, location)) : NULL;
}

Option *build_identity_option(Parser *p, void *option, int location)
{
    const char *name = ((Option *)option)->name;

    if (strcmp(name, "as") == 0 || strcmp(name, "restart") == 0 || strcmp(name, "owned_by") == 0)
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   err_fmt("sequence option \"%s\" not supported here", name), location);
    return option;
}

/* ---- Columns ---- */

/* Constraints of a column, its collation sorted out. */
ColumnDef *build_column(Parser *p, const char *name, TypeName *type, List *constraints,
                        int location)
{
    ColumnDef *column = node_new(ColumnDef);

    column->name = name;
    column->type = type;
    column->loc = location;
    column->constraints = build_split_collation(p, constraints, &column->collation);
    return column;
}

ColumnDef *build_column_def(Parser *p, const char *name, TypeName *type, const char *compression,
                            List *fdw_options, List *constraints, int location)
{
    ColumnDef *column = build_column(p, name, type, constraints, location);

    column->compression = compression;
    column->fdw_options = fdw_options;
    return column;
}

List *build_split_collation(Parser *p, List *constraints, CollateClause **collation)
{
    List *rest = NULL;

    *collation = NULL;
    list_foreach(Node *, item, constraints) {
        if (!node_is(item, CollateClause)) {
            rest = list_add(rest, item);
            continue;
        }
        if (*collation != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "multiple COLLATE clauses not allowed",
                       node_location(item));
        *collation = (CollateClause *)(void *)item;
    }
    return rest;
}

CreateDomainStmt *build_domain(Parser *p, List *name, TypeName *type, List *constraints)
{
    CreateDomainStmt *stmt = node_new(CreateDomainStmt);

    stmt->name = name;
    stmt->type = type;
    stmt->constraints = build_split_collation(p, constraints, &stmt->collation);
    return stmt;
}

/* ---- Constraints ---- */

Constraint *build_named_constraint(const char *name, void *constraint, int location)
{
    Constraint *named = constraint;

    named->name = name;
    named->loc = location;
    return named;
}

Constraint *build_generated(Parser *p, char when, void *expr, int location, int when_at)
{
    Constraint *constraint = node_new(Constraint);

    if (when != 'a')
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   "for a generated column, GENERATED ALWAYS must be specified", when_at);
    constraint->kind = CONSTR_GENERATED;
    constraint->generated_when = when;
    constraint->expr = expr;
    constraint->loc = location;
    return constraint;
}

Constraint *build_update_action(Parser *p, void *action, int location)
{
    Constraint *update = action;

    if (update->on_delete_columns != NULL)
        build_fail(p, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   err_fmt("a column list with %s is only supported for ON DELETE actions",
                           update->on_delete == 'n' ? "SET NULL" : "SET DEFAULT"),
                   location);
    return update;
}

Constraint *build_key_actions(void *on_update, void *on_delete)
{
    Constraint *actions = node_new(Constraint);
    const Constraint *update = on_update;
    const Constraint *delete = on_delete;

    actions->on_update = (char)(update == NULL ? 'a' : update->on_delete);
    actions->on_delete = (char)(delete == NULL ? 'a' : delete->on_delete);
    actions->on_delete_columns = delete == NULL ? NULL : delete->on_delete_columns;
    return actions;
}

Constraint *build_foreign_key(List *keys, void *references, List *columns, char match,
                              void *key_actions, int location)
{
    Constraint *constraint = key_actions;

    constraint->kind = CONSTR_FOREIGN;
    constraint->keys = keys;
    constraint->references = references;
    constraint->reference_columns = columns;
    constraint->match = match;
    constraint->loc = location;
    return constraint;
}

int build_attribute_bits(Parser *p, int bits, int bit, int location)
{
    bits |= bit;
    if ((bits & ATTR_NOT_DEFERRABLE) && (bits & ATTR_DEFERRED))
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   "constraint declared INITIALLY DEFERRED must be DEFERRABLE", location);
    if (((bits & ATTR_NOT_DEFERRABLE) && (bits & ATTR_DEFERRABLE)) ||
        ((bits & ATTR_IMMEDIATE) && (bits & ATTR_DEFERRED)))
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "conflicting constraint properties", location);
    return bits;
}

/* Set what bits say of a constraint; allowed are those that its kind knows. */
Constraint *build_attributes(Parser *p, void *constraint, int bits, int location, const char *kind,
                             int allowed)
{
    Constraint *changed = constraint;

    if ((bits & (ATTR_DEFERRABLE | ATTR_DEFERRED)) && !(allowed & ATTR_DEFER))
        build_fail_unsupported(p, err_fmt("%s constraints cannot be marked DEFERRABLE", kind),
                               location);
    if ((bits & ATTR_NOT_VALID) && !(allowed & ATTR_NOT_VALID))
        build_fail_unsupported(p, err_fmt("%s constraints cannot be marked NOT VALID", kind),
                               location);
    if ((bits & ATTR_NO_INHERIT) && !(allowed & ATTR_NO_INHERIT))
        build_fail_unsupported(p, err_fmt("%s constraints cannot be marked NO INHERIT", kind),
                               location);
    changed->is_deferrable = (bits & (ATTR_DEFERRABLE | ATTR_DEFERRED)) != 0;
    changed->is_deferred = (bits & ATTR_DEFERRED) != 0;
    changed->is_not_valid = (bits & ATTR_NOT_VALID) != 0;
    changed->is_no_inherit = (bits & ATTR_NO_INHERIT) != 0;
    return changed;
}

/* ---- Partitions, indexes ---- */

PartitionSpec *build_partition_spec(Parser *p, const char *strategy, List *elements, int location)
{
    PartitionSpec *spec = node_new(PartitionSpec);

    (void)p;
    spec->strategy = strategy;
    spec->elements = elements;
    spec->loc = location;
    return spec;
}

PartitionBound *build_hash_bound(Parser *p, List *options, int location)
{
    PartitionBound *bound = node_new(PartitionBound);

    bound->strategy = PARTITION_HASH;
    bound->modulus = bound->remainder = -1;
    bound->loc = location;
    list_foreach(Option *, option, options) {
        int value = ((Integer *)(void *)option->arg)->value;
        bool is_modulus = strcmp(option->name, "modulus") == 0;
        int *field = is_modulus ? &bound->modulus : &bound->remainder;

        if (!is_modulus && strcmp(option->name, "remainder") != 0)
            build_fail(
                p, SQLSTATE_SYNTAX_ERROR,
                err_fmt("unrecognized hash partition bound specification \"%s\"", option->name),
                option->loc);
        if (*field != -1)
            build_fail(p, SQLSTATE_DUPLICATE_OBJECT,
                       is_modulus ? "modulus for hash partition provided more than once"
                                  : "remainder for hash partition provided more than once",
                       option->loc);
        *field = value;
    }
    if (bound->modulus == -1)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "modulus for hash partition must be specified", -1);
    if (bound->remainder == -1)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "remainder for hash partition must be specified", -1);
    return bound;
}

IndexElem *build_index_column(void *rest, const char *name, void *expr, int location)
{
    IndexElem *element = rest;

    element->name = name;
    element->expr = expr;
    element->loc = location;
    return element;
}

/* ---- CREATE TABLE AS, views ---- */

CreateTableAsStmt *build_table_as(void *query, void *into, char persistence, bool is_without_data,
                                  ObjectKind kind, bool if_not_exists)
{
    CreateTableAsStmt *stmt = node_new(CreateTableAsStmt);

    stmt->query = query;
    stmt->into = into;
    stmt->into->relation->persistence = persistence;
    stmt->into->is_without_data = is_without_data;
    stmt->kind = kind;
    stmt->if_not_exists = if_not_exists;
    return stmt;
}

/* WITH RECURSIVE view (columns) AS (query) SELECT columns FROM view */
static SelectStmt *recursive_query(const RangeVar *view, List *columns, void *query)
{
    CommonTableExpr *table = node_new(CommonTableExpr);
    WithClause *with = node_new(WithClause);
    SelectStmt *select = node_new(SelectStmt);

    table->name = view->relation;
    table->columns = columns;
    table->query = query;
    table->loc = NODE_NO_LOCATION;
    with->is_recursive = true;
    with->tables = list_of(table);
    with->loc = NODE_NO_LOCATION;
    select->with = with;
    list_foreach(String *, column, columns) {
        Target *target = node_new(Target);
        ColumnRef *ref = node_new(ColumnRef);

        ref->fields = build_name(column->value);
        ref->loc = NODE_NO_LOCATION;
        target->value = (Node *)(void *)ref;
        target->loc = NODE_NO_LOCATION;
        select->targets = list_add(select->targets, target);
    }
    select->from = list_of(node_new(RangeVar));
    *(RangeVar *)list_at(select->from, 0) = (RangeVar){.tag = NODE_RangeVar,
                                                       .relation = view->relation,
                                                       .is_inherited = true,
                                                       .persistence = 'p',
                                                       .loc = NODE_NO_LOCATION};
    return select;
}

ViewStmt *build_recursive_view(Parser *p, void *view, List *columns, List *options, void *query,
                               const char *check_option, int check_at, bool is_replace)
{
    ViewStmt *stmt = node_new(ViewStmt);

    if (check_option != NULL)
        build_fail_unsupported(p, "WITH CHECK OPTION not supported on recursive views", check_at);
    stmt->view = view;
    stmt->columns = columns;
    stmt->options = options;
    stmt->is_replace = is_replace;
    stmt->is_recursive = true;
    stmt->query = (Node *)(void *)recursive_query(view, columns, query);
    return stmt;
}

/* ---- ALTER TABLE ---- */

AlterTableStmt *build_alter_actions(void *subject, List *actions)
{
    AlterTableStmt *stmt = subject;

    stmt->actions = actions;
    return stmt;
}

AlterSequenceStmt *build_alter_sequence(void *subject, List *options)
{
    AlterSequenceStmt *stmt = node_new(AlterSequenceStmt);
    const AlterTableStmt *sequence = subject;

    stmt->sequence = sequence->relation;
    stmt->is_missing_ok = sequence->is_missing_ok;
    stmt->options = options;
    return stmt;
}

AlterTableCmd *build_action(AlterTableAction action, const char *name)
{
    AlterTableCmd *cmd = node_new(AlterTableCmd);

    cmd->action = action;
    cmd->name = name;
    return cmd;
}

AlterTableCmd *build_action_on(AlterTableAction action, const char *name, void *definition,
                               bool is_missing_ok)
{
    AlterTableCmd *cmd = build_action(action, name);

    cmd->definition = definition;
    cmd->is_missing_ok = is_missing_ok;
    return cmd;
}

AlterTableCmd *build_action_options(AlterTableAction action, const char *name, List *options)
{
    AlterTableCmd *cmd = build_action(action, name);

    cmd->options = options;
    return cmd;
}

AlterTableCmd *build_action_drop(AlterTableAction action, const char *name, Behavior behavior,
                                 bool is_missing_ok)
{
    AlterTableCmd *cmd = build_action(action, name);

    cmd->behavior = behavior;
    cmd->is_missing_ok = is_missing_ok;
    return cmd;
}

AlterTableCmd *build_numbered_action(Parser *p, int number, int target, int location)
{
    AlterTableCmd *cmd = build_action(AT_SET_STATISTICS, NULL);

    if (number <= 0 || number > INT16_MAX)
        build_fail(p, SQLSTATE_INVALID_PARAMETER_VALUE,
                   err_fmt("column number must be in range from 1 to %d", INT16_MAX), location);
    cmd->number = number;
    cmd->definition = (Node *)(void *)node_integer(target);
    return cmd;
}

RenameStmt *build_rename_relation(void *subject, const char *name)
{
    const AlterTableStmt *relation = subject;
    RenameStmt *stmt = node_new(RenameStmt);

    stmt->kind = stmt->relation_kind = relation->kind;
    stmt->relation = relation->relation;
    stmt->is_missing_ok = relation->is_missing_ok;
    stmt->new_name = name;
    return stmt;
}

RenameStmt *build_rename_part(ObjectKind kind, void *subject, const char *old_name,
                              const char *new_name)
{
    RenameStmt *stmt = build_rename_relation(subject, new_name);

    stmt->kind = kind;
    stmt->old_name = old_name;
    return stmt;
}

AlterObjectSchemaStmt *build_relation_schema(void *subject, const char *schema)
{
    const AlterTableStmt *relation = subject;
    AlterObjectSchemaStmt *stmt = node_new(AlterObjectSchemaStmt);

    stmt->kind = relation->kind;
    stmt->relation = relation->relation;
    stmt->is_missing_ok = relation->is_missing_ok;
    stmt->schema = schema;
    return stmt;
}

AlterDependsStmt *build_relation_depends(void *subject, bool is_removed, const char *extension)
{
    const AlterTableStmt *relation = subject;
    AlterDependsStmt *stmt = node_new(AlterDependsStmt);

    stmt->kind = relation->kind;
    stmt->relation = relation->relation;
    stmt->is_removed = is_removed;
    stmt->extension = extension;
    return stmt;
}
