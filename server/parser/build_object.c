/* build_object.c - what the grammar makes of objects other than tables, of rights and sessions. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/build.h"

/* ---- Subjects: a kind and a name ---- */

AlterOwnerStmt *build_subject(ObjectKind kind, void *object)
{
    AlterOwnerStmt *subject = node_new(AlterOwnerStmt);

    subject->kind = kind;
    subject->object = object;
    return subject;
}

AlterOwnerStmt *build_owner(void *subject, RoleSpec *owner)
{
    AlterOwnerStmt *stmt = subject;

    stmt->owner = owner;
    return stmt;
}

RenameStmt *build_rename(void *subject, const char *name)
{
    const AlterOwnerStmt *object = subject;
    RenameStmt *stmt = node_new(RenameStmt);

    stmt->kind = object->kind;
    stmt->object = object->object;
    stmt->new_name = name;
    return stmt;
}

AlterObjectSchemaStmt *build_schema(void *subject, const char *schema)
{
    const AlterOwnerStmt *object = subject;
    AlterObjectSchemaStmt *stmt = node_new(AlterObjectSchemaStmt);

    stmt->kind = object->kind;
    stmt->object = object->object;
    stmt->schema = schema;
    return stmt;
}

AlterDependsStmt *build_depends(void *subject, bool is_removed, const char *extension)
{
    const AlterOwnerStmt *object = subject;
    AlterDependsStmt *stmt = node_new(AlterDependsStmt);

    stmt->kind = object->kind;
    stmt->object = object->object;
    stmt->is_removed = is_removed;
    stmt->extension = extension;
    return stmt;
}

AlterFunctionStmt *build_alter_function(void *subject, List *options)
{
    const AlterOwnerStmt *object = subject;
    AlterFunctionStmt *stmt = node_new(AlterFunctionStmt);

    stmt->kind = object->kind;
    stmt->function = (ObjectWithArgs *)(void *)object->object;
    stmt->options = options;
    return stmt;
}

CommentStmt *build_comment(void *subject, const char *comment)
{
    const AlterOwnerStmt *object = subject;
    CommentStmt *stmt = node_new(CommentStmt);

    stmt->kind = object->kind;
    stmt->object = object->object;
    stmt->comment = comment;
    return stmt;
}

SecLabelStmt *build_label(void *subject, const char *provider, const char *label)
{
    const AlterOwnerStmt *object = subject;
    SecLabelStmt *stmt = node_new(SecLabelStmt);

    stmt->kind = object->kind;
    stmt->object = object->object;
    stmt->provider = provider;
    stmt->label = label;
    return stmt;
}

AlterExtensionContentsStmt *build_extension_contents(const char *name, bool is_add, void *subject)
{
    const AlterOwnerStmt *object = subject;
    AlterExtensionContentsStmt *stmt = node_new(AlterExtensionContentsStmt);

    stmt->name = name;
    stmt->is_add = is_add;
    stmt->kind = object->kind;
    stmt->object = object->object;
    return stmt;
}

DropStmt *build_drop(ObjectKind kind, List *objects, Behavior behavior, bool is_missing_ok)
{
    DropStmt *stmt = node_new(DropStmt);

    stmt->kind = kind;
    stmt->objects = objects;
    stmt->behavior = behavior;
    stmt->is_missing_ok = is_missing_ok;
    return stmt;
}

/* ---- Schemas, roles ---- */

void build_check_schema(Parser *p, const List *elements, int location)
{
    if (elements != NULL)
        build_fail_unsupported(p, "CREATE SCHEMA IF NOT EXISTS cannot include schema elements",
                               location);
}

RoleSpec *build_role(Parser *p, const char *name, int location)
{
    RoleSpec *role = node_new(RoleSpec);

    if (strcmp(name, "none") == 0)
        build_fail(p, SQLSTATE_RESERVED_NAME, "role name \"none\" is reserved", location);
    role->kind = strcmp(name, "public") == 0 ? ROLE_PUBLIC : ROLE_NAMED;
    role->name = role->kind == ROLE_NAMED ? name : NULL;
    role->loc = location;
    return role;
}

