/*
 * build.h - what the actions of the grammar call to make nodes
 *
 * Parameters that come from rules are void *: the grammar knows which node a rule gives. A builder
 * may change and return what it was given, since every value is used once. Locations are byte
 * offsets, -1 for none; x_at says where a part stands that a complaint would point to.
 */
#ifndef PARSER_BUILD_H
#define PARSER_BUILD_H

#include "common/base/base.h"

#include "server/parser/parser_int.h"

/* What may be said behind a constraint. */
enum {
    ATTR_DEFERRABLE = 0x1,
    ATTR_NOT_DEFERRABLE = 0x2,
    ATTR_IMMEDIATE = 0x4,
    ATTR_DEFERRED = 0x8,
    ATTR_NOT_VALID = 0x10,
    ATTR_NO_INHERIT = 0x20,
    ATTR_DEFER = ATTR_DEFERRABLE | ATTR_DEFERRED, /* as what a kind allows */
};

typedef struct CopyParts {
    void *relation, *query, *where;
    List *columns;
    bool is_from, is_program;
    const char *filename;
    void *binary, *delimiter; /* Option or NULL */
    List *options;
    int where_at, program_at;
} CopyParts;

/* ---- Errors, names, expressions, types ---- */

_Noreturn void build_fail(Parser *p, SqlState state, const char *message, int location);
_Noreturn void build_fail_unsupported(Parser *p, const char *message, int location);
int build_location(const void *node);
List *build_name(const char *name);
List *build_checked_name(Parser *p, List *name);
RangeVar *build_range_var(Parser *p, List *names, int location);
RangeVar *build_range_var_checked(Parser *p, const char *name, List *rest, int location);
List *build_path(Parser *p, List *path);
Node *build_column_ref(Parser *p, const char *name, List *rest, int location);
Node *build_indirection(Parser *p, void *arg, List *path);
void *build_star(int location);
RawConst *build_const(ConstKind kind, const char *text, int location);
RawConst *build_integer(int value, int location);
void *build_bool(bool value, int location);
RawConst *build_null(int location);
RawConst *build_const_of(void *value, int location);
Node *build_negated_value(void *value);
RawExpr *build_named_operator(List *name, void *left, void *right, int location);
RawExpr *build_operator(const char *name, void *left, void *right, int location);
RawExpr *build_raw(RawExprKind kind, const char *name, void *left, void *right, int location);
RawExpr *build_prefix(const char *name, void *right, int location);
Node *build_negated(Parser *p, void *arg, int location);
Node *build_bool_pair(BoolKind kind, void *left, void *right, int location);
BoolExpr *build_not(void *arg, int location);
RawExpr *build_match(RawExprKind kind, const char *name, void *left, void *right, void *escape,
                     int location);
RawExpr *build_similar(const char *name, void *left, void *right, void *escape, int location);
Node *build_in(void *left, void *set, bool is_not, int location);
FuncCall *build_overlaps(Parser *p, List *left, List *right, int left_at, int location,
                         int right_at);
FuncCall *build_call(List *name, List *args, int location);
FuncCall *build_system_call(const char *name, List *args, int location);
FuncCall *build_aggregate_call(Parser *p, FuncCall *call, List *within, void *filter, void *over,
                               int within_at);
FuncCall *build_normalized(void *arg, void *form, int location);
FuncCall *build_treat(void *arg, TypeName *type, int location);
SqlValue *build_sql_value(SqlValueKind kind, int typmod, int location);
TypeCast *build_cast(void *arg, TypeName *type, int location);
RawArray *build_array_at(RawArray *array, int location);
TypeName *build_type(List *names, int location);
TypeName *build_system_type(const char *name, int location);
TypeName *build_typmods(TypeName *type, List *typmods);
TypeName *build_array_type(TypeName *type, List *bounds, bool is_setof);
TypeName *build_reference_type(const char *name, List *rest, bool is_setof, int location);
TypeName *build_float_type(Parser *p, int bits, int location, int bits_at);
TypeName *build_bit_default(TypeName *type);
TypeName *build_char_default(TypeName *type);
List *build_fields(int fields, int location);
List *build_fields_to_second(List *second, int fields, int location);
TypeName *build_interval_precision(TypeName *type, int precision, int location);
TypeCast *build_typed_literal(TypeName *type, const char *text, int location);
TypeCast *build_typed_call(Parser *p, List *name, List *args, List *order_by, const char *text,
                           int location, int order_at, int text_at_);