/* The name of a role that is made or gets a new name. */
const char *build_role_id(Parser *p, const RoleSpec *role)
{
    static const char *const words[] = {
        [ROLE_CURRENT_ROLE] = "CURRENT_ROLE",
        [ROLE_CURRENT_USER] = "CURRENT_USER",
        [ROLE_SESSION_USER] = "SESSION_USER",
    };

    if (role->kind == ROLE_NAMED)
        return role->name;
    if (role->kind == ROLE_PUBLIC)
        build_fail(p, SQLSTATE_RESERVED_NAME, "role name \"public\" is reserved", role->loc);
    build_fail(p, SQLSTATE_RESERVED_NAME,
               err_fmt("%s cannot be used as a role name here", words[role->kind]), role->loc);
}

/* LOGIN, NOLOGIN and the like are no key words, but these are all there are. */
Option *build_role_option(Parser *p, const char *word, int location)
{
    static const struct {
        const char *word, *option;
    } words[] = {
        {"bypassrls", "bypassrls"}, {"createdb", "createdb"},         {"createrole", "createrole"},
        {"login", "canlogin"},      {"replication", "isreplication"}, {"superuser", "superuser"},
        {"inherit", "inherit"},
    };
    bool is_no = strncmp(word, "no", 2) == 0;
    const char *rest = is_no ? word + 2 : word;

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        Boolean *value;

        if (strcmp(rest, words[i].word) != 0)
            continue;
        value = node_new(Boolean);
        value->value = !is_no;
        return build_option(words[i].option, value, location);
    }
    build_fail(p, SQLSTATE_SYNTAX_ERROR, err_fmt("unrecognized role option \"%s\"", word),
               location);
}

bool build_policy_mode(Parser *p, const char *word, int location)
{
    if (strcmp(word, "permissive") == 0)
        return true;
    if (strcmp(word, "restrictive") == 0)
        return false;
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("unrecognized row security option \"%s\"", word),
              .hint = "Only PERMISSIVE or RESTRICTIVE policies are supported currently.",
              .position = parser_position(p, location));
}

/* ---- Rights ---- */

GrantStmt *build_grant_target(ObjectKind kind, List *objects)
{
    GrantStmt *stmt = node_new(GrantStmt);

    stmt->kind = kind;
    stmt->objects = objects;
    return stmt;
}

GrantStmt *build_grant_schema(ObjectKind kind, List *schemas)
{
    GrantStmt *stmt = build_grant_target(kind, schemas);

    stmt->target = GRANT_ON_ALL_IN_SCHEMA;
    return stmt;
}

GrantStmt *build_grant_defaults(ObjectKind kind)
{
    GrantStmt *stmt = build_grant_target(kind, NULL);

    stmt->target = GRANT_ON_DEFAULTS;
    return stmt;
}

GrantStmt *build_grant(void *target, List *privileges, List *grantees, bool is_grant_option,
                       void *grantor)
{
    GrantStmt *stmt = target;

    stmt->is_grant = true;
    stmt->privileges = privileges;
    stmt->grantees = grantees;
    stmt->is_grant_option = is_grant_option;
    stmt->grantor = grantor;
    return stmt;
}

GrantStmt *build_revoke(void *target, List *privileges, List *grantees, bool is_grant_option,
                        void *grantor, Behavior behavior)
{
    GrantStmt *stmt = build_grant(target, privileges, grantees, is_grant_option, grantor);

    stmt->is_grant = false;
    stmt->behavior = behavior;
    return stmt;
}

/* ---- Functions ---- */

FunctionParameter *build_default(void *parameter, void *value)
{
    FunctionParameter *changed = parameter;

    changed->default_value = value;
    return changed;
}

/* The types that name a function: those of its results do not. */
ObjectWithArgs *build_with_types(List *name, List *parameters)
{
    ObjectWithArgs *object = node_new(ObjectWithArgs);

    object->name = name;
    object->parameters = parameters;
    list_foreach(FunctionParameter *, parameter, parameters) {
        if (parameter->mode != PARAMETER_OUT && parameter->mode != PARAMETER_TABLE)
            object->args = list_add(object->args, parameter->type);
    }
    return object;
}