TypeCast *build_zone_interval(Parser *p, TypeName *type, const char *text, List *fields,
                              int text_location, int fields_at);

/* ---- Queries, changes of rows ---- */

RawStmt *build_raw_stmt(void *stmt, int location);
void build_statement_end(List *statements, int end);
SelectStmt *build_set_operation(SetOp op, bool is_all, void *left, void *right);
SelectStmt *build_table_query(void *relation);
SelectStmt *build_limit(void *count, LimitKind kind);
SelectStmt *build_limits(SelectStmt *limits, void *offset);
SelectStmt *build_query_tail(Parser *p, void *query, List *order_by, List *locking, void *limits,
                             void *with);
RangeVar *build_aliased(void *relation, Alias *alias);
RangeVar *build_only(void *relation);
RangeVar *build_persistence(void *relation, char persistence);
JoinExpr *build_aliased_join(void *join, Alias *alias);
JoinExpr *build_join(JoinKind kind, void *left, void *right, void *condition);
RangeFunction *build_function_table(void *function, void *names, bool is_lateral);
RangeTableFunc *build_xml_table(void *table, Alias *alias, bool is_lateral);
RangeSubselect *build_subselect(Parser *p, void *query, Alias *alias, bool is_lateral,
                                int location);
Option *build_xml_option(Parser *p, const char *name, void *value, int location);
RangeTableFuncCol *build_xml_column(Parser *p, const char *name, TypeName *type, List *options,
                                    int location);
void build_warn_global(Parser *p, int location);
WindowDef *build_named_window(const char *name, void *window);
WindowDef *build_window(void *frame, const char *base, List *partition_by, List *order_by,
                        int location);
WindowDef *build_frame(void *extent, int bits);
WindowDef *build_frame_extent(Parser *p, void *first, void *last, int first_at, int last_at);
InsertStmt *build_insert(void *with, void *relation, void *rest, void *conflict, List *returning);
List *build_set_one(void *target, void *value);
List *build_set_many(List *targets, void *source);
MergeWhen *build_merge_when(void *when, void *condition);
CopyStmt *build_copy(Parser *p, const CopyParts *parts);

/* ---- Options, tables ---- */

Option *build_option(const char *name, void *arg, int location);
Option *build_option_action(void *option, OptionAction action);
List *build_flag_option(const char *name, bool is_set, int location);
Option *build_identity_option(Parser *p, void *option, int location);
ColumnDef *build_column(Parser *p, const char *name, TypeName *type, List *constraints,
                        int location);
ColumnDef *build_column_def(Parser *p, const char *name, TypeName *type, const char *compression,
                            List *fdw_options, List *constraints, int location);
List *build_split_collation(Parser *p, List *constraints, CollateClause **collation);
CreateDomainStmt *build_domain(Parser *p, List *name, TypeName *type, List *constraints);
Constraint *build_named_constraint(const char *name, void *constraint, int location);
Constraint *build_generated(Parser *p, char when, void *expr, int location, int when_at);
Constraint *build_update_action(Parser *p, void *action, int location);
Constraint *build_key_actions(void *on_update, void *on_delete);
Constraint *build_foreign_key(List *keys, void *references, List *columns, char match,
                              void *key_actions, int location);
int build_attribute_bits(Parser *p, int bits, int bit, int location);
Constraint *build_attributes(Parser *p, void *constraint, int bits, int location, const char *kind,
                             int allowed);
PartitionSpec *build_partition_spec(Parser *p, const char *strategy, List *elements, int location);
PartitionBound *build_hash_bound(Parser *p, List *options, int location);
IndexElem *build_index_column(void *rest, const char *name, void *expr, int location);
CreateTableAsStmt *build_table_as(void *query, void *into, char persistence, bool is_without_data,
                                  ObjectKind kind, bool if_not_exists);
ViewStmt *build_recursive_view(Parser *p, void *view, List *columns, List *options, void *query,
                               const char *check_option, int check_at, bool is_replace);