FunctionParameter *build_aggregate_parameter(Parser *p, void *parameter, int location)
{
    FunctionParameter *checked = parameter;

    if (checked->mode == PARAMETER_OUT || checked->mode == PARAMETER_INOUT ||
        checked->mode == PARAMETER_TABLE)
        build_fail_unsupported(p, "aggregates cannot have output arguments", location);
    return checked;
}

List *build_ordered_args(Parser *p, List *direct, List *ordered)
{
    int count = list_count(direct);
    const FunctionParameter *last = list_last(direct);

    if (last->mode == PARAMETER_VARIADIC) {
        const FunctionParameter *first = list_at(ordered, 0);

        if (list_count(ordered) != 1 || first->mode != PARAMETER_VARIADIC ||
            !node_equal(last->type, first->type))
            build_fail_unsupported(p,
                                   "an ordered-set aggregate with a VARIADIC direct argument must "
                                   "have one VARIADIC aggregated argument of the same data type",
                                   first->type->loc);
        ordered = NULL; /* one argument stands for both */
    }
    return list_of2(list_concat(direct, ordered), node_integer(count));
}

DefineStmt *build_define_aggregate(List *name, List *args, List *definition, bool is_replace)
{
    DefineStmt *stmt = node_new(DefineStmt);

    stmt->kind = OBJECT_AGGREGATE;
    stmt->name = name;
    stmt->args = args;
    stmt->definition = definition;
    stmt->is_replace = is_replace;
    return stmt;
}

/* RETURNS TABLE is a set of rows with the columns as results. */
CreateFunctionStmt *build_table_function(Parser *p, List *name, List *parameters, List *columns,
                                         List *options, void *body, bool is_replace, int table_at)
{
    CreateFunctionStmt *stmt = node_new(CreateFunctionStmt);

    list_foreach(FunctionParameter *, parameter, parameters) {
        if (parameter->mode == PARAMETER_OUT || parameter->mode == PARAMETER_INOUT)
            build_fail(p, SQLSTATE_SYNTAX_ERROR,
                       "OUT and INOUT arguments aren't allowed in TABLE functions", -1);
    }
    stmt->is_replace = is_replace;
    stmt->name = name;
    stmt->parameters = list_concat(parameters, columns);
    if (list_count(columns) == 1)
        stmt->returns = node_copy(((FunctionParameter *)list_at(columns, 0))->type);
    else
        stmt->returns = build_system_type("record", NODE_NO_LOCATION);
    stmt->returns->is_setof = true;
    stmt->returns->loc = table_at;
    stmt->options = options;
    stmt->body = body;
    return stmt;
}

/* Languages are extensions by now; the old statement makes one. */
CreateExtensionStmt *build_language_without_handler(const char *name, bool is_replace)
{
    CreateExtensionStmt *stmt = node_new(CreateExtensionStmt);

    stmt->name = name;
    stmt->if_not_exists = is_replace;
    return stmt;
}

CreateTransformStmt *build_transform(List *functions, bool is_replace, TypeName *type,
                                     const char *language)
{
    CreateTransformStmt *stmt = node_new(CreateTransformStmt);

    stmt->is_replace = is_replace;
    stmt->type = type;
    stmt->language = language;
    stmt->from_sql = list_at(functions, 0);
    stmt->to_sql = list_at(functions, 1);
    return stmt;
}

/* ---- Triggers ---- */

CreateTriggerStmt *build_trigger_events(Parser *p, void *events, void *event)
{
    CreateTriggerStmt *all = events;
    const CreateTriggerStmt *one = event;

    if (all->events & one->events)
        parser_fail(p, "duplicate trigger events specified");
    all->events |= one->events;
    /* An event comes once, so at most one has columns. */
    all->columns = list_concat(all->columns, one->columns);
    return all;
}

CreateTriggerStmt *build_trigger(void *events, void *trigger)
{
    const CreateTriggerStmt *when = events;
    CreateTriggerStmt *stmt = trigger;

    stmt->events = when->events;
    stmt->columns = when->columns;
    return stmt;
}

CreateTriggerStmt *build_constraint_trigger(Parser *p, void *trigger, int bits, int location)
{
    CreateTriggerStmt *stmt = trigger;
    Constraint *constraint =
        build_attributes(p, node_new(Constraint), bits, location, "TRIGGER", ATTR_DEFER);

    stmt->is_deferrable = constraint->is_deferrable;
    stmt->is_deferred = constraint->is_deferred;
    return stmt;
}