AlterTableStmt *build_alter_actions(void *subject, List *actions);
AlterSequenceStmt *build_alter_sequence(void *subject, List *options);
AlterTableCmd *build_action(AlterTableAction action, const char *name);
AlterTableCmd *build_action_on(AlterTableAction action, const char *name, void *definition,
                               bool is_missing_ok);
AlterTableCmd *build_action_options(AlterTableAction action, const char *name, List *options);
AlterTableCmd *build_action_drop(AlterTableAction action, const char *name, Behavior behavior,
                                 bool is_missing_ok);
AlterTableCmd *build_numbered_action(Parser *p, int number, int target, int location);
RenameStmt *build_rename_relation(void *subject, const char *name);
RenameStmt *build_rename_part(ObjectKind kind, void *subject, const char *old_name,
                              const char *new_name);
AlterObjectSchemaStmt *build_relation_schema(void *subject, const char *schema);
AlterDependsStmt *build_relation_depends(void *subject, bool is_removed, const char *extension);

/* ---- Other objects, rights, sessions ---- */

AlterOwnerStmt *build_subject(ObjectKind kind, void *object);
AlterOwnerStmt *build_owner(void *subject, RoleSpec *owner);
RenameStmt *build_rename(void *subject, const char *name);
AlterObjectSchemaStmt *build_schema(void *subject, const char *schema);
AlterDependsStmt *build_depends(void *subject, bool is_removed, const char *extension);
AlterFunctionStmt *build_alter_function(void *subject, List *options);
CommentStmt *build_comment(void *subject, const char *comment);
SecLabelStmt *build_label(void *subject, const char *provider, const char *label);
AlterExtensionContentsStmt *build_extension_contents(const char *name, bool is_add, void *subject);
DropStmt *build_drop(ObjectKind kind, List *objects, Behavior behavior, bool is_missing_ok);
void build_check_schema(Parser *p, const List *elements, int location);
RoleSpec *build_role(Parser *p, const char *name, int location);
const char *build_role_id(Parser *p, const RoleSpec *role);
Option *build_role_option(Parser *p, const char *word, int location);
bool build_policy_mode(Parser *p, const char *word, int location);
GrantStmt *build_grant_target(ObjectKind kind, List *objects);
GrantStmt *build_grant_schema(ObjectKind kind, List *schemas);
GrantStmt *build_grant_defaults(ObjectKind kind);
GrantStmt *build_grant(void *target, List *privileges, List *grantees, bool is_grant_option,
                       void *grantor);
GrantStmt *build_revoke(void *target, List *privileges, List *grantees, bool is_grant_option,
                        void *grantor, Behavior behavior);
FunctionParameter *build_default(void *parameter, void *value);
ObjectWithArgs *build_with_types(List *name, List *parameters);
FunctionParameter *build_aggregate_parameter(Parser *p, void *parameter, int location);
List *build_ordered_args(Parser *p, List *direct, List *ordered);
DefineStmt *build_define_aggregate(List *name, List *args, List *definition, bool is_replace);
CreateFunctionStmt *build_table_function(Parser *p, List *name, List *parameters, List *columns,
                                         List *options, void *body, bool is_replace, int table_at);
CreateExtensionStmt *build_language_without_handler(const char *name, bool is_replace);
CreateTransformStmt *build_transform(List *functions, bool is_replace, TypeName *type,
                                     const char *language);
CreateTriggerStmt *build_trigger_events(Parser *p, void *events, void *event);
CreateTriggerStmt *build_trigger(void *events, void *trigger);
CreateTriggerStmt *build_constraint_trigger(Parser *p, void *trigger, int bits, int location);
PublicationObject *build_publication_name(Parser *p, const char *name, List *columns, void *where,
                                          int location);
List *build_publication_objects(Parser *p, List *objects);
ImportSchemaStmt *build_import(void *filter, const char *server, const char *remote,
                               const char *local, List *options);
VariableSetStmt *build_set_text(const char *name, const char *value, int location);
VariableSetStmt *build_local(void *set);
FetchStmt *build_fetch(FetchDirection direction, int count, const char *name);
FetchStmt *build_fetch_all(FetchDirection direction, const char *name);
FetchStmt *build_move(void *fetch);
List *build_analyze_options(bool is_verbose, int analyze_at, int verbose_at);
List *build_vacuum_options(bool is_full, bool is_freeze, bool is_verbose, bool is_analyze,
                           const int at[4]);

#endif