/* ---- Publications, foreign schemas ---- */

PublicationObject *build_publication_name(Parser *p, const char *name, List *columns, void *where,
                                          int location)
{
    PublicationObject *object = node_new(PublicationObject);

    object->part = PUBLISH_CONTINUATION;
    object->loc = location;
    object->columns = columns;
    object->where = where;
    if (columns != NULL || where != NULL)
        object->relation = build_range_var(p, build_name(name), location);
    else
        object->schema = name;
    return object;
}

static void settle_table(Parser *p, PublicationObject *object)
{
    if (object->relation == NULL && object->schema == NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "invalid table name", object->loc);
    if (object->relation == NULL) {
        object->relation = build_range_var(p, build_name(object->schema), object->loc);
        object->schema = NULL;
    }
}

static void settle_schema(Parser *p, PublicationObject *object)
{
    if (object->where != NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "WHERE clause not allowed for schema", object->loc);
    if (object->columns != NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "column specification not allowed for schema",
                   object->loc);
    if (object->relation != NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "invalid schema name", object->loc);
    object->part = object->schema == NULL ? PUBLISH_CURRENT_SCHEMA : PUBLISH_SCHEMA;
}

List *build_publication_objects(Parser *p, List *objects)
{
    PublicationPart part = PUBLISH_CONTINUATION;

    list_foreach(PublicationObject *, object, objects) {
        if (object->part == PUBLISH_CONTINUATION) {
            if (part == PUBLISH_CONTINUATION)
                err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid publication object list",
                          .detail = "One of TABLE or TABLES IN SCHEMA must be specified before a "
                                    "standalone table or schema name.",
                          .position = parser_position(p, object->loc));
            object->part = part;
        }
        if (object->part == PUBLISH_TABLE)
            settle_table(p, object);
        else
            settle_schema(p, object);
        part = object->part;
    }
    return objects;
}

ImportSchemaStmt *build_import(void *filter, const char *server, const char *remote,
                               const char *local, List *options)
{
    ImportSchemaStmt *stmt = filter;

    stmt->server = server;
    stmt->remote_schema = remote;
    stmt->local_schema = local;
    stmt->options = options;
    return stmt;
}

/* ---- Sessions ---- */

VariableSetStmt *build_set_text(const char *name, const char *value, int location)
{
    VariableSetStmt *stmt = node_new(VariableSetStmt);

    stmt->kind = VARIABLE_SET;
    stmt->name = name;
    stmt->args = list_of(build_const(CONST_STRING, value, location));
    return stmt;
}

VariableSetStmt *build_local(void *set)
{
    VariableSetStmt *stmt = set;

    stmt->is_local = true;
    return stmt;
}

FetchStmt *build_fetch(FetchDirection direction, int count, const char *name)
{
    FetchStmt *stmt = node_new(FetchStmt);

    stmt->direction = direction;
    stmt->is_negative = count < 0;
    stmt->count = count < 0 ? -(uint32_t)count : (uint32_t)count;
    stmt->name = name;
    return stmt;
}

FetchStmt *build_fetch_all(FetchDirection direction, const char *name)
{
    FetchStmt *stmt = build_fetch(direction, 0, name);

    stmt->is_all = true;
    return stmt;
}

FetchStmt *build_move(void *fetch)
{
    FetchStmt *stmt = fetch;

    stmt->is_move = true;
    return stmt;
}

List *build_analyze_options(bool is_verbose, int analyze_at, int verbose_at)
{
    return list_concat(list_of(build_option("analyze", NULL, analyze_at)),
                       build_flag_option("verbose", is_verbose, verbose_at));
}

List *build_vacuum_options(bool is_full, bool is_freeze, bool is_verbose, bool is_analyze,
                           const int at[4])
{
    List *options = build_flag_option("full", is_full, at[0]);

    options = list_concat(options, build_flag_option("freeze", is_freeze, at[1]));
    options = list_concat(options, build_flag_option("verbose", is_verbose, at[2]));
    return list_concat(options, build_flag_option("analyze", is_analyze, at[3]));
}
