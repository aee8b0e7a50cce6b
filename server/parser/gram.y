/*
 * gram.y - the grammar of PostgreSQL 15
 *
 * Written from the synopses of the manual. gen_grammar.awk puts the key words in where a line holds
 * @tokens@, @words CATEGORY@ or @labels@. There are no conflicts: precedence settles what the
 * language leaves open, and token.c gives three words another kind where two tokens of lookahead
 * would be needed. Actions only make nodes; what is more than a line is in build.c.
 *
 * The parts: names, statements and what starts the text; queries; expressions; types; the
 * statements that change rows; tables; the other objects; rights; sessions.
 *
 * Names of rules: x_opt may be empty, x_list has commas, xs has none, x_word is a name.
 */
%code requires {
#include "common/base/base.h"

#include "server/parser/parser_int.h"
}

%code {
#include "common/mem/mem.h"
#include "server/parser/build.h"

#define grammar_lex token_next
#define YYMALLOC mem_alloc
#define YYFREE mem_free
#define YYSTACK_USE_ALLOCA 0

/* Where a rule begins; an empty one is nowhere. */
#define YYLLOC_DEFAULT(current, right, n) ((current) = (n) ? (right)[1] : NODE_NO_LOCATION)

/* A node with those fields. */
#define NEW(Kind, ...) mem_dup(&(Kind){.tag = NODE_##Kind, __VA_ARGS__}, sizeof(Kind))

static void grammar_error(TokenLocation *location, Parser *p, const char *message);
}

%define api.pure full
%define api.prefix {grammar_}
%define api.value.type {TokenValue}
%define api.location.type {TokenLocation}
%locations
%parse-param {Parser *p}
%lex-param {Parser *p}
%expect 0

%token <text> IDENT UNICODE_IDENT LITERAL UNICODE_LITERAL BIT_LITERAL HEX_LITERAL REAL_NUMBER
%token <text> OPERATOR_NAME
%token <number> NUMBER PARAM
%token TYPECAST DOT_DOT COLON_EQUALS EQUALS_GREATER LESS_EQUALS GREATER_EQUALS NOT_EQUALS
%token NOT_BEFORE_TEST NULLS_BEFORE_ORDER WITH_BEFORE_TYPE
%token MODE_TYPE_NAME MODE_EXPRESSION
@tokens@

/*
 * Precedence, lowest first. SET: an alias of UPDATE's table is not the word SET. PARTITION and its
 * row: such words end an expression that could go on with them, PRECEDING and FOLLOWING and the
 * words of window clauses among them; UNBOUNDED is a bound rather than a column. Joins come last, so
 * that they belong to the table before them.
 */
%precedence K_SET
%left K_UNION K_EXCEPT
%left K_INTERSECT
%left K_OR
%left K_AND
%precedence K_NOT
%nonassoc K_IS K_ISNULL K_NOTNULL
%nonassoc '<' '>' '=' LESS_EQUALS GREATER_EQUALS NOT_EQUALS
%nonassoc K_BETWEEN K_IN K_LIKE K_ILIKE K_SIMILAR NOT_BEFORE_TEST
%precedence K_ESCAPE
%precedence K_UNBOUNDED
%precedence K_PARTITION K_RANGE K_ROWS K_GROUPS K_PRECEDING K_FOLLOWING K_CUBE K_ROLLUP
%left OPERATOR_NAME K_OPERATOR
%left '+' '-'
%left '*' '/' '%'
%left '^'
%left K_AT
%precedence K_COLLATE
%precedence SIGN
%precedence '(' ')'
%precedence TYPECAST
%left K_JOIN K_CROSS K_LEFT K_FULL K_RIGHT K_INNER K_NATURAL

%type <any> aggregate_parameter aggregate_with_types alias alias_opt alter_function_stmt alter_generic_option
    alter_statement alter_table_stmt alter_type_stmt argument array as_target bare_query bit_type bit_word call case
    change_statement changed_relation character_type character_word collate_opt column_constraint column_def
    column_ref common_object conflict_opt conflict_target_opt const_bit_type const_character_type const_type constant
    constraint_attribute_word copy_binary_opt copy_delimiter_opt copy_old_option copy_option copy_option_value_opt
    copy_stmt create_foreign_table_stmt create_matview_stmt create_role_option create_sequence_stmt create_statement
    create_table_as_stmt create_table_stmt create_view_stmt cte cycle_opt database_option datetime_type
    declare_cursor_stmt default_parameter default_privilege_action default_privilege_option define_stmt
    definition_item definition_value delete_action delete_stmt do_item drop_database_option drop_statement else_opt
    event_condition execute_stmt explain_stmt explainable expr expr_opt expression_query extension_option extra_object
    fdw_option fetch_args fetch_value filter_opt foreign_table_subject frame_bound frame_extent frame_opt from_item
    function function_alias_opt function_body_opt function_option function_property function_set function_stmt
    function_table function_type function_with_types generic_option generic_reset generic_set generic_type grant_stmt
    grant_target granted_by_opt grantee group_item hash_bound having_opt identity_change import_filter_opt in_set
    index_column index_column_rest index_stmt index_subject index_where_opt indirection_step insert_column
    insert_relation insert_rest insert_stmt interval_word into_opt into_target join join_condition key_action
    key_actions_opt labelled_object limit_clause limit_value limits limits_opt locking_item maintenance_stmt
    mapped_user matview_subject matview_target merge_condition_opt merge_insert merge_stmt merge_when notify_stmt
    number_const number_word numeric_type offset_clause old_aggregate_item opclass_drop opclass_item operator_option
    operator_option_value operator_with_types optional_index optional_matview over_opt parameter parameter_type
    partition_action partition_bound partition_element partition_spec partition_spec_opt plain_column_constraint
    plain_expr plain_function plain_table_constraint policy_check_opt policy_using_opt preparable primary privilege
    publication_object query_core query_parens query_term refresh_matview_stmt relation_expr relation_name
    relation_star repeatable_opt replica_identity reset_rest reset_stmt result_column rights_statement role
    role_option routine_statement rows_from_item rule_action rule_action_opt schema_element search_opt select_stmt
    sequence_option sequence_subject session_statement set_or_reset set_rest set_stmt set_target setting_change
    setting_value signed_number simple_type slice_bound_opt sort_item special_function statement statement_opt
    statistics_param storage_option subject_function subject_ro subject_ros subject_s table_action table_constraint
    table_element table_function_column table_statement table_subject tablespace_owner_opt target top_statement
    transaction_mode transaction_stmt trigger_event trigger_events trigger_from_opt trigger_stmt trigger_transition
    trigger_when_opt type type_action typed_const typed_element update_action update_stmt using_alias_opt
    using_expr_opt utility_option vacuum_relation view_subject when where_current_opt where_opt window window_body
    with with_opt xml_attribute xml_column xml_column_option xml_namespace xml_passing xml_standalone_opt xml_table
    xml_version zone
%type <list> aggregate_args aggregate_parameters aggregate_with_types_list alter_generic_option_list
    alter_generic_options any_name any_name_list any_operator_word any_test_operator argument_list
    argument_list_opt array_bounds array_list attributes collation_opt column_constraints constraints_set
    copy_old_options copy_option_list copy_options create_role_options ctes database_option_list database_options
    default_parameter_list default_privilege_options definition definition_list distinct distinct_opt do_items
    drop_database_options enum_values_opt event_conditions event_values exclusion exclusion_list execute_params_opt
    explicit_row expr_list extension_options extension_updates fdw_options fdw_options_opt from_list from_opt
    function_name function_options function_options_opt function_properties function_source
    function_with_types_list generic_option_list generic_options_opt grantees group_list handler_name hash_bounds
    identity_changes implicit_row include_opt index_columns index_include_opt indirection indirection_opt
    inherits_opt inline_handler_opt insert_columns interval_opt interval_second large_object_list
    locked_relations_opt locking locking_items locking_opt merge_values merge_whens name_list name_parens_opt
    old_aggregate_definition old_aggregate_items opclass_drops opclass_family_opt opclass_items opclass_opt
    opclass_purpose_opt operand_types operator_name operator_options operator_with_types_list operator_word
    option_words order_by order_by_opt overlay_list owned_by_opt parameter_list parameter_names parameters
    parameters_with_defaults partition_by_opt partition_elements policy_new_roles_opt policy_roles_opt
    position_list prepare_types_opt privilege_list privileges publication_objects relation_expr_list
    relation_name_list result_columns returning_opt role_list role_options routine_statements row rows_from_list
    rule_action_list rule_actions schema_elements sequence_options sequence_options_opt sequence_options_parens_opt
    set_item set_list set_targets setting_values sort_list statistics_params storage_option_list storage_options
    substring_list table_actions table_elements table_elements_opt table_function_columns target_list targets_opt
    transaction_modes transaction_modes_opt transform_functions transform_types trigger_args
    trigger_transitions trigger_transitions_opt trim_list type_actions type_columns_opt type_list type_name_list
    typed_elements typed_elements_opt typmods_opt using_opt utility_options vacuum_relations vacuum_relations_opt
    validator_opt values_rows whens window_list windows_opt with_definition_opt with_storage_only_opt
    with_storage_opt within_group_opt xml_attribute_list xml_attributes xml_column_options xml_columns
    xml_namespaces
%type <text> access_method_opt access_method_using_opt bare_label check_option_opt cluster_index_opt comment_text
    compression compression_opt copy_file database_option_name encoding_opt existing_index extract_field free_word
    in_database_opt index_name_opt index_tablespace_opt isolation_level label label_provider_opt math_operator name
    name_opt normal_form notify_payload_opt operator_symbol option_word parameter_name parameter_word policy_command_opt role_id
    server_type_opt server_version server_version_opt setting_name shown_setting tablespace_opt trigger_arg
    type_word utility_option_name window_base_opt word_or_literal
%type <keyword> bare_label_word column_word reserved_word type_function_word unreserved_word
%type <number> any_name_kind behavior_opt bool_test constraint_attribute constraint_attributes cursor_options
    default_privilege_kind direction_opt drop_name_kind exclusion_opt hold_opt join_kind like_option like_options
    lock_mode lock_mode_opt lock_strength lock_wait_opt materialized_opt name_kind nulls_opt on_any_name_kind
    on_commit_opt overriding parameter_mode quantifier reindex_name reindex_relation rule_event signed_integer
    text_search_kind trigger_timing
%type <is_true> add_or_drop admin_option_opt analyze_opt chain_opt concurrently_opt conversion_default_opt
    copy_direction copy_program_opt document_or_content freeze_opt full_opt grant_option_opt if_exists_opt
    if_not_exists_opt instead_opt new_or_old no_inherit_opt no_opt nowait_opt nulls_distinct_opt
    group_quantifier opclass_default_opt ordinality_opt policy_mode_opt replace_opt restart_opt set_quantifier
    table_or_row time_zone_opt trigger_each_opt trusted_opt unique_opt varying_opt verbose_opt with_data_opt xml_whitespace_opt
%type <letter> access_method_kind cast_context_opt event_trigger_state generated_when key_match_opt temp_opt
    unlogged_opt
%type <group> group_by_opt
%type <maybe> maybe_aggregate_with_types_list maybe_any_name_list maybe_function_with_types_list maybe_name
    maybe_name_list maybe_operator_with_types_list maybe_relation_expr maybe_relation_name maybe_role_list
    maybe_type_name_list

%%

start:
      statements
    | MODE_TYPE_NAME type               { p->result = list_of($2); }
    | MODE_EXPRESSION expression_query  { p->result = list_of(build_raw_stmt($2, 0)); }
    ;

statements:
      statements ';' top_statement      { build_statement_end(p->result, @2);
                                          if ($3 != NULL)
                                              p->result = list_add(p->result, build_raw_stmt($3, @2 + 1)); }
    | top_statement                     { if ($1 != NULL)
                                              p->result = list_of(build_raw_stmt($1, 0)); }
    ;

/* BEGIN and END mean something else inside of routines. */
top_statement:
      statement_opt
    | K_BEGIN work_opt transaction_modes_opt
                                        { $$ = NEW(TransactionStmt, .kind = TRANSACTION_BEGIN, .options = $3); }
    | K_END work_opt chain_opt          { $$ = NEW(TransactionStmt, .kind = TRANSACTION_COMMIT, .is_chain = $3); }
    ;

statement_opt:
      statement
    | %empty                            { $$ = NULL; }
    ;

/* ---- Names ---- */

name:
      IDENT
    | unreserved_word                   { $$ = $1; }
    | column_word                       { $$ = $1; }
    ;

/* The name of a function or type that has no schema. */
type_word:
      IDENT
    | unreserved_word                   { $$ = $1; }
    | type_function_word                { $$ = $1; }
    ;

/* Any word but the reserved ones. */
free_word:
      IDENT
    | unreserved_word                   { $$ = $1; }
    | column_word                       { $$ = $1; }
    | type_function_word                { $$ = $1; }
    ;

/* Any word at all. */
label:
      IDENT
    | unreserved_word                   { $$ = $1; }
    | column_word                       { $$ = $1; }
    | type_function_word                { $$ = $1; }
    | reserved_word                     { $$ = $1; }
    ;

bare_label:
      IDENT
    | bare_label_word                   { $$ = $1; }
    ;

unreserved_word:
@words UNRESERVED@
    ;

column_word:
@words COLUMN_NAME@
    ;

type_function_word:
@words TYPE_FUNCTION@
    ;

reserved_word:
@words RESERVED@
    ;

bare_label_word:
@labels@
    ;

name_list:
      name                              { $$ = build_name($1); }
    | name_list ',' name                { $$ = list_add($1, node_string($3)); }
    ;

/* A name with any number of dots. */
any_name:
      name                              { $$ = build_name($1); }
    | name attributes                   { $$ = list_add_first(node_string($1), $2); }
    ;

attributes:
      '.' label                         { $$ = build_name($2); }
    | attributes '.' label              { $$ = list_add($1, node_string($3)); }
    ;

any_name_list:
      any_name                          { $$ = list_of($1); }
    | any_name_list ',' any_name        { $$ = list_add($1, $3); }
    ;

relation_name:
      name                              { $$ = build_range_var(p, build_name($1), @1); }
    | name indirection                  { $$ = build_range_var_checked(p, $1, $2, @1); }
    ;

relation_name_list:
      relation_name                     { $$ = list_of($1); }
    | relation_name_list ',' relation_name { $$ = list_add($1, $3); }
    ;

function_name:
      type_word                         { $$ = build_name($1); }
    | name indirection                  { $$ = build_checked_name(p, list_add_first(node_string($1), $2)); }
    ;

word_or_literal:
      free_word
    | LITERAL
    ;

number_word:
      NUMBER                            { $$ = node_integer($1); }
    | REAL_NUMBER                       { $$ = NEW(Float, .value = $1); }
    ;

signed_number:
      number_word
    | '+' number_word                   { $$ = $2; }
    | '-' number_word                   { $$ = build_negated_value($2); }
    ;

signed_integer:
      NUMBER
    | '+' NUMBER                        { $$ = $2; }
    | '-' NUMBER                        { $$ = -$2; }
    ;

if_exists_opt:
      K_IF K_EXISTS                     { $$ = true; }
    | %empty                            { $$ = false; }
    ;

if_not_exists_opt:
      K_IF K_NOT K_EXISTS               { $$ = true; }
    | %empty                            { $$ = false; }
    ;

behavior_opt:
      K_CASCADE                         { $$ = DROP_CASCADE; }
    | K_RESTRICT                        { $$ = DROP_RESTRICT; }
    | %empty                            { $$ = DROP_RESTRICT; }
    ;

/* ---- Queries ---- */

select_stmt:
      bare_query %prec SIGN
    | query_parens %prec SIGN
    ;

query_parens:
      '(' bare_query ')'                { $$ = $2; }
    | '(' query_parens ')'              { $$ = $2; }
    ;

bare_query:
      query_core
    | query_term order_by               { $$ = build_query_tail(p, $1, $2, NULL, NULL, NULL); }
    | query_term order_by_opt locking limits_opt
                                        { $$ = build_query_tail(p, $1, $2, $3, $4, NULL); }
    | query_term order_by_opt limits locking_opt
                                        { $$ = build_query_tail(p, $1, $2, $4, $3, NULL); }
    | with query_term                   { $$ = build_query_tail(p, $2, NULL, NULL, NULL, $1); }
    | with query_term order_by          { $$ = build_query_tail(p, $2, $3, NULL, NULL, $1); }
    | with query_term order_by_opt locking limits_opt
                                        { $$ = build_query_tail(p, $2, $3, $4, $5, $1); }
    | with query_term order_by_opt limits locking_opt
                                        { $$ = build_query_tail(p, $2, $3, $5, $4, $1); }
    ;

query_term:
      query_core
    | query_parens
    ;

query_core:
      K_SELECT all_opt targets_opt into_opt from_opt where_opt group_by_opt having_opt windows_opt
                                        { $$ = NEW(SelectStmt, .targets = $3, .into = $4, .from = $5, .where = $6,
                                                   .group_by = $7.list, .is_group_distinct = $7.is_distinct,
                                                   .having = $8, .windows = $9); }
    | K_SELECT distinct target_list into_opt from_opt where_opt group_by_opt having_opt windows_opt
                                        { $$ = NEW(SelectStmt, .distinct = $2, .targets = $3, .into = $4, .from = $5,
                                                   .where = $6, .group_by = $7.list,
                                                   .is_group_distinct = $7.is_distinct, .having = $8, .windows = $9); }
    | values_rows                       { $$ = NEW(SelectStmt, .values = $1); }
    | K_TABLE relation_expr             { $$ = build_table_query($2); }
    | query_term K_UNION set_quantifier query_term
                                        { $$ = build_set_operation(SET_OP_UNION, $3, $1, $4); }
    | query_term K_INTERSECT set_quantifier query_term
                                        { $$ = build_set_operation(SET_OP_INTERSECT, $3, $1, $4); }
    | query_term K_EXCEPT set_quantifier query_term
                                        { $$ = build_set_operation(SET_OP_EXCEPT, $3, $1, $4); }
    ;

set_quantifier:
      K_ALL                             { $$ = true; }
    | K_DISTINCT                        { $$ = false; }
    | %empty                            { $$ = false; }
    ;

group_quantifier:
      K_ALL                             { $$ = false; }
    | K_DISTINCT                        { $$ = true; }
    | %empty                            { $$ = false; }
    ;

all_opt:
      K_ALL
    | %empty
    ;

distinct:
      K_DISTINCT                        { $$ = list_of(NULL); }
    | K_DISTINCT K_ON '(' expr_list ')' { $$ = $4; }
    ;

with:
      K_WITH ctes                       { $$ = NEW(WithClause, .tables = $2, .loc = @1); }
    | WITH_BEFORE_TYPE ctes             { $$ = NEW(WithClause, .tables = $2, .loc = @1); }
    | K_WITH K_RECURSIVE ctes           { $$ = NEW(WithClause, .tables = $3, .is_recursive = true, .loc = @1); }
    ;

with_opt:
      with
    | %empty                            { $$ = NULL; }
    ;

ctes:
      cte                               { $$ = list_of($1); }
    | ctes ',' cte                      { $$ = list_add($1, $3); }
    ;

cte:
      name name_parens_opt K_AS materialized_opt '(' preparable ')' search_opt cycle_opt
                                        { $$ = NEW(CommonTableExpr, .name = $1, .columns = $2, .materialize = $4,
                                                   .query = $6, .search = $8, .cycle = $9, .loc = @1); }
    ;

materialized_opt:
      K_MATERIALIZED                    { $$ = MATERIALIZE_ALWAYS; }
    | K_NOT K_MATERIALIZED              { $$ = MATERIALIZE_NEVER; }
    | %empty                            { $$ = MATERIALIZE_DEFAULT; }
    ;

search_opt:
      K_SEARCH K_DEPTH K_FIRST K_BY name_list K_SET name
                                        { $$ = NEW(SearchClause, .columns = $5, .sequence_column = $7, .loc = @1); }
    | K_SEARCH K_BREADTH K_FIRST K_BY name_list K_SET name
                                        { $$ = NEW(SearchClause, .columns = $5, .is_breadth_first = true,
                                                   .sequence_column = $7, .loc = @1); }
    | %empty                            { $$ = NULL; }
    ;

cycle_opt:
      K_CYCLE name_list K_SET name K_TO typed_const K_DEFAULT typed_const K_USING name
                                        { $$ = NEW(CycleClause, .columns = $2, .mark_column = $4, .mark_value = $6,
                                                   .mark_default = $8, .path_column = $10, .loc = @1); }
    | K_CYCLE name_list K_SET name K_USING name
                                        { $$ = NEW(CycleClause, .columns = $2, .mark_column = $4,
                                                   .mark_value = build_bool(true, NODE_NO_LOCATION),
                                                   .mark_default = build_bool(false, NODE_NO_LOCATION),
                                                   .path_column = $6, .loc = @1); }
    | %empty                            { $$ = NULL; }
    ;

name_parens_opt:
      '(' name_list ')'                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

into_opt:
      K_INTO into_target                { $$ = NEW(IntoClause, .relation = $2); }
    | %empty                            { $$ = NULL; }
    ;

into_target:
      K_TEMPORARY table_opt relation_name { $$ = build_persistence($3, 't'); }
    | K_TEMP table_opt relation_name    { $$ = build_persistence($3, 't'); }
    | K_LOCAL K_TEMPORARY table_opt relation_name { $$ = build_persistence($4, 't'); }
    | K_LOCAL K_TEMP table_opt relation_name { $$ = build_persistence($4, 't'); }
    | K_GLOBAL K_TEMPORARY table_opt relation_name
                                        { build_warn_global(p, @1);
                                          $$ = build_persistence($4, 't'); }
    | K_GLOBAL K_TEMP table_opt relation_name
                                        { build_warn_global(p, @1);
                                          $$ = build_persistence($4, 't'); }
    | K_UNLOGGED table_opt relation_name { $$ = build_persistence($3, 'u'); }
    | K_TABLE relation_name             { $$ = build_persistence($2, 'p'); }
    | relation_name                     { $$ = build_persistence($1, 'p'); }
    ;

table_opt:
      K_TABLE
    | %empty
    ;

target_list:
      target                            { $$ = list_of($1); }
    | target_list ',' target            { $$ = list_add($1, $3); }
    ;

targets_opt:
      target_list
    | %empty                            { $$ = NULL; }
    ;

target:
      expr K_AS label                   { $$ = NEW(Target, .name = $3, .value = $1, .loc = @1); }
    | expr bare_label                   { $$ = NEW(Target, .name = $2, .value = $1, .loc = @1); }
    | expr                              { $$ = NEW(Target, .value = $1, .loc = @1); }
    | '*'                               { $$ = NEW(Target, .value = build_star(@1), .loc = @1); }
    ;

from_opt:
      K_FROM from_list                  { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

from_list:
      from_item                         { $$ = list_of($1); }
    | from_list ',' from_item           { $$ = list_add($1, $3); }
    ;

from_item:
      relation_expr alias_opt           { $$ = build_aliased($1, $2); }
    | relation_expr alias_opt K_TABLESAMPLE function_name '(' expr_list ')' repeatable_opt
                                        { $$ = NEW(RangeTableSample, .relation = (Node *)build_aliased($1, $2),
                                                   .method = $4, .args = $6, .repeatable = $8, .loc = @4); }
    | function_table function_alias_opt { $$ = build_function_table($1, $2, false); }
    | K_LATERAL function_table function_alias_opt { $$ = build_function_table($2, $3, true); }
    | xml_table alias_opt               { $$ = build_xml_table($1, $2, false); }
    | K_LATERAL xml_table alias_opt     { $$ = build_xml_table($2, $3, true); }
    | query_parens alias_opt            { $$ = build_subselect(p, $1, $2, false, @1); }
    | K_LATERAL query_parens alias_opt  { $$ = build_subselect(p, $2, $3, true, @2); }
    | join
    | '(' join ')' alias                { $$ = build_aliased_join($2, $4); }
    ;

join:
      '(' join ')'                      { $$ = $2; }
    | from_item K_CROSS K_JOIN from_item
                                        { $$ = NEW(JoinExpr, .kind = JOIN_INNER, .left = $1, .right = $4); }
    | from_item join_kind K_JOIN from_item join_condition
                                        { $$ = build_join($2, $1, $4, $5); }
    | from_item K_JOIN from_item join_condition
                                        { $$ = build_join(JOIN_INNER, $1, $3, $4); }
    | from_item K_NATURAL join_kind K_JOIN from_item
                                        { $$ = NEW(JoinExpr, .kind = $3, .is_natural = true, .left = $1, .right = $5); }
    | from_item K_NATURAL K_JOIN from_item
                                        { $$ = NEW(JoinExpr, .kind = JOIN_INNER, .is_natural = true, .left = $1,
                                                   .right = $4); }
    ;

join_kind:
      K_FULL outer_opt                  { $$ = JOIN_FULL; }
    | K_LEFT outer_opt                  { $$ = JOIN_LEFT; }
    | K_RIGHT outer_opt                 { $$ = JOIN_RIGHT; }
    | K_INNER                           { $$ = JOIN_INNER; }
    ;

outer_opt:
      K_OUTER
    | %empty
    ;

/* A JoinExpr that holds the condition alone. */
join_condition:
      K_USING '(' name_list ')' using_alias_opt
                                        { $$ = NEW(JoinExpr, .using_columns = $3, .using_alias = $5); }
    | K_ON expr                         { $$ = NEW(JoinExpr, .condition = $2); }
    ;

using_alias_opt:
      K_AS name                         { $$ = NEW(Alias, .name = $2); }
    | %empty                            { $$ = NULL; }
    ;

alias:
      K_AS name '(' name_list ')'       { $$ = NEW(Alias, .name = $2, .columns = $4); }
    | K_AS name                         { $$ = NEW(Alias, .name = $2); }
    | name '(' name_list ')'            { $$ = NEW(Alias, .name = $1, .columns = $3); }
    | name                              { $$ = NEW(Alias, .name = $1); }
    ;

alias_opt:
      alias
    | %empty                            { $$ = NULL; }
    ;

/* A RangeFunction that holds alias and column definitions. */
function_alias_opt:
      alias                             { $$ = NEW(RangeFunction, .alias = $1); }
    | K_AS '(' table_function_columns ')'
                                        { $$ = NEW(RangeFunction, .column_defs = $3); }
    | K_AS name '(' table_function_columns ')'
                                        { $$ = NEW(RangeFunction, .alias = NEW(Alias, .name = $2), .column_defs = $4); }
    | name '(' table_function_columns ')'
                                        { $$ = NEW(RangeFunction, .alias = NEW(Alias, .name = $1), .column_defs = $3); }
    | %empty                            { $$ = NEW(RangeFunction, .alias = NULL); }
    ;

table_function_columns:
      table_function_column             { $$ = list_of($1); }
    | table_function_columns ',' table_function_column { $$ = list_add($1, $3); }
    ;

table_function_column:
      name type collate_opt             { $$ = NEW(ColumnDef, .name = $1, .type = $2, .collation = $3, .loc = @1); }
    ;

function_table:
      plain_function ordinality_opt     { $$ = NEW(RangeFunction, .functions = list_of(list_of2($1, NULL)),
                                                   .has_ordinality = $2); }
    | K_ROWS K_FROM '(' rows_from_list ')' ordinality_opt
                                        { $$ = NEW(RangeFunction, .functions = $4, .is_rows_from = true,
                                                   .has_ordinality = $6); }
    ;

rows_from_list:
      rows_from_item                    { $$ = list_of($1); }
    | rows_from_list ',' rows_from_item { $$ = list_add($1, $3); }
    ;

rows_from_item:
      plain_function                    { $$ = list_of2($1, NULL); }
    | plain_function K_AS '(' table_function_columns ')' { $$ = list_of2($1, $4); }
    ;

ordinality_opt:
      WITH_BEFORE_TYPE K_ORDINALITY     { $$ = true; }
    | %empty                            { $$ = false; }
    ;

relation_expr:
      relation_name                     { $$ = $1; }
    | relation_name '*'                 { $$ = $1; }
    | K_ONLY relation_name              { $$ = build_only($2); }
    | K_ONLY '(' relation_name ')'      { $$ = build_only($3); }
    ;

relation_expr_list:
      relation_expr                     { $$ = list_of($1); }
    | relation_expr_list ',' relation_expr { $$ = list_add($1, $3); }
    ;

/* The table that UPDATE, DELETE and MERGE change. */
changed_relation:
      relation_expr %prec SIGN
    | relation_expr name                { $$ = build_aliased($1, NEW(Alias, .name = $2)); }
    | relation_expr K_AS name           { $$ = build_aliased($1, NEW(Alias, .name = $3)); }
    ;

repeatable_opt:
      K_REPEATABLE '(' expr ')'         { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

xml_table:
      K_XMLTABLE '(' primary xml_passing K_COLUMNS xml_columns ')'
                                        { $$ = NEW(RangeTableFunc, .rows = $3, .document = $4, .columns = $6, .loc = @1); }
    | K_XMLTABLE '(' K_XMLNAMESPACES '(' xml_namespaces ')' ',' primary xml_passing K_COLUMNS xml_columns ')'
                                        { $$ = NEW(RangeTableFunc, .namespaces = $5, .rows = $8, .document = $9,
                                                   .columns = $11, .loc = @1); }
    ;

xml_namespaces:
      xml_namespace                     { $$ = list_of($1); }
    | xml_namespaces ',' xml_namespace  { $$ = list_add($1, $3); }
    ;

xml_namespace:
      plain_expr K_AS label             { $$ = NEW(Target, .name = $3, .value = $1, .loc = @1); }
    | K_DEFAULT plain_expr              { $$ = NEW(Target, .value = $2, .loc = @1); }
    ;

xml_columns:
      xml_column                        { $$ = list_of($1); }
    | xml_columns ',' xml_column        { $$ = list_add($1, $3); }
    ;

xml_column:
      name type                         { $$ = NEW(RangeTableFuncCol, .name = $1, .type = $2, .loc = @1); }
    | name type xml_column_options      { $$ = build_xml_column(p, $1, $2, $3, @1); }
    | name K_FOR K_ORDINALITY           { $$ = NEW(RangeTableFuncCol, .name = $1, .is_ordinality = true, .loc = @1); }
    ;

xml_column_options:
      xml_column_option                 { $$ = list_of($1); }
    | xml_column_options xml_column_option { $$ = list_add($1, $2); }
    ;

xml_column_option:
      IDENT plain_expr                  { $$ = build_xml_option(p, $1, $2, @1); }
    | K_DEFAULT plain_expr              { $$ = build_option("default", $2, @1); }
    | K_NOT K_NULL                      { $$ = build_option("is_not_null", NEW(Boolean, .value = true), @1); }
    | K_NULL                            { $$ = build_option("is_not_null", NEW(Boolean, .value = false), @1); }
    ;

where_opt:
      K_WHERE expr                      { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

where_current_opt:
      K_WHERE expr                      { $$ = $2; }
    | K_WHERE K_CURRENT K_OF name       { $$ = NEW(CurrentOf, .cursor = $4); }
    | %empty                            { $$ = NULL; }
    ;

group_by_opt:
      K_GROUP K_BY group_quantifier group_list
                                        { $$.list = $4;
                                          $$.is_distinct = $3; }
    | %empty                            { $$.list = NULL;
                                          $$.is_distinct = false; }
    ;

group_list:
      group_item                        { $$ = list_of($1); }
    | group_list ',' group_item         { $$ = list_add($1, $3); }
    ;

group_item:
      expr
    | '(' ')'                           { $$ = NEW(GroupingSet, .kind = GROUPING_EMPTY, .loc = @1); }
    | K_CUBE '(' expr_list ')'          { $$ = NEW(GroupingSet, .kind = GROUPING_CUBE, .content = $3, .loc = @1); }
    | K_ROLLUP '(' expr_list ')'        { $$ = NEW(GroupingSet, .kind = GROUPING_ROLLUP, .content = $3, .loc = @1); }
    | K_GROUPING K_SETS '(' group_list ')'
                                        { $$ = NEW(GroupingSet, .kind = GROUPING_SETS, .content = $4, .loc = @1); }
    ;

having_opt:
      K_HAVING expr                     { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

windows_opt:
      K_WINDOW window_list              { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

window_list:
      window                            { $$ = list_of($1); }
    | window_list ',' window            { $$ = list_add($1, $3); }
    ;

window:
      name K_AS window_body             { $$ = build_named_window($1, $3); }
    ;

over_opt:
      K_OVER window_body                { $$ = $2; }
    | K_OVER name                       { $$ = NEW(WindowDef, .name = $2, .frame = FRAME_DEFAULT, .loc = @2); }
    | %empty                            { $$ = NULL; }
    ;

window_body:
      '(' window_base_opt partition_by_opt order_by_opt frame_opt ')'
                                        { $$ = build_window($5, $2, $3, $4, @1); }
    ;

window_base_opt:
      name
    | %empty %prec OPERATOR_NAME        { $$ = NULL; }
    ;

partition_by_opt:
      K_PARTITION K_BY expr_list        { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

/* A WindowDef that holds the frame alone. */
frame_opt:
      K_RANGE frame_extent exclusion_opt { $$ = build_frame($2, FRAME_RANGE | $3); }
    | K_ROWS frame_extent exclusion_opt { $$ = build_frame($2, FRAME_ROWS | $3); }
    | K_GROUPS frame_extent exclusion_opt { $$ = build_frame($2, FRAME_GROUPS | $3); }
    | %empty                            { $$ = NEW(WindowDef, .frame = FRAME_DEFAULT); }
    ;

frame_extent:
      frame_bound                       { $$ = build_frame_extent(p, $1, NULL, @1, @1); }
    | K_BETWEEN frame_bound K_AND frame_bound { $$ = build_frame_extent(p, $2, $4, @2, @4); }
    ;

/* As the start of a frame; build_frame_extent() moves the bits of an end. */
frame_bound:
      K_UNBOUNDED K_PRECEDING           { $$ = NEW(WindowDef, .frame = FRAME_START_UNBOUNDED_PRECEDING); }
    | K_UNBOUNDED K_FOLLOWING           { $$ = NEW(WindowDef, .frame = FRAME_START_UNBOUNDED_FOLLOWING); }
    | K_CURRENT K_ROW                   { $$ = NEW(WindowDef, .frame = FRAME_START_CURRENT_ROW); }
    | expr K_PRECEDING                  { $$ = NEW(WindowDef, .frame = FRAME_START_OFFSET_PRECEDING, .start_offset = $1); }
    | expr K_FOLLOWING                  { $$ = NEW(WindowDef, .frame = FRAME_START_OFFSET_FOLLOWING, .start_offset = $1); }
    ;

exclusion_opt:
      K_EXCLUDE K_CURRENT K_ROW         { $$ = FRAME_EXCLUDE_CURRENT_ROW; }
    | K_EXCLUDE K_GROUP                 { $$ = FRAME_EXCLUDE_GROUP; }
    | K_EXCLUDE K_TIES                  { $$ = FRAME_EXCLUDE_TIES; }
    | K_EXCLUDE K_NO K_OTHERS           { $$ = 0; }
    | %empty                            { $$ = 0; }
    ;

values_rows:
      K_VALUES '(' expr_list ')'        { $$ = list_of($3); }
    | values_rows ',' '(' expr_list ')' { $$ = list_add($1, $4); }
    ;

order_by:
      K_ORDER K_BY sort_list            { $$ = $3; }
    ;

order_by_opt:
      order_by
    | %empty                            { $$ = NULL; }
    ;

sort_list:
      sort_item                         { $$ = list_of($1); }
    | sort_list ',' sort_item           { $$ = list_add($1, $3); }
    ;

sort_item:
      expr K_USING any_operator_word nulls_opt
                                        { $$ = NEW(SortBy, .expr = $1, .order = SORT_USING, .using_operator = $3,
                                                   .nulls = $4, .loc = @3); }
    | expr direction_opt nulls_opt      { $$ = NEW(SortBy, .expr = $1, .order = $2, .nulls = $3, .loc = -1); }
    ;

direction_opt:
      K_ASC                             { $$ = SORT_ASC; }
    | K_DESC                            { $$ = SORT_DESC; }
    | %empty                            { $$ = SORT_DEFAULT; }
    ;

nulls_opt:
      NULLS_BEFORE_ORDER K_FIRST        { $$ = NULLS_FIRST; }
    | NULLS_BEFORE_ORDER K_LAST         { $$ = NULLS_LAST; }
    | %empty                            { $$ = NULLS_DEFAULT; }
    ;

limits:
      limit_clause offset_clause        { $$ = build_limits($1, $2); }
    | offset_clause limit_clause        { $$ = build_limits($2, $1); }
    | limit_clause                      { $$ = $1; }
    | offset_clause                     { $$ = build_limits(NULL, $1); }
    ;

limits_opt:
      limits
    | %empty                            { $$ = NULL; }
    ;

/* A SelectStmt that holds the limits alone. */
limit_clause:
      K_LIMIT limit_value               { $$ = build_limit($2, LIMIT_COUNT); }
    | K_LIMIT limit_value ',' expr      { err_raise(SQLSTATE_SYNTAX_ERROR,
                                                    .message = "LIMIT #,# syntax is not supported",
                                                    .hint = "Use separate LIMIT and OFFSET clauses.",
                                                    .position = parser_position(p, @1)); }
    | K_FETCH first_or_next fetch_value rows_word K_ONLY
                                        { $$ = build_limit($3, LIMIT_COUNT); }
    | K_FETCH first_or_next fetch_value rows_word K_WITH K_TIES
                                        { $$ = build_limit($3, LIMIT_WITH_TIES); }
    | K_FETCH first_or_next rows_word K_ONLY
                                        { $$ = build_limit(build_integer(1, NODE_NO_LOCATION), LIMIT_COUNT); }
    | K_FETCH first_or_next rows_word K_WITH K_TIES
                                        { $$ = build_limit(build_integer(1, NODE_NO_LOCATION), LIMIT_WITH_TIES); }
    ;

limit_value:
      expr
    | K_ALL                             { $$ = build_null(@1); }
    ;

offset_clause:
      K_OFFSET expr                     { $$ = $2; }
    | K_OFFSET fetch_value rows_word    { $$ = $2; }
    ;

fetch_value:
      primary
    | '+' number_const                  { $$ = build_prefix("+", $2, @1); }
    | '-' number_const                  { $$ = build_negated(p, $2, @1); }
    ;

number_const:
      NUMBER                            { $$ = build_integer($1, @1); }
    | REAL_NUMBER                       { $$ = build_const(CONST_FLOAT, $1, @1); }
    ;

rows_word:
      K_ROW
    | K_ROWS
    ;

first_or_next:
      K_FIRST
    | K_NEXT
    ;

locking:
      locking_items
    | K_FOR K_READ K_ONLY               { $$ = NULL; }
    ;

locking_opt:
      locking
    | %empty                            { $$ = NULL; }
    ;

locking_items:
      locking_item                      { $$ = list_of($1); }
    | locking_items locking_item        { $$ = list_add($1, $2); }
    ;

locking_item:
      lock_strength locked_relations_opt lock_wait_opt
                                        { $$ = NEW(LockingClause, .strength = $1, .relations = $2, .wait = $3); }
    ;

lock_strength:
      K_FOR K_UPDATE                    { $$ = ROW_LOCK_UPDATE; }
    | K_FOR K_NO K_KEY K_UPDATE         { $$ = ROW_LOCK_NO_KEY_UPDATE; }
    | K_FOR K_SHARE                     { $$ = ROW_LOCK_SHARE; }
    | K_FOR K_KEY K_SHARE               { $$ = ROW_LOCK_KEY_SHARE; }
    ;

locked_relations_opt:
      K_OF relation_name_list           { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

lock_wait_opt:
      K_NOWAIT                          { $$ = ROW_WAIT_ERROR; }
    | K_SKIP K_LOCKED                   { $$ = ROW_WAIT_SKIP; }
    | %empty                            { $$ = ROW_WAIT_BLOCK; }
    ;

/* What PL/pgSQL evaluates: a SELECT without the word. */
expression_query:
      distinct_opt targets_opt from_opt where_opt group_by_opt having_opt windows_opt order_by_opt
      limits_opt locking_opt
                                        { $$ = build_query_tail(p,
                                                   NEW(SelectStmt, .distinct = $1, .targets = $2, .from = $3, .where = $4,
                                                       .group_by = $5.list, .is_group_distinct = $5.is_distinct,
                                                       .having = $6, .windows = $7),
                                                   $8, $10, $9, NULL); }
    ;

distinct_opt:
      distinct
    | K_ALL                             { $$ = NULL; }
    | %empty                            { $$ = NULL; }
    ;

/* ---- Expressions ---- */

expr:
      primary
    | expr TYPECAST type                { $$ = build_cast($1, $3, @2); }
    | expr K_COLLATE any_name           { $$ = NEW(CollateClause, .arg = $1, .name = $3, .loc = @2); }
    | expr K_AT K_TIME K_ZONE expr %prec K_AT
                                        { $$ = NEW(TimeZoneExpr, .arg = $1, .zone = $5, .loc = @2); }
    | '+' expr %prec SIGN               { $$ = build_prefix("+", $2, @1); }
    | '-' expr %prec SIGN               { $$ = build_negated(p, $2, @1); }
    | expr '+' expr                     { $$ = build_operator("+", $1, $3, @2); }
    | expr '-' expr                     { $$ = build_operator("-", $1, $3, @2); }
    | expr '*' expr                     { $$ = build_operator("*", $1, $3, @2); }
    | expr '/' expr                     { $$ = build_operator("/", $1, $3, @2); }
    | expr '%' expr                     { $$ = build_operator("%", $1, $3, @2); }
    | expr '^' expr                     { $$ = build_operator("^", $1, $3, @2); }
    | expr '<' expr                     { $$ = build_operator("<", $1, $3, @2); }
    | expr '>' expr                     { $$ = build_operator(">", $1, $3, @2); }
    | expr '=' expr                     { $$ = build_operator("=", $1, $3, @2); }
    | expr LESS_EQUALS expr             { $$ = build_operator("<=", $1, $3, @2); }
    | expr GREATER_EQUALS expr          { $$ = build_operator(">=", $1, $3, @2); }
    | expr NOT_EQUALS expr              { $$ = build_operator("<>", $1, $3, @2); }
    | expr operator_word expr %prec OPERATOR_NAME
                                        { $$ = build_named_operator($2, $1, $3, @2); }
    | operator_word expr %prec OPERATOR_NAME
                                        { $$ = build_named_operator($1, NULL, $2, @1); }
    | expr K_AND expr                   { $$ = build_bool_pair(BOOL_AND, $1, $3, @2); }
    | expr K_OR expr                    { $$ = build_bool_pair(BOOL_OR, $1, $3, @2); }
    | K_NOT expr                        { $$ = build_not($2, @1); }
    | NOT_BEFORE_TEST expr %prec K_NOT  { $$ = build_not($2, @1); }
    | expr K_LIKE expr %prec K_LIKE     { $$ = build_match(RAW_LIKE, "~~", $1, $3, NULL, @2); }
    | expr K_LIKE expr K_ESCAPE expr %prec K_LIKE
                                        { $$ = build_match(RAW_LIKE, "~~", $1, $3, $5, @2); }
    | expr NOT_BEFORE_TEST K_LIKE expr %prec NOT_BEFORE_TEST
                                        { $$ = build_match(RAW_LIKE, "!~~", $1, $4, NULL, @2); }
    | expr NOT_BEFORE_TEST K_LIKE expr K_ESCAPE expr %prec NOT_BEFORE_TEST
                                        { $$ = build_match(RAW_LIKE, "!~~", $1, $4, $6, @2); }
    | expr K_ILIKE expr %prec K_ILIKE   { $$ = build_match(RAW_ILIKE, "~~*", $1, $3, NULL, @2); }
    | expr K_ILIKE expr K_ESCAPE expr %prec K_ILIKE
                                        { $$ = build_match(RAW_ILIKE, "~~*", $1, $3, $5, @2); }
    | expr NOT_BEFORE_TEST K_ILIKE expr %prec NOT_BEFORE_TEST
                                        { $$ = build_match(RAW_ILIKE, "!~~*", $1, $4, NULL, @2); }
    | expr NOT_BEFORE_TEST K_ILIKE expr K_ESCAPE expr %prec NOT_BEFORE_TEST
                                        { $$ = build_match(RAW_ILIKE, "!~~*", $1, $4, $6, @2); }
    | expr K_SIMILAR K_TO expr %prec K_SIMILAR
                                        { $$ = build_similar("~", $1, $4, NULL, @2); }
    | expr K_SIMILAR K_TO expr K_ESCAPE expr %prec K_SIMILAR
                                        { $$ = build_similar("~", $1, $4, $6, @2); }
    | expr NOT_BEFORE_TEST K_SIMILAR K_TO expr %prec NOT_BEFORE_TEST
                                        { $$ = build_similar("!~", $1, $5, NULL, @2); }
    | expr NOT_BEFORE_TEST K_SIMILAR K_TO expr K_ESCAPE expr %prec NOT_BEFORE_TEST
                                        { $$ = build_similar("!~", $1, $5, $7, @2); }
    | expr K_IS K_NULL %prec K_IS       { $$ = NEW(NullTest, .arg = $1, .loc = @2); }
    | expr K_ISNULL                     { $$ = NEW(NullTest, .arg = $1, .loc = @2); }
    | expr K_IS K_NOT K_NULL %prec K_IS { $$ = NEW(NullTest, .arg = $1, .is_not = true, .loc = @2); }
    | expr K_NOTNULL                    { $$ = NEW(NullTest, .arg = $1, .is_not = true, .loc = @2); }
    | row K_OVERLAPS row                { $$ = build_overlaps(p, $1, $3, @1, @2, @3); }
    | expr K_IS bool_test %prec K_IS    { $$ = NEW(BooleanTest, .arg = $1, .kind = $3, .loc = @2); }
    | expr K_IS K_DISTINCT K_FROM expr %prec K_IS
                                        { $$ = build_raw(RAW_DISTINCT, "=", $1, $5, @2); }
    | expr K_IS K_NOT K_DISTINCT K_FROM expr %prec K_IS
                                        { $$ = build_raw(RAW_NOT_DISTINCT, "=", $1, $6, @2); }
    | expr K_BETWEEN asymmetric_opt plain_expr K_AND expr %prec K_BETWEEN
                                        { $$ = build_raw(RAW_BETWEEN, "BETWEEN", $1, list_of2($4, $6), @2); }
    | expr NOT_BEFORE_TEST K_BETWEEN asymmetric_opt plain_expr K_AND expr %prec NOT_BEFORE_TEST
                                        { $$ = build_raw(RAW_NOT_BETWEEN, "NOT BETWEEN", $1, list_of2($5, $7), @2); }
    | expr K_BETWEEN K_SYMMETRIC plain_expr K_AND expr %prec K_BETWEEN
                                        { $$ = build_raw(RAW_BETWEEN_SYM, "BETWEEN SYMMETRIC", $1, list_of2($4, $6), @2); }
    | expr NOT_BEFORE_TEST K_BETWEEN K_SYMMETRIC plain_expr K_AND expr %prec NOT_BEFORE_TEST
                                        { $$ = build_raw(RAW_NOT_BETWEEN_SYM, "NOT BETWEEN SYMMETRIC", $1,
                                                         list_of2($5, $7), @2); }
    | expr K_IN in_set                  { $$ = build_in($1, $3, false, @2); }
    | expr NOT_BEFORE_TEST K_IN in_set %prec NOT_BEFORE_TEST
                                        { $$ = build_in($1, $4, true, @2); }
    | expr any_test_operator quantifier query_parens %prec OPERATOR_NAME
                                        { $$ = NEW(SubLink, .kind = $3, .test = $1, .operator_name = $2, .query = $4,
                                                   .loc = @2); }
    | expr any_test_operator quantifier '(' expr ')' %prec OPERATOR_NAME
                                        { $$ = NEW(RawExpr, .kind = $3 == SUBLINK_ANY ? RAW_OP_ANY : RAW_OP_ALL,
                                                   .name = $2, .left = $1, .right = $5, .loc = @2); }
    | K_UNIQUE unique_null_treatment_opt query_parens
                                        { build_fail_unsupported(p, "UNIQUE predicate is not yet implemented", @1); }
    | expr K_IS K_DOCUMENT %prec K_IS   { $$ = NEW(XmlExpr, .kind = XML_DOCUMENT, .args = list_of($1), .loc = @2); }
    | expr K_IS K_NOT K_DOCUMENT %prec K_IS
                                        { $$ = build_not(NEW(XmlExpr, .kind = XML_DOCUMENT, .args = list_of($1),
                                                             .loc = @2), @2); }
    | expr K_IS K_NORMALIZED %prec K_IS { $$ = build_normalized($1, NULL, @2); }
    | expr K_IS normal_form K_NORMALIZED %prec K_IS
                                        { $$ = build_normalized($1, build_const(CONST_STRING, $3, @3), @2); }
    | expr K_IS K_NOT K_NORMALIZED %prec K_IS
                                        { $$ = build_not(build_normalized($1, NULL, @2), @2); }
    | expr K_IS K_NOT normal_form K_NORMALIZED %prec K_IS
                                        { $$ = build_not(build_normalized($1, build_const(CONST_STRING, $4, @4), @2),
                                                         @2); }
    | K_DEFAULT                         { $$ = NEW(SetToDefault, .loc = @1); }
    ;

bool_test:
      K_TRUE                            { $$ = IS_TRUE; }
    | K_NOT K_TRUE                      { $$ = IS_NOT_TRUE; }
    | K_FALSE                           { $$ = IS_FALSE; }
    | K_NOT K_FALSE                     { $$ = IS_NOT_FALSE; }
    | K_UNKNOWN                         { $$ = IS_UNKNOWN; }
    | K_NOT K_UNKNOWN                   { $$ = IS_NOT_UNKNOWN; }
    ;

normal_form:
      K_NFC                             { $$ = "NFC"; }
    | K_NFD                             { $$ = "NFD"; }
    | K_NFKC                            { $$ = "NFKC"; }
    | K_NFKD                            { $$ = "NFKD"; }
    ;

asymmetric_opt:
      K_ASYMMETRIC
    | %empty
    ;

unique_null_treatment_opt:
      nulls_distinct_opt
    ;

/* What may stand where AND, NOT, IN and the like would belong to what is around. */
plain_expr:
      primary
    | plain_expr TYPECAST type          { $$ = build_cast($1, $3, @2); }
    | '+' plain_expr %prec SIGN         { $$ = build_prefix("+", $2, @1); }
    | '-' plain_expr %prec SIGN         { $$ = build_negated(p, $2, @1); }
    | plain_expr '+' plain_expr         { $$ = build_operator("+", $1, $3, @2); }
    | plain_expr '-' plain_expr         { $$ = build_operator("-", $1, $3, @2); }
    | plain_expr '*' plain_expr         { $$ = build_operator("*", $1, $3, @2); }
    | plain_expr '/' plain_expr         { $$ = build_operator("/", $1, $3, @2); }
    | plain_expr '%' plain_expr         { $$ = build_operator("%", $1, $3, @2); }
    | plain_expr '^' plain_expr         { $$ = build_operator("^", $1, $3, @2); }
    | plain_expr '<' plain_expr         { $$ = build_operator("<", $1, $3, @2); }
    | plain_expr '>' plain_expr         { $$ = build_operator(">", $1, $3, @2); }
    | plain_expr '=' plain_expr         { $$ = build_operator("=", $1, $3, @2); }
    | plain_expr LESS_EQUALS plain_expr { $$ = build_operator("<=", $1, $3, @2); }
    | plain_expr GREATER_EQUALS plain_expr { $$ = build_operator(">=", $1, $3, @2); }
    | plain_expr NOT_EQUALS plain_expr  { $$ = build_operator("<>", $1, $3, @2); }
    | plain_expr operator_word plain_expr %prec OPERATOR_NAME
                                        { $$ = build_named_operator($2, $1, $3, @2); }
    | operator_word plain_expr %prec OPERATOR_NAME
                                        { $$ = build_named_operator($1, NULL, $2, @1); }
    | plain_expr K_IS K_DISTINCT K_FROM plain_expr %prec K_IS
                                        { $$ = build_raw(RAW_DISTINCT, "=", $1, $5, @2); }
    | plain_expr K_IS K_NOT K_DISTINCT K_FROM plain_expr %prec K_IS
                                        { $$ = build_raw(RAW_NOT_DISTINCT, "=", $1, $6, @2); }
    | plain_expr K_IS K_DOCUMENT %prec K_IS
                                        { $$ = NEW(XmlExpr, .kind = XML_DOCUMENT, .args = list_of($1), .loc = @2); }
    | plain_expr K_IS K_NOT K_DOCUMENT %prec K_IS
                                        { $$ = build_not(NEW(XmlExpr, .kind = XML_DOCUMENT, .args = list_of($1),
                                                             .loc = @2), @2); }
    ;

primary:
      column_ref
    | constant
    | PARAM indirection_opt             { $$ = build_indirection(p, NEW(ParamRef, .number = $1, .loc = @1), $2); }
    | '(' expr ')' indirection_opt      { $$ = build_indirection(p, $2, $4); }
    | case
    | function
    | query_parens %prec SIGN           { $$ = NEW(SubLink, .kind = SUBLINK_EXPR, .query = $1, .loc = @1); }
    | query_parens indirection          { $$ = build_indirection(p, NEW(SubLink, .kind = SUBLINK_EXPR, .query = $1,
                                                                         .loc = @1), $2); }
    | K_EXISTS query_parens             { $$ = NEW(SubLink, .kind = SUBLINK_EXISTS, .query = $2, .loc = @1); }
    | K_ARRAY query_parens              { $$ = NEW(SubLink, .kind = SUBLINK_ARRAY, .query = $2, .loc = @1); }
    | K_ARRAY array                     { $$ = build_array_at($2, @1); }
    | explicit_row                      { $$ = NEW(RowExpr, .args = $1, .form = COERCE_CALL, .loc = @1); }
    | implicit_row                      { $$ = NEW(RowExpr, .args = $1, .form = COERCE_IMPLICIT, .loc = @1); }
    | K_GROUPING '(' expr_list ')'      { $$ = NEW(GroupingFunc, .args = $3, .loc = @1); }
    ;

column_ref:
      name                              { $$ = NEW(ColumnRef, .fields = build_name($1), .loc = @1); }
    | name indirection                  { $$ = build_column_ref(p, $1, $2, @1); }
    ;

indirection_step:
      '.' label                         { $$ = node_string($2); }
    | '.' '*'                           { $$ = node_new(Star); }
    | '[' expr ']'                      { $$ = NEW(Subscript, .upper = $2); }
    | '[' slice_bound_opt ':' slice_bound_opt ']'
                                        { $$ = NEW(Subscript, .is_slice = true, .lower = $2, .upper = $4); }
    ;

slice_bound_opt:
      expr
    | %empty                            { $$ = NULL; }
    ;

indirection:
      indirection_step                  { $$ = list_of($1); }
    | indirection indirection_step      { $$ = list_add($1, $2); }
    ;

indirection_opt:
      indirection_opt indirection_step  { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

constant:
      NUMBER                            { $$ = build_integer($1, @1); }
    | REAL_NUMBER                       { $$ = build_const(CONST_FLOAT, $1, @1); }
    | LITERAL                           { $$ = build_const(CONST_STRING, $1, @1); }
    | BIT_LITERAL                       { $$ = build_const(CONST_BIT, $1, @1); }
    | HEX_LITERAL                       { $$ = build_const(CONST_HEX, $1, @1); }
    | function_name LITERAL             { $$ = build_typed_literal(build_type($1, @1), $2, @2); }
    | function_name '(' argument_list order_by_opt ')' LITERAL
                                        { $$ = build_typed_call(p, $1, $3, $4, $6, @1, @4, @6); }
    | const_type LITERAL                { $$ = build_typed_literal($1, $2, @2); }
    | interval_word LITERAL interval_opt { $$ = build_typed_literal(build_typmods($1, $3), $2, @2); }
    | interval_word '(' NUMBER ')' LITERAL
                                        { $$ = build_typed_literal(build_interval_precision($1, $3, @3), $5, @5); }
    | K_TRUE                            { $$ = build_bool(true, @1); }
    | K_FALSE                           { $$ = build_bool(false, @1); }
    | K_NULL                            { $$ = build_null(@1); }
    ;

/* A constant, with or without a type, for CYCLE. */
typed_const:
      constant
    ;

case:
      K_CASE expr_opt whens else_opt K_END
                                        { $$ = NEW(CaseExpr, .arg = $2, .whens = $3, .default_result = $4, .loc = @1); }
    ;

expr_opt:
      expr
    | %empty                            { $$ = NULL; }
    ;

whens:
      when                              { $$ = list_of($1); }
    | whens when                        { $$ = list_add($1, $2); }
    ;

when:
      K_WHEN expr K_THEN expr           { $$ = NEW(CaseWhen, .condition = $2, .result = $4, .loc = @1); }
    ;

else_opt:
      K_ELSE expr                       { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

explicit_row:
      K_ROW '(' expr_list ')'           { $$ = $3; }
    | K_ROW '(' ')'                     { $$ = NULL; }
    ;

implicit_row:
      '(' expr_list ',' expr ')'        { $$ = list_add($2, $4); }
    ;

row:
      explicit_row
    | implicit_row
    ;

array:
      '[' expr_list ']'                 { $$ = NEW(RawArray, .elements = $2, .loc = @1); }
    | '[' array_list ']'                { $$ = NEW(RawArray, .elements = $2, .loc = @1); }
    | '[' ']'                           { $$ = NEW(RawArray, .loc = @1); }
    ;

array_list:
      array                             { $$ = list_of($1); }
    | array_list ',' array              { $$ = list_add($1, $3); }
    ;

expr_list:
      expr                              { $$ = list_of($1); }
    | expr_list ',' expr                { $$ = list_add($1, $3); }
    ;

in_set:
      query_parens                      { $$ = NEW(SubLink, .query = $1); }
    | '(' expr_list ')'                 { $$ = $2; }
    ;

quantifier:
      K_ANY                             { $$ = SUBLINK_ANY; }
    | K_SOME                            { $$ = SUBLINK_ANY; }
    | K_ALL                             { $$ = SUBLINK_ALL; }
    ;

operator_symbol:
      OPERATOR_NAME
    | math_operator
    ;

math_operator:
      '+'                               { $$ = "+"; }
    | '-'                               { $$ = "-"; }
    | '*'                               { $$ = "*"; }
    | '/'                               { $$ = "/"; }
    | '%'                               { $$ = "%"; }
    | '^'                               { $$ = "^"; }
    | '<'                               { $$ = "<"; }
    | '>'                               { $$ = ">"; }
    | '='                               { $$ = "="; }
    | LESS_EQUALS                       { $$ = "<="; }
    | GREATER_EQUALS                    { $$ = ">="; }
    | NOT_EQUALS                        { $$ = "<>"; }
    ;

operator_name:
      operator_symbol                   { $$ = build_name($1); }
    | name '.' operator_name            { $$ = list_add_first(node_string($1), $3); }
    ;

/* An operator that has no rule of its own in expressions. */
operator_word:
      OPERATOR_NAME                     { $$ = build_name($1); }
    | K_OPERATOR '(' operator_name ')'  { $$ = $3; }
    ;

any_operator_word:
      operator_symbol                   { $$ = build_name($1); }
    | K_OPERATOR '(' operator_name ')'  { $$ = $3; }
    ;

/* Before ANY, SOME and ALL. */
any_test_operator:
      operator_symbol                   { $$ = build_name($1); }
    | K_OPERATOR '(' operator_name ')'  { $$ = $3; }
    | K_LIKE                            { $$ = build_name("~~"); }
    | NOT_BEFORE_TEST K_LIKE            { $$ = build_name("!~~"); }
    | K_ILIKE                           { $$ = build_name("~~*"); }
    | NOT_BEFORE_TEST K_ILIKE           { $$ = build_name("!~~*"); }
    ;

/* ---- Function calls ---- */

function:
      call within_group_opt filter_opt over_opt
                                        { $$ = build_aggregate_call(p, $1, $2, $3, $4, @2); }
    | special_function
    ;

/* Without what only aggregates have: in FROM and in indexes. */
plain_function:
      call
    | special_function
    ;

call:
      function_name '(' ')'             { $$ = build_call($1, NULL, @1); }
    | function_name '(' argument_list order_by_opt ')'
                                        { $$ = NEW(FuncCall, .name = $1, .args = $3, .order_by = $4, .loc = @1); }
    | function_name '(' K_VARIADIC argument order_by_opt ')'
                                        { $$ = NEW(FuncCall, .name = $1, .args = list_of($4), .is_variadic = true,
                                                   .order_by = $5, .loc = @1); }
    | function_name '(' argument_list ',' K_VARIADIC argument order_by_opt ')'
                                        { $$ = NEW(FuncCall, .name = $1, .args = list_add($3, $6), .is_variadic = true,
                                                   .order_by = $7, .loc = @1); }
    | function_name '(' K_ALL argument_list order_by_opt ')'
                                        { $$ = NEW(FuncCall, .name = $1, .args = $4, .order_by = $5, .loc = @1); }
    | function_name '(' K_DISTINCT argument_list order_by_opt ')'
                                        { $$ = NEW(FuncCall, .name = $1, .args = $4, .order_by = $5,
                                                   .is_distinct = true, .loc = @1); }
    | function_name '(' '*' ')'         { $$ = NEW(FuncCall, .name = $1, .is_star = true, .loc = @1); }
    ;

argument_list:
      argument                          { $$ = list_of($1); }
    | argument_list ',' argument        { $$ = list_add($1, $3); }
    ;

argument_list_opt:
      argument_list
    | %empty                            { $$ = NULL; }
    ;

argument:
      expr
    | type_word COLON_EQUALS expr       { $$ = NEW(NamedArg, .name = $1, .value = $3, .loc = @1); }
    | type_word EQUALS_GREATER expr     { $$ = NEW(NamedArg, .name = $1, .value = $3, .loc = @1); }
    ;

within_group_opt:
      K_WITHIN K_GROUP '(' order_by ')' { $$ = $4; }
    | %empty                            { $$ = NULL; }
    ;

filter_opt:
      K_FILTER '(' K_WHERE expr ')'     { $$ = $4; }
    | %empty                            { $$ = NULL; }
    ;

special_function:
      K_COLLATION K_FOR '(' expr ')'    { $$ = build_system_call("pg_collation_for", list_of($4), @1); }
    | K_CURRENT_DATE                    { $$ = build_sql_value(SQL_VALUE_CURRENT_DATE, -1, @1); }
    | K_CURRENT_TIME                    { $$ = build_sql_value(SQL_VALUE_CURRENT_TIME, -1, @1); }
    | K_CURRENT_TIME '(' NUMBER ')'     { $$ = build_sql_value(SQL_VALUE_CURRENT_TIME_N, $3, @1); }
    | K_CURRENT_TIMESTAMP               { $$ = build_sql_value(SQL_VALUE_CURRENT_TIMESTAMP, -1, @1); }
    | K_CURRENT_TIMESTAMP '(' NUMBER ')' { $$ = build_sql_value(SQL_VALUE_CURRENT_TIMESTAMP_N, $3, @1); }
    | K_LOCALTIME                       { $$ = build_sql_value(SQL_VALUE_LOCALTIME, -1, @1); }
    | K_LOCALTIME '(' NUMBER ')'        { $$ = build_sql_value(SQL_VALUE_LOCALTIME_N, $3, @1); }
    | K_LOCALTIMESTAMP                  { $$ = build_sql_value(SQL_VALUE_LOCALTIMESTAMP, -1, @1); }
    | K_LOCALTIMESTAMP '(' NUMBER ')'   { $$ = build_sql_value(SQL_VALUE_LOCALTIMESTAMP_N, $3, @1); }
    | K_CURRENT_ROLE                    { $$ = build_sql_value(SQL_VALUE_CURRENT_ROLE, -1, @1); }
    | K_CURRENT_USER                    { $$ = build_sql_value(SQL_VALUE_CURRENT_USER, -1, @1); }
    | K_SESSION_USER                    { $$ = build_sql_value(SQL_VALUE_SESSION_USER, -1, @1); }
    | K_USER                            { $$ = build_sql_value(SQL_VALUE_USER, -1, @1); }
    | K_CURRENT_CATALOG                 { $$ = build_sql_value(SQL_VALUE_CURRENT_CATALOG, -1, @1); }
    | K_CURRENT_SCHEMA                  { $$ = build_sql_value(SQL_VALUE_CURRENT_SCHEMA, -1, @1); }
    | K_CAST '(' expr K_AS type ')'     { $$ = build_cast($3, $5, @1); }
    | K_EXTRACT '(' extract_field K_FROM expr ')'
                                        { $$ = build_system_call("extract",
                                                   list_of2(build_const(CONST_STRING, $3, @3), $5), @1); }
    | K_NORMALIZE '(' expr ')'          { $$ = build_system_call("normalize", list_of($3), @1); }
    | K_NORMALIZE '(' expr ',' normal_form ')'
                                        { $$ = build_system_call("normalize",
                                                   list_of2($3, build_const(CONST_STRING, $5, @5)), @1); }
    | K_OVERLAY '(' overlay_list ')'    { $$ = build_system_call("overlay", $3, @1); }
    | K_OVERLAY '(' argument_list_opt ')' { $$ = build_call(build_name("overlay"), $3, @1); }
    | K_POSITION '(' position_list ')'  { $$ = build_system_call("position", $3, @1); }
    | K_SUBSTRING '(' substring_list ')' { $$ = build_system_call("substring", $3, @1); }
    | K_SUBSTRING '(' argument_list_opt ')' { $$ = build_call(build_name("substring"), $3, @1); }
    | K_TREAT '(' expr K_AS type ')'    { $$ = build_treat($3, $5, @1); }
    | K_TRIM '(' K_BOTH trim_list ')'   { $$ = build_system_call("btrim", $4, @1); }
    | K_TRIM '(' K_LEADING trim_list ')' { $$ = build_system_call("ltrim", $4, @1); }
    | K_TRIM '(' K_TRAILING trim_list ')' { $$ = build_system_call("rtrim", $4, @1); }
    | K_TRIM '(' trim_list ')'          { $$ = build_system_call("btrim", $3, @1); }
    | K_NULLIF '(' expr ',' expr ')'    { $$ = build_raw(RAW_NULLIF, "=", $3, $5, @1); }
    | K_COALESCE '(' expr_list ')'      { $$ = NEW(CoalesceExpr, .args = $3, .loc = @1); }
    | K_GREATEST '(' expr_list ')'      { $$ = NEW(MinMaxExpr, .args = $3, .loc = @1); }
    | K_LEAST '(' expr_list ')'         { $$ = NEW(MinMaxExpr, .is_least = true, .args = $3, .loc = @1); }
    | K_XMLCONCAT '(' expr_list ')'     { $$ = NEW(XmlExpr, .kind = XML_CONCAT, .args = $3, .loc = @1); }
    | K_XMLELEMENT '(' K_NAME label ')' { $$ = NEW(XmlExpr, .kind = XML_ELEMENT, .name = $4, .loc = @1); }
    | K_XMLELEMENT '(' K_NAME label ',' xml_attributes ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_ELEMENT, .name = $4, .named_args = $6, .loc = @1); }
    | K_XMLELEMENT '(' K_NAME label ',' expr_list ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_ELEMENT, .name = $4, .args = $6, .loc = @1); }
    | K_XMLELEMENT '(' K_NAME label ',' xml_attributes ',' expr_list ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_ELEMENT, .name = $4, .named_args = $6, .args = $8,
                                                   .loc = @1); }
    | K_XMLEXISTS '(' primary xml_passing ')'
                                        { $$ = build_system_call("xmlexists", list_of2($3, $4), @1); }
    | K_XMLFOREST '(' xml_attribute_list ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_FOREST, .named_args = $3, .loc = @1); }
    | K_XMLPARSE '(' document_or_content expr xml_whitespace_opt ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_PARSE, .is_content = !$3,
                                                   .args = list_of2($4, build_bool($5, NODE_NO_LOCATION)), .loc = @1); }
    | K_XMLPI '(' K_NAME label ')'      { $$ = NEW(XmlExpr, .kind = XML_PI, .name = $4, .loc = @1); }
    | K_XMLPI '(' K_NAME label ',' expr ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_PI, .name = $4, .args = list_of($6), .loc = @1); }
    | K_XMLROOT '(' expr ',' xml_version xml_standalone_opt ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_ROOT, .args = list_of3($3, $5, $6), .loc = @1); }
    | K_XMLSERIALIZE '(' document_or_content expr K_AS simple_type ')'
                                        { $$ = NEW(XmlExpr, .kind = XML_SERIALIZE, .is_content = !$3, .args = list_of($4),
                                                   .type_name = $6, .loc = @1); }
    ;

extract_field:
      IDENT
    | K_YEAR                            { $$ = "year"; }
    | K_MONTH                           { $$ = "month"; }
    | K_DAY                             { $$ = "day"; }
    | K_HOUR                            { $$ = "hour"; }
    | K_MINUTE                          { $$ = "minute"; }
    | K_SECOND                          { $$ = "second"; }
    | LITERAL
    ;

overlay_list:
      expr K_PLACING expr K_FROM expr K_FOR expr { $$ = list_add(list_of3($1, $3, $5), $7); }
    | expr K_PLACING expr K_FROM expr   { $$ = list_of3($1, $3, $5); }
    ;

position_list:
      plain_expr K_IN plain_expr        { $$ = list_of2($3, $1); }
    ;

substring_list:
      expr K_FROM expr K_FOR expr       { $$ = list_of3($1, $3, $5); }
    | expr K_FOR expr K_FROM expr       { $$ = list_of3($1, $5, $3); }
    | expr K_FROM expr                  { $$ = list_of2($1, $3); }
    | expr K_FOR expr                   { $$ = list_of3($1, build_integer(1, NODE_NO_LOCATION),
                                                        build_cast($3, build_system_type("int4", NODE_NO_LOCATION),
                                                                   NODE_NO_LOCATION)); }
    | expr K_SIMILAR expr K_ESCAPE expr { $$ = list_of3($1, $3, $5); }
    ;

trim_list:
      expr K_FROM expr_list             { $$ = list_add($3, $1); }
    | K_FROM expr_list                  { $$ = $2; }
    | expr_list
    ;

xml_attributes:
      K_XMLATTRIBUTES '(' xml_attribute_list ')' { $$ = $3; }
    ;

xml_attribute_list:
      xml_attribute                     { $$ = list_of($1); }
    | xml_attribute_list ',' xml_attribute { $$ = list_add($1, $3); }
    ;

xml_attribute:
      expr K_AS label                   { $$ = NEW(Target, .name = $3, .value = $1, .loc = @1); }
    | expr                              { $$ = NEW(Target, .value = $1, .loc = @1); }
    ;

xml_passing:
      K_PASSING primary                 { $$ = $2; }
    | K_PASSING primary xml_mechanism   { $$ = $2; }
    | K_PASSING xml_mechanism primary   { $$ = $3; }
    | K_PASSING xml_mechanism primary xml_mechanism { $$ = $3; }
    ;

xml_mechanism:
      K_BY K_REF
    | K_BY K_VALUE
    ;

document_or_content:
      K_DOCUMENT                        { $$ = true; }
    | K_CONTENT                         { $$ = false; }
    ;

/* Is white space kept? */
xml_whitespace_opt:
      K_PRESERVE K_WHITESPACE           { $$ = true; }
    | K_STRIP K_WHITESPACE              { $$ = false; }
    | %empty                            { $$ = false; }
    ;

xml_version:
      K_VERSION expr                    { $$ = $2; }
    | K_VERSION K_NO K_VALUE            { $$ = build_null(NODE_NO_LOCATION); }
    ;

/* 0 yes, 1 no, 2 no value, 3 not said. */
xml_standalone_opt:
      ',' K_STANDALONE K_YES            { $$ = build_integer(0, NODE_NO_LOCATION); }
    | ',' K_STANDALONE K_NO             { $$ = build_integer(1, NODE_NO_LOCATION); }
    | ',' K_STANDALONE K_NO K_VALUE     { $$ = build_integer(2, NODE_NO_LOCATION); }
    | %empty                            { $$ = build_integer(3, NODE_NO_LOCATION); }
    ;

/* ---- Types ---- */

type:
      simple_type array_bounds          { $$ = build_array_type($1, $2, false); }
    | K_SETOF simple_type array_bounds  { $$ = build_array_type($2, $3, true); }
    | simple_type K_ARRAY '[' NUMBER ']' { $$ = build_array_type($1, list_of(node_integer($4)), false); }
    | K_SETOF simple_type K_ARRAY '[' NUMBER ']'
                                        { $$ = build_array_type($2, list_of(node_integer($5)), true); }
    | simple_type K_ARRAY               { $$ = build_array_type($1, list_of(node_integer(-1)), false); }
    | K_SETOF simple_type K_ARRAY       { $$ = build_array_type($2, list_of(node_integer(-1)), true); }
    ;

array_bounds:
      array_bounds '[' ']'              { $$ = list_add($1, node_integer(-1)); }
    | array_bounds '[' NUMBER ']'       { $$ = list_add($1, node_integer($3)); }
    | %empty                            { $$ = NULL; }
    ;

type_list:
      type                              { $$ = list_of($1); }
    | type_list ',' type                { $$ = list_add($1, $3); }
    ;

simple_type:
      generic_type
    | numeric_type
    | bit_type
    | character_type
    | datetime_type
    | interval_word interval_opt        { $$ = build_typmods($1, $2); }
    | interval_word '(' NUMBER ')'      { $$ = build_interval_precision($1, $3, @3); }
    ;

/* Types that a literal may follow; all others look like functions there. */
const_type:
      numeric_type
    | const_bit_type
    | const_character_type
    | datetime_type
    ;

generic_type:
      type_word typmods_opt             { $$ = build_typmods(build_type(build_name($1), @1), $2); }
    | type_word attributes typmods_opt  { $$ = build_typmods(build_type(list_add_first(node_string($1), $2), @1), $3); }
    ;

typmods_opt:
      '(' expr_list ')'                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

numeric_type:
      K_INT                             { $$ = build_system_type("int4", @1); }
    | K_INTEGER                         { $$ = build_system_type("int4", @1); }
    | K_SMALLINT                        { $$ = build_system_type("int2", @1); }
    | K_BIGINT                          { $$ = build_system_type("int8", @1); }
    | K_REAL                            { $$ = build_system_type("float4", @1); }
    | K_FLOAT                           { $$ = build_system_type("float8", @1); }
    | K_FLOAT '(' NUMBER ')'            { $$ = build_float_type(p, $3, @1, @3); }
    | K_DOUBLE K_PRECISION              { $$ = build_system_type("float8", @1); }
    | K_DECIMAL typmods_opt             { $$ = build_typmods(build_system_type("numeric", @1), $2); }
    | K_DEC typmods_opt                 { $$ = build_typmods(build_system_type("numeric", @1), $2); }
    | K_NUMERIC typmods_opt             { $$ = build_typmods(build_system_type("numeric", @1), $2); }
    | K_BOOLEAN                         { $$ = build_system_type("bool", @1); }
    ;

bit_type:
      bit_word '(' expr_list ')'        { $$ = build_typmods($1, $3); }
    | bit_word                          { $$ = build_bit_default($1); }
    ;

const_bit_type:
      bit_word '(' expr_list ')'        { $$ = build_typmods($1, $3); }
    | bit_word
    ;

bit_word:
      K_BIT                             { $$ = build_system_type("bit", @1); }
    | K_BIT K_VARYING                   { $$ = build_system_type("varbit", @1); }
    ;

character_type:
      character_word '(' NUMBER ')'     { $$ = build_typmods($1, list_of(build_integer($3, @3))); }
    | character_word                    { $$ = build_char_default($1); }
    ;

const_character_type:
      character_word '(' NUMBER ')'     { $$ = build_typmods($1, list_of(build_integer($3, @3))); }
    | character_word
    ;

character_word:
      K_CHARACTER varying_opt           { $$ = build_system_type($2 ? "varchar" : "bpchar", @1); }
    | K_CHAR varying_opt                { $$ = build_system_type($2 ? "varchar" : "bpchar", @1); }
    | K_VARCHAR                         { $$ = build_system_type("varchar", @1); }
    | K_NATIONAL K_CHARACTER varying_opt { $$ = build_system_type($3 ? "varchar" : "bpchar", @1); }
    | K_NATIONAL K_CHAR varying_opt     { $$ = build_system_type($3 ? "varchar" : "bpchar", @1); }
    | K_NCHAR varying_opt               { $$ = build_system_type($2 ? "varchar" : "bpchar", @1); }
    ;

varying_opt:
      K_VARYING                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

datetime_type:
      K_TIMESTAMP '(' NUMBER ')' time_zone_opt
                                        { $$ = build_typmods(build_system_type($5 ? "timestamptz" : "timestamp", @1),
                                                             list_of(build_integer($3, @3))); }
    | K_TIMESTAMP time_zone_opt         { $$ = build_system_type($2 ? "timestamptz" : "timestamp", @1); }
    | K_TIME '(' NUMBER ')' time_zone_opt
                                        { $$ = build_typmods(build_system_type($5 ? "timetz" : "time", @1),
                                                             list_of(build_integer($3, @3))); }
    | K_TIME time_zone_opt              { $$ = build_system_type($2 ? "timetz" : "time", @1); }
    ;

time_zone_opt:
      WITH_BEFORE_TYPE K_TIME K_ZONE    { $$ = true; }
    | K_WITHOUT K_TIME K_ZONE           { $$ = false; }
    | %empty                            { $$ = false; }
    ;

interval_word:
      K_INTERVAL                        { $$ = build_system_type("interval", @1); }
    ;

interval_opt:
      K_YEAR                            { $$ = build_fields(INTERVAL_YEAR, @1); }
    | K_MONTH                           { $$ = build_fields(INTERVAL_MONTH, @1); }
    | K_DAY                             { $$ = build_fields(INTERVAL_DAY, @1); }
    | K_HOUR                            { $$ = build_fields(INTERVAL_HOUR, @1); }
    | K_MINUTE                          { $$ = build_fields(INTERVAL_MINUTE, @1); }
    | interval_second
    | K_YEAR K_TO K_MONTH               { $$ = build_fields(INTERVAL_YEAR | INTERVAL_MONTH, @1); }
    | K_DAY K_TO K_HOUR                 { $$ = build_fields(INTERVAL_DAY | INTERVAL_HOUR, @1); }
    | K_DAY K_TO K_MINUTE               { $$ = build_fields(INTERVAL_DAY | INTERVAL_HOUR | INTERVAL_MINUTE, @1); }
    | K_DAY K_TO interval_second        { $$ = build_fields_to_second($3, INTERVAL_DAY | INTERVAL_HOUR | INTERVAL_MINUTE,
                                                                      @1); }
    | K_HOUR K_TO K_MINUTE              { $$ = build_fields(INTERVAL_HOUR | INTERVAL_MINUTE, @1); }
    | K_HOUR K_TO interval_second       { $$ = build_fields_to_second($3, INTERVAL_HOUR | INTERVAL_MINUTE, @1); }
    | K_MINUTE K_TO interval_second     { $$ = build_fields_to_second($3, INTERVAL_MINUTE, @1); }
    | %empty                            { $$ = NULL; }
    ;

interval_second:
      K_SECOND                          { $$ = build_fields(INTERVAL_SECOND, @1); }
    | K_SECOND '(' NUMBER ')'           { $$ = list_add(build_fields(INTERVAL_SECOND, @1), build_integer($3, @3)); }
    ;

collate_opt:
      K_COLLATE any_name                { $$ = NEW(CollateClause, .name = $2, .loc = @1); }
    | %empty                            { $$ = NULL; }
    ;

/* ---- Statements ---- */

/* What PREPARE, COPY and WITH take. */
preparable:
      select_stmt
    | insert_stmt
    | update_stmt
    | delete_stmt
    | merge_stmt
    ;

statement:
      preparable
    | change_statement
    | table_statement
    | create_statement
    | alter_statement
    | drop_statement
    | rights_statement
    | session_statement
    ;

/* ---- Rows ---- */

change_statement:
      copy_stmt
    | K_TRUNCATE table_opt relation_expr_list restart_opt behavior_opt
                                        { $$ = NEW(TruncateStmt, .relations = $3, .is_restart = $4, .behavior = $5); }
    ;

restart_opt:
      K_CONTINUE K_IDENTITY             { $$ = false; }
    | K_RESTART K_IDENTITY              { $$ = true; }
    | %empty                            { $$ = false; }
    ;

insert_stmt:
      with_opt K_INSERT K_INTO insert_relation insert_rest conflict_opt returning_opt
                                        { $$ = build_insert($1, $4, $5, $6, $7); }
    ;

insert_relation:
      relation_name
    | relation_name K_AS name           { $$ = build_aliased($1, NEW(Alias, .name = $3)); }
    ;

/* An InsertStmt of what is inserted. */
insert_rest:
      select_stmt                       { $$ = NEW(InsertStmt, .query = $1); }
    | K_OVERRIDING overriding K_VALUE select_stmt
                                        { $$ = NEW(InsertStmt, .overriding = $2, .query = $4); }
    | '(' insert_columns ')' select_stmt { $$ = NEW(InsertStmt, .columns = $2, .query = $4); }
    | '(' insert_columns ')' K_OVERRIDING overriding K_VALUE select_stmt
                                        { $$ = NEW(InsertStmt, .columns = $2, .overriding = $5, .query = $7); }
    | K_DEFAULT K_VALUES                { $$ = NEW(InsertStmt, .query = NULL); }
    ;

overriding:
      K_USER                            { $$ = OVERRIDING_USER; }
    | K_SYSTEM                          { $$ = OVERRIDING_SYSTEM; }
    ;

insert_columns:
      insert_column                     { $$ = list_of($1); }
    | insert_columns ',' insert_column  { $$ = list_add($1, $3); }
    ;

insert_column:
      name indirection_opt              { $$ = NEW(Target, .name = $1, .indirection = build_path(p, $2), .loc = @1); }
    ;

conflict_opt:
      K_ON K_CONFLICT conflict_target_opt K_DO K_UPDATE K_SET set_list where_opt
                                        { $$ = NEW(OnConflictClause, .action = ON_CONFLICT_UPDATE, .infer = $3,
                                                   .targets = $7, .where = $8, .loc = @1); }
    | K_ON K_CONFLICT conflict_target_opt K_DO K_NOTHING
                                        { $$ = NEW(OnConflictClause, .action = ON_CONFLICT_NOTHING, .infer = $3,
                                                   .loc = @1); }
    | %empty                            { $$ = NULL; }
    ;

conflict_target_opt:
      '(' index_columns ')' where_opt   { $$ = NEW(InferClause, .elements = $2, .where = $4, .loc = @1); }
    | K_ON K_CONSTRAINT name            { $$ = NEW(InferClause, .constraint = $3, .loc = @1); }
    | %empty                            { $$ = NULL; }
    ;

returning_opt:
      K_RETURNING target_list           { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

update_stmt:
      with_opt K_UPDATE changed_relation K_SET set_list from_opt where_current_opt returning_opt
                                        { $$ = NEW(UpdateStmt, .with = $1, .relation = $3, .targets = $5, .from = $6,
                                                   .where = $7, .returning = $8); }
    ;

set_list:
      set_item
    | set_list ',' set_item             { $$ = list_concat($1, $3); }
    ;

set_item:
      set_target '=' expr               { $$ = build_set_one($1, $3); }
    | '(' set_targets ')' '=' expr      { $$ = build_set_many($2, $5); }
    ;

set_targets:
      set_target                        { $$ = list_of($1); }
    | set_targets ',' set_target        { $$ = list_add($1, $3); }
    ;

set_target:
      name indirection_opt              { $$ = NEW(Target, .name = $1, .indirection = build_path(p, $2), .loc = @1); }
    ;

delete_stmt:
      with_opt K_DELETE K_FROM changed_relation using_opt where_current_opt returning_opt
                                        { $$ = NEW(DeleteStmt, .with = $1, .relation = $4, .using = $5, .where = $6,
                                                   .returning = $7); }
    ;

using_opt:
      K_USING from_list                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

merge_stmt:
      with_opt K_MERGE K_INTO changed_relation K_USING from_item K_ON expr merge_whens
                                        { $$ = NEW(MergeStmt, .with = $1, .relation = $4, .source = $6, .condition = $8,
                                                   .whens = $9); }
    ;

merge_whens:
      merge_when                        { $$ = list_of($1); }
    | merge_whens merge_when            { $$ = list_add($1, $2); }
    ;

merge_when:
      K_WHEN K_MATCHED merge_condition_opt K_THEN K_UPDATE K_SET set_list
                                        { $$ = NEW(MergeWhen, .is_matched = true, .action = MERGE_UPDATE,
                                                   .condition = $3, .targets = $7); }
    | K_WHEN K_MATCHED merge_condition_opt K_THEN K_DELETE
                                        { $$ = NEW(MergeWhen, .is_matched = true, .action = MERGE_DELETE,
                                                   .condition = $3); }
    | K_WHEN K_MATCHED merge_condition_opt K_THEN K_DO K_NOTHING
                                        { $$ = NEW(MergeWhen, .is_matched = true, .action = MERGE_NOTHING,
                                                   .condition = $3); }
    | K_WHEN K_NOT K_MATCHED merge_condition_opt K_THEN merge_insert
                                        { $$ = build_merge_when($6, $4); }
    | K_WHEN K_NOT K_MATCHED merge_condition_opt K_THEN K_DO K_NOTHING
                                        { $$ = NEW(MergeWhen, .action = MERGE_NOTHING, .condition = $4); }
    ;

merge_condition_opt:
      K_AND expr                        { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

merge_insert:
      K_INSERT merge_values             { $$ = NEW(MergeWhen, .action = MERGE_INSERT, .values = $2); }
    | K_INSERT K_OVERRIDING overriding K_VALUE merge_values
                                        { $$ = NEW(MergeWhen, .action = MERGE_INSERT, .overriding = $3, .values = $5); }
    | K_INSERT '(' insert_columns ')' merge_values
                                        { $$ = NEW(MergeWhen, .action = MERGE_INSERT, .targets = $3, .values = $5); }
    | K_INSERT '(' insert_columns ')' K_OVERRIDING overriding K_VALUE merge_values
                                        { $$ = NEW(MergeWhen, .action = MERGE_INSERT, .targets = $3, .overriding = $6,
                                                   .values = $8); }
    | K_INSERT K_DEFAULT K_VALUES       { $$ = NEW(MergeWhen, .action = MERGE_INSERT); }
    ;

merge_values:
      K_VALUES '(' expr_list ')'        { $$ = $3; }
    ;

copy_stmt:
      K_COPY copy_binary_opt relation_name name_parens_opt copy_direction copy_program_opt copy_file
      copy_delimiter_opt with_word_opt copy_options where_opt
                                        { $$ = build_copy(p, &(CopyParts){.relation = $3, .columns = $4, .is_from = $5,
                                                              .is_program = $6, .filename = $7, .where = $11,
                                                              .binary = $2, .delimiter = $8, .options = $10,
                                                              .where_at = @11, .program_at = @8}); }
    | K_COPY '(' preparable ')' K_TO copy_program_opt copy_file with_word_opt copy_options
                                        { $$ = build_copy(p, &(CopyParts){.query = $3, .is_program = $6, .filename = $7,
                                                              .options = $9, .program_at = @5}); }
    ;

copy_binary_opt:
      K_BINARY                          { $$ = build_option("format", node_string("binary"), @1); }
    | %empty                            { $$ = NULL; }
    ;

copy_direction:
      K_FROM                            { $$ = true; }
    | K_TO                              { $$ = false; }
    ;

copy_program_opt:
      K_PROGRAM                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

copy_file:
      LITERAL
    | K_STDIN                           { $$ = NULL; }
    | K_STDOUT                          { $$ = NULL; }
    ;

copy_delimiter_opt:
      using_word_opt K_DELIMITERS LITERAL { $$ = build_option("delimiter", node_string($3), @2); }
    | %empty                            { $$ = NULL; }
    ;

using_word_opt:
      K_USING
    | %empty
    ;

with_word_opt:
      K_WITH
    | WITH_BEFORE_TYPE
    | %empty
    ;

copy_options:
      copy_old_options
    | '(' copy_option_list ')'          { $$ = $2; }
    ;

copy_old_options:
      copy_old_options copy_old_option  { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

copy_old_option:
      K_BINARY                          { $$ = build_option("format", node_string("binary"), @1); }
    | K_FREEZE                          { $$ = build_option("freeze", NEW(Boolean, .value = true), @1); }
    | K_DELIMITER as_opt LITERAL        { $$ = build_option("delimiter", node_string($3), @1); }
    | K_NULL as_opt LITERAL             { $$ = build_option("null", node_string($3), @1); }
    | K_CSV                             { $$ = build_option("format", node_string("csv"), @1); }
    | K_HEADER                          { $$ = build_option("header", NEW(Boolean, .value = true), @1); }
    | K_QUOTE as_opt LITERAL            { $$ = build_option("quote", node_string($3), @1); }
    | K_ESCAPE as_opt LITERAL           { $$ = build_option("escape", node_string($3), @1); }
    | K_FORCE K_QUOTE name_list         { $$ = build_option("force_quote", $3, @1); }
    | K_FORCE K_QUOTE '*'               { $$ = build_option("force_quote", node_new(Star), @1); }
    | K_FORCE K_NOT K_NULL name_list    { $$ = build_option("force_not_null", $4, @1); }
    | K_FORCE K_NULL name_list          { $$ = build_option("force_null", $3, @1); }
    | K_ENCODING LITERAL                { $$ = build_option("encoding", node_string($2), @1); }
    ;

as_opt:
      K_AS
    | %empty
    ;

copy_option_list:
      copy_option                       { $$ = list_of($1); }
    | copy_option_list ',' copy_option  { $$ = list_add($1, $3); }
    ;

copy_option:
      label copy_option_value_opt       { $$ = build_option($1, $2, @1); }
    ;

copy_option_value_opt:
      option_word                       { $$ = node_string($1); }
    | signed_number
    | '*'                               { $$ = node_new(Star); }
    | '(' option_words ')'              { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

option_words:
      option_word                       { $$ = build_name($1); }
    | option_words ',' option_word      { $$ = list_add($1, node_string($3)); }
    ;

/* on and off among words: ON is reserved, OFF is not. */
option_word:
      K_TRUE                            { $$ = "true"; }
    | K_FALSE                           { $$ = "false"; }
    | K_ON                              { $$ = "on"; }
    | word_or_literal
    ;

/* ---- Tables ---- */

table_statement:
      create_table_stmt
    | create_foreign_table_stmt
    | create_table_as_stmt
    | create_matview_stmt
    | create_view_stmt
    | refresh_matview_stmt
    | index_stmt
    | create_sequence_stmt
    | alter_table_stmt
    ;

temp_opt:
      K_TEMPORARY                       { $$ = 't'; }
    | K_TEMP                            { $$ = 't'; }
    | K_LOCAL K_TEMPORARY               { $$ = 't'; }
    | K_LOCAL K_TEMP                    { $$ = 't'; }
    | K_GLOBAL K_TEMPORARY              { build_warn_global(p, @1);
                                          $$ = 't'; }
    | K_GLOBAL K_TEMP                   { build_warn_global(p, @1);
                                          $$ = 't'; }
    | K_UNLOGGED                        { $$ = 'u'; }
    | %empty                            { $$ = 'p'; }
    ;

create_table_stmt:
      K_CREATE temp_opt K_TABLE relation_name '(' table_elements_opt ')' inherits_opt partition_spec_opt
      access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($4, $2), .elements = $6,
                                                   .inherits = $8, .partition_by = $9, .access_method = $10,
                                                   .options = $11, .on_commit = $12, .tablespace = $13); }
    | K_CREATE temp_opt K_TABLE K_IF K_NOT K_EXISTS relation_name '(' table_elements_opt ')' inherits_opt
      partition_spec_opt access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($7, $2), .elements = $9,
                                                   .inherits = $11, .partition_by = $12, .access_method = $13,
                                                   .options = $14, .on_commit = $15, .tablespace = $16,
                                                   .if_not_exists = true); }
    | K_CREATE temp_opt K_TABLE relation_name K_OF any_name typed_elements_opt partition_spec_opt
      access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($4, $2),
                                                   .of_type = build_type($6, @6), .elements = $7, .partition_by = $8,
                                                   .access_method = $9, .options = $10, .on_commit = $11,
                                                   .tablespace = $12); }
    | K_CREATE temp_opt K_TABLE K_IF K_NOT K_EXISTS relation_name K_OF any_name typed_elements_opt
      partition_spec_opt access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($7, $2),
                                                   .of_type = build_type($9, @9), .elements = $10, .partition_by = $11,
                                                   .access_method = $12, .options = $13, .on_commit = $14,
                                                   .tablespace = $15, .if_not_exists = true); }
    | K_CREATE temp_opt K_TABLE relation_name K_PARTITION K_OF relation_name typed_elements_opt partition_bound
      partition_spec_opt access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($4, $2),
                                                   .inherits = list_of($7), .elements = $8, .bound = $9,
                                                   .partition_by = $10, .access_method = $11, .options = $12,
                                                   .on_commit = $13, .tablespace = $14); }
    | K_CREATE temp_opt K_TABLE K_IF K_NOT K_EXISTS relation_name K_PARTITION K_OF relation_name
      typed_elements_opt partition_bound partition_spec_opt access_method_opt with_storage_opt on_commit_opt
      tablespace_opt
                                        { $$ = NEW(CreateTableStmt, .relation = build_persistence($7, $2),
                                                   .inherits = list_of($10), .elements = $11, .bound = $12,
                                                   .partition_by = $13, .access_method = $14, .options = $15,
                                                   .on_commit = $16, .tablespace = $17, .if_not_exists = true); }
    ;

create_foreign_table_stmt:
      K_CREATE K_FOREIGN K_TABLE relation_name '(' table_elements_opt ')' inherits_opt K_SERVER name
      generic_options_opt
                                        { $$ = NEW(CreateTableStmt, .relation = $4, .elements = $6, .inherits = $8,
                                                   .is_foreign = true, .server = $10, .server_options = $11); }
    | K_CREATE K_FOREIGN K_TABLE K_IF K_NOT K_EXISTS relation_name '(' table_elements_opt ')' inherits_opt
      K_SERVER name generic_options_opt
                                        { $$ = NEW(CreateTableStmt, .relation = $7, .elements = $9, .inherits = $11,
                                                   .is_foreign = true, .server = $13, .server_options = $14,
                                                   .if_not_exists = true); }
    | K_CREATE K_FOREIGN K_TABLE relation_name K_PARTITION K_OF relation_name typed_elements_opt partition_bound
      K_SERVER name generic_options_opt
                                        { $$ = NEW(CreateTableStmt, .relation = $4, .inherits = list_of($7),
                                                   .elements = $8, .bound = $9, .is_foreign = true, .server = $11,
                                                   .server_options = $12); }
    | K_CREATE K_FOREIGN K_TABLE K_IF K_NOT K_EXISTS relation_name K_PARTITION K_OF relation_name
      typed_elements_opt partition_bound K_SERVER name generic_options_opt
                                        { $$ = NEW(CreateTableStmt, .relation = $7, .inherits = list_of($10),
                                                   .elements = $11, .bound = $12, .is_foreign = true, .server = $14,
                                                   .server_options = $15, .if_not_exists = true); }
    ;

table_elements_opt:
      table_elements
    | %empty                            { $$ = NULL; }
    ;

table_elements:
      table_element                     { $$ = list_of($1); }
    | table_elements ',' table_element  { $$ = list_add($1, $3); }
    ;

table_element:
      column_def
    | K_LIKE relation_name like_options { $$ = NEW(TableLike, .relation = $2, .options = $3); }
    | table_constraint
    ;

like_options:
      like_options K_INCLUDING like_option { $$ = $1 | $3; }
    | like_options K_EXCLUDING like_option { $$ = $1 & ~$3; }
    | %empty                            { $$ = 0; }
    ;

like_option:
      K_COMMENTS                        { $$ = LIKE_COMMENTS; }
    | K_COMPRESSION                     { $$ = LIKE_COMPRESSION; }
    | K_CONSTRAINTS                     { $$ = LIKE_CONSTRAINTS; }
    | K_DEFAULTS                        { $$ = LIKE_DEFAULTS; }
    | K_IDENTITY                        { $$ = LIKE_IDENTITY; }
    | K_GENERATED                       { $$ = LIKE_GENERATED; }
    | K_INDEXES                         { $$ = LIKE_INDEXES; }
    | K_STATISTICS                      { $$ = LIKE_STATISTICS; }
    | K_STORAGE                         { $$ = LIKE_STORAGE; }
    | K_ALL                             { $$ = LIKE_ALL; }
    ;

typed_elements_opt:
      '(' typed_elements ')'            { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

typed_elements:
      typed_element                     { $$ = list_of($1); }
    | typed_elements ',' typed_element  { $$ = list_add($1, $3); }
    ;

typed_element:
      name column_constraints           { $$ = build_column(p, $1, NULL, $2, @1); }
    | name K_WITH K_OPTIONS column_constraints
                                        { $$ = build_column(p, $1, NULL, $4, @1); }
    | table_constraint
    ;

column_def:
      name type compression_opt generic_options_opt column_constraints
                                        { $$ = build_column_def(p, $1, $2, $3, $4, $5, @1); }
    ;

compression:
      K_COMPRESSION name                { $$ = $2; }
    | K_COMPRESSION K_DEFAULT           { $$ = "default"; }
    ;

compression_opt:
      compression
    | %empty                            { $$ = NULL; }
    ;

column_constraints:
      column_constraints column_constraint { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

column_constraint:
      K_CONSTRAINT name plain_column_constraint { $$ = build_named_constraint($2, $3, @1); }
    | plain_column_constraint
    | constraint_attribute_word
    | K_COLLATE any_name                { $$ = NEW(CollateClause, .name = $2, .loc = @1); }
    ;

plain_column_constraint:
      K_NOT K_NULL                      { $$ = NEW(Constraint, .kind = CONSTR_NOT_NULL, .loc = @1); }
    | K_NULL                            { $$ = NEW(Constraint, .kind = CONSTR_NULL, .loc = @1); }
    | K_UNIQUE nulls_distinct_opt with_definition_opt index_tablespace_opt
                                        { $$ = NEW(Constraint, .kind = CONSTR_UNIQUE, .is_nulls_not_distinct = !$2,
                                                   .options = $3, .tablespace = $4, .loc = @1); }
    | K_PRIMARY K_KEY with_definition_opt index_tablespace_opt
                                        { $$ = NEW(Constraint, .kind = CONSTR_PRIMARY, .options = $3, .tablespace = $4,
                                                   .loc = @1); }
    | K_CHECK '(' expr ')' no_inherit_opt
                                        { $$ = NEW(Constraint, .kind = CONSTR_CHECK, .expr = $3, .is_no_inherit = $5,
                                                   .loc = @1); }
    | K_DEFAULT plain_expr              { $$ = NEW(Constraint, .kind = CONSTR_DEFAULT, .expr = $2, .loc = @1); }
    | K_GENERATED generated_when K_AS K_IDENTITY sequence_options_parens_opt
                                        { $$ = NEW(Constraint, .kind = CONSTR_IDENTITY, .generated_when = $2,
                                                   .options = $5, .loc = @1); }
    | K_GENERATED generated_when K_AS '(' expr ')' K_STORED
                                        { $$ = build_generated(p, $2, $5, @1, @2); }
    | K_REFERENCES relation_name name_parens_opt key_match_opt key_actions_opt
                                        { $$ = build_foreign_key(NULL, $2, $3, $4, $5, @1); }
    ;

nulls_distinct_opt:
      K_NULLS K_DISTINCT                { $$ = true; }
    | K_NULLS K_NOT K_DISTINCT          { $$ = false; }
    | %empty                            { $$ = true; }
    ;

generated_when:
      K_ALWAYS                          { $$ = 'a'; }
    | K_BY K_DEFAULT                    { $$ = 'd'; }
    ;

no_inherit_opt:
      K_NO K_INHERIT                    { $$ = true; }
    | %empty                            { $$ = false; }
    ;

/* They belong to the constraint before them, which the analyzer finds. */
constraint_attribute_word:
      K_DEFERRABLE                      { $$ = NEW(Constraint, .kind = CONSTR_DEFERRABLE, .loc = @1); }
    | K_NOT K_DEFERRABLE                { $$ = NEW(Constraint, .kind = CONSTR_NOT_DEFERRABLE, .loc = @1); }
    | K_INITIALLY K_DEFERRED            { $$ = NEW(Constraint, .kind = CONSTR_DEFERRED, .loc = @1); }
    | K_INITIALLY K_IMMEDIATE           { $$ = NEW(Constraint, .kind = CONSTR_IMMEDIATE, .loc = @1); }
    ;

table_constraint:
      K_CONSTRAINT name plain_table_constraint { $$ = build_named_constraint($2, $3, @1); }
    | plain_table_constraint
    ;

plain_table_constraint:
      K_CHECK '(' expr ')' constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_CHECK, .expr = $3,
                                                                       .loc = @1), $5, @5, "CHECK",
                                                                ATTR_NOT_VALID | ATTR_NO_INHERIT); }
    | K_UNIQUE nulls_distinct_opt '(' name_list ')' include_opt with_definition_opt index_tablespace_opt
      constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_UNIQUE,
                                                                       .is_nulls_not_distinct = !$2, .keys = $4,
                                                                       .including = $6, .options = $7,
                                                                       .tablespace = $8, .loc = @1),
                                                                $9, @9, "UNIQUE", ATTR_DEFER); }
    | K_UNIQUE existing_index constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_UNIQUE,
                                                                       .index_name = $2, .loc = @1),
                                                                $3, @3, "UNIQUE", ATTR_DEFER); }
    | K_PRIMARY K_KEY '(' name_list ')' include_opt with_definition_opt index_tablespace_opt
      constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_PRIMARY, .keys = $4,
                                                                       .including = $6, .options = $7,
                                                                       .tablespace = $8, .loc = @1),
                                                                $9, @9, "PRIMARY KEY", ATTR_DEFER); }
    | K_PRIMARY K_KEY existing_index constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_PRIMARY,
                                                                       .index_name = $3, .loc = @1),
                                                                $4, @4, "PRIMARY KEY", ATTR_DEFER); }
    | K_EXCLUDE access_method_using_opt '(' exclusion_list ')' include_opt with_definition_opt
      index_tablespace_opt index_where_opt constraint_attributes
                                        { $$ = build_attributes(p, NEW(Constraint, .kind = CONSTR_EXCLUSION,
                                                                       .access_method = $2, .exclusions = $4,
                                                                       .including = $6, .options = $7,
                                                                       .tablespace = $8, .where = $9, .loc = @1),
                                                                $10, @10, "EXCLUDE", ATTR_DEFER); }
    | K_FOREIGN K_KEY '(' name_list ')' K_REFERENCES relation_name name_parens_opt key_match_opt
      key_actions_opt constraint_attributes
                                        { $$ = build_attributes(p, build_foreign_key($4, $7, $8, $9, $10, @1),
                                                                $11, @11, "FOREIGN KEY",
                                                                ATTR_DEFER | ATTR_NOT_VALID); }
    ;

index_where_opt:
      K_WHERE '(' expr ')'              { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

existing_index:
      K_USING K_INDEX name              { $$ = $3; }
    ;

include_opt:
      K_INCLUDE '(' name_list ')'       { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

index_include_opt:
      K_INCLUDE '(' index_columns ')'   { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

exclusion_list:
      exclusion                         { $$ = list_of($1); }
    | exclusion_list ',' exclusion      { $$ = list_add($1, $3); }
    ;

exclusion:
      index_column K_WITH operator_name { $$ = list_of2($1, $3); }
    | index_column K_WITH K_OPERATOR '(' operator_name ')' { $$ = list_of2($1, $5); }
    ;

key_match_opt:
      K_MATCH K_FULL                    { $$ = 'f'; }
    | K_MATCH K_PARTIAL                 { build_fail_unsupported(p, "MATCH PARTIAL not yet implemented", @1); }
    | K_MATCH K_SIMPLE                  { $$ = 's'; }
    | %empty                            { $$ = 's'; }
    ;

/* A Constraint that holds the actions alone. */
key_actions_opt:
      update_action                     { $$ = build_key_actions($1, NULL); }
    | delete_action                     { $$ = build_key_actions(NULL, $1); }
    | update_action delete_action       { $$ = build_key_actions($1, $2); }
    | delete_action update_action       { $$ = build_key_actions($2, $1); }
    | %empty                            { $$ = build_key_actions(NULL, NULL); }
    ;

update_action:
      K_ON K_UPDATE key_action          { $$ = build_update_action(p, $3, @1); }
    ;

delete_action:
      K_ON K_DELETE key_action          { $$ = $3; }
    ;

/* A Constraint: on_delete and on_delete_columns, whatever it is for. */
key_action:
      K_NO K_ACTION                     { $$ = NEW(Constraint, .on_delete = 'a'); }
    | K_RESTRICT                        { $$ = NEW(Constraint, .on_delete = 'r'); }
    | K_CASCADE                         { $$ = NEW(Constraint, .on_delete = 'c'); }
    | K_SET K_NULL name_parens_opt      { $$ = NEW(Constraint, .on_delete = 'n', .on_delete_columns = $3); }
    | K_SET K_DEFAULT name_parens_opt   { $$ = NEW(Constraint, .on_delete = 'd', .on_delete_columns = $3); }
    ;

/* ATTR_* bits */
constraint_attributes:
      constraint_attributes constraint_attribute
                                        { $$ = build_attribute_bits(p, $1, $2, @2); }
    | %empty                            { $$ = 0; }
    ;

constraint_attribute:
      K_NOT K_DEFERRABLE                { $$ = ATTR_NOT_DEFERRABLE; }
    | K_DEFERRABLE                      { $$ = ATTR_DEFERRABLE; }
    | K_INITIALLY K_IMMEDIATE           { $$ = ATTR_IMMEDIATE; }
    | K_INITIALLY K_DEFERRED            { $$ = ATTR_DEFERRED; }
    | K_NOT K_VALID                     { $$ = ATTR_NOT_VALID; }
    | K_NO K_INHERIT                    { $$ = ATTR_NO_INHERIT; }
    ;

inherits_opt:
      K_INHERITS '(' relation_name_list ')' { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

partition_spec_opt:
      partition_spec
    | %empty                            { $$ = NULL; }
    ;

partition_spec:
      K_PARTITION K_BY name '(' partition_elements ')'
                                        { $$ = build_partition_spec(p, $3, $5, @1); }
    ;

partition_elements:
      partition_element                 { $$ = list_of($1); }
    | partition_elements ',' partition_element { $$ = list_add($1, $3); }
    ;

partition_element:
      name collation_opt opclass_opt    { $$ = NEW(PartitionElem, .name = $1, .collation = $2, .opclass = $3, .loc = @1); }
    | plain_function collation_opt opclass_opt
                                        { $$ = NEW(PartitionElem, .expr = $1, .collation = $2, .opclass = $3, .loc = @1); }
    | '(' expr ')' collation_opt opclass_opt
                                        { $$ = NEW(PartitionElem, .expr = $2, .collation = $4, .opclass = $5, .loc = @1); }
    ;

partition_bound:
      K_FOR K_VALUES K_WITH '(' hash_bounds ')'
                                        { $$ = build_hash_bound(p, $5, @3); }
    | K_FOR K_VALUES K_IN '(' expr_list ')'
                                        { $$ = NEW(PartitionBound, .strategy = PARTITION_LIST, .values = $5, .loc = @3); }
    | K_FOR K_VALUES K_FROM '(' expr_list ')' K_TO '(' expr_list ')'
                                        { $$ = NEW(PartitionBound, .strategy = PARTITION_RANGE, .lower = $5,
                                                   .upper = $9, .loc = @3); }
    | K_DEFAULT                         { $$ = NEW(PartitionBound, .is_default = true, .loc = @1); }
    ;

hash_bounds:
      hash_bound                        { $$ = list_of($1); }
    | hash_bounds ',' hash_bound        { $$ = list_add($1, $3); }
    ;

hash_bound:
      free_word NUMBER                  { $$ = build_option($1, node_integer($2), @1); }
    ;

access_method_opt:
      K_USING name                      { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

access_method_using_opt:
      access_method_opt
    ;

with_storage_opt:
      K_WITH storage_options            { $$ = $2; }
    | K_WITHOUT K_OIDS                  { $$ = NULL; }
    | %empty                            { $$ = NULL; }
    ;

with_storage_only_opt:
      K_WITH storage_options            { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

storage_options:
      '(' storage_option_list ')'       { $$ = $2; }
    ;

storage_option_list:
      storage_option                    { $$ = list_of($1); }
    | storage_option_list ',' storage_option { $$ = list_add($1, $3); }
    ;

storage_option:
      label '=' definition_value        { $$ = build_option($1, $3, @1); }
    | label                             { $$ = build_option($1, NULL, @1); }
    | label '.' label '=' definition_value { $$ = NEW(Option, .space = $1, .name = $3, .arg = $5, .loc = @1); }
    | label '.' label                   { $$ = NEW(Option, .space = $1, .name = $3, .loc = @1); }
    ;

on_commit_opt:
      K_ON K_COMMIT K_DROP              { $$ = ON_COMMIT_DROP; }
    | K_ON K_COMMIT K_DELETE K_ROWS     { $$ = ON_COMMIT_DELETE_ROWS; }
    | K_ON K_COMMIT K_PRESERVE K_ROWS   { $$ = ON_COMMIT_PRESERVE_ROWS; }
    | %empty                            { $$ = ON_COMMIT_NONE; }
    ;

tablespace_opt:
      K_TABLESPACE name                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

index_tablespace_opt:
      K_USING K_INDEX K_TABLESPACE name { $$ = $4; }
    | %empty                            { $$ = NULL; }
    ;

with_definition_opt:
      K_WITH definition                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

definition:
      '(' definition_list ')'           { $$ = $2; }
    ;

definition_list:
      definition_item                   { $$ = list_of($1); }
    | definition_list ',' definition_item { $$ = list_add($1, $3); }
    ;

definition_item:
      label '=' definition_value        { $$ = build_option($1, $3, @1); }
    | label                             { $$ = build_option($1, NULL, @1); }
    ;

definition_value:
      parameter_type                    { $$ = $1; }
    | reserved_word                     { $$ = node_string($1); }
    | any_operator_word                 { $$ = $1; }
    | signed_number
    | LITERAL                           { $$ = node_string($1); }
    | K_NONE                            { $$ = node_string("none"); }
    ;

create_table_as_stmt:
      K_CREATE temp_opt K_TABLE as_target K_AS select_stmt with_data_opt
                                        { $$ = build_table_as($6, $4, $2, !$7, OBJECT_TABLE, false); }
    | K_CREATE temp_opt K_TABLE K_IF K_NOT K_EXISTS as_target K_AS select_stmt with_data_opt
                                        { $$ = build_table_as($9, $7, $2, !$10, OBJECT_TABLE, true); }
    | K_CREATE temp_opt K_TABLE as_target K_AS K_EXECUTE name execute_params_opt with_data_opt
                                        { $$ = build_table_as(NEW(ExecuteStmt, .name = $7, .params = $8), $4, $2, !$9,
                                                              OBJECT_TABLE, false); }
    | K_CREATE temp_opt K_TABLE K_IF K_NOT K_EXISTS as_target K_AS K_EXECUTE name execute_params_opt
      with_data_opt
                                        { $$ = build_table_as(NEW(ExecuteStmt, .name = $10, .params = $11), $7, $2,
                                                              !$12, OBJECT_TABLE, true); }
    ;

as_target:
      relation_name name_parens_opt access_method_opt with_storage_opt on_commit_opt tablespace_opt
                                        { $$ = NEW(IntoClause, .relation = $1, .columns = $2, .access_method = $3,
                                                   .options = $4, .on_commit = $5, .tablespace = $6); }
    ;

with_data_opt:
      K_WITH K_DATA                     { $$ = true; }
    | K_WITH K_NO K_DATA                { $$ = false; }
    | %empty                            { $$ = true; }
    ;

create_matview_stmt:
      K_CREATE unlogged_opt K_MATERIALIZED K_VIEW matview_target K_AS select_stmt with_data_opt
                                        { $$ = build_table_as($7, $5, $2, !$8, OBJECT_MATVIEW, false); }
    | K_CREATE unlogged_opt K_MATERIALIZED K_VIEW K_IF K_NOT K_EXISTS matview_target K_AS select_stmt
      with_data_opt
                                        { $$ = build_table_as($10, $8, $2, !$11, OBJECT_MATVIEW, true); }
    ;

unlogged_opt:
      K_UNLOGGED                        { $$ = 'u'; }
    | %empty                            { $$ = 'p'; }
    ;

matview_target:
      relation_name name_parens_opt access_method_opt with_storage_only_opt tablespace_opt
                                        { $$ = NEW(IntoClause, .relation = $1, .columns = $2, .access_method = $3,
                                                   .options = $4, .tablespace = $5); }
    ;

refresh_matview_stmt:
      K_REFRESH K_MATERIALIZED K_VIEW concurrently_opt relation_name with_data_opt
                                        { $$ = NEW(RefreshMatViewStmt, .is_concurrent = $4, .relation = $5,
                                                   .is_without_data = !$6); }
    ;

concurrently_opt:
      K_CONCURRENTLY                    { $$ = true; }
    | %empty                            { $$ = false; }
    ;

create_view_stmt:
      K_CREATE temp_opt K_VIEW relation_name name_parens_opt with_storage_only_opt K_AS select_stmt
      check_option_opt
                                        { $$ = NEW(ViewStmt, .view = build_persistence($4, $2), .columns = $5,
                                                   .options = $6, .query = $8, .check_option = $9); }
    | K_CREATE K_OR K_REPLACE temp_opt K_VIEW relation_name name_parens_opt with_storage_only_opt K_AS
      select_stmt check_option_opt
                                        { $$ = NEW(ViewStmt, .view = build_persistence($6, $4), .columns = $7,
                                                   .options = $8, .query = $10, .check_option = $11,
                                                   .is_replace = true); }
    | K_CREATE temp_opt K_RECURSIVE K_VIEW relation_name '(' name_list ')' with_storage_only_opt K_AS
      select_stmt check_option_opt
                                        { $$ = build_recursive_view(p, build_persistence($5, $2), $7, $9, $11, $12, @12,
                                                                    false); }
    | K_CREATE K_OR K_REPLACE temp_opt K_RECURSIVE K_VIEW relation_name '(' name_list ')'
      with_storage_only_opt K_AS select_stmt check_option_opt
                                        { $$ = build_recursive_view(p, build_persistence($7, $4), $9, $11, $13, $14, @14,
                                                                    true); }
    ;

check_option_opt:
      K_WITH K_CHECK K_OPTION           { $$ = "cascaded"; }
    | K_WITH K_CASCADED K_CHECK K_OPTION { $$ = "cascaded"; }
    | K_WITH K_LOCAL K_CHECK K_OPTION   { $$ = "local"; }
    | %empty                            { $$ = NULL; }
    ;

index_stmt:
      K_CREATE unique_opt K_INDEX concurrently_opt index_name_opt K_ON relation_expr access_method_opt
      '(' index_columns ')' index_include_opt nulls_distinct_opt with_storage_only_opt tablespace_opt where_opt
                                        { $$ = NEW(IndexStmt, .is_unique = $2, .is_concurrent = $4, .name = $5,
                                                   .relation = $7, .access_method = $8, .columns = $10,
                                                   .including = $12, .is_nulls_not_distinct = !$13, .options = $14,
                                                   .tablespace = $15, .where = $16); }
    | K_CREATE unique_opt K_INDEX concurrently_opt K_IF K_NOT K_EXISTS name K_ON relation_expr
      access_method_opt '(' index_columns ')' index_include_opt nulls_distinct_opt with_storage_only_opt
      tablespace_opt where_opt
                                        { $$ = NEW(IndexStmt, .is_unique = $2, .is_concurrent = $4, .name = $8,
                                                   .relation = $10, .access_method = $11, .columns = $13,
                                                   .including = $15, .is_nulls_not_distinct = !$16, .options = $17,
                                                   .tablespace = $18, .where = $19, .if_not_exists = true); }
    ;

unique_opt:
      K_UNIQUE                          { $$ = true; }
    | %empty                            { $$ = false; }
    ;

index_name_opt:
      name
    | %empty                            { $$ = NULL; }
    ;

index_columns:
      index_column                      { $$ = list_of($1); }
    | index_columns ',' index_column    { $$ = list_add($1, $3); }
    ;

index_column:
      name index_column_rest            { $$ = build_index_column($2, $1, NULL, @1); }
    | plain_function index_column_rest  { $$ = build_index_column($2, NULL, $1, @1); }
    | '(' expr ')' index_column_rest    { $$ = build_index_column($4, NULL, $2, @1); }
    ;

index_column_rest:
      collation_opt opclass_opt direction_opt nulls_opt
                                        { $$ = NEW(IndexElem, .collation = $1, .opclass = $2, .order = $3, .nulls = $4); }
    | collation_opt any_name storage_options direction_opt nulls_opt
                                        { $$ = NEW(IndexElem, .collation = $1, .opclass = $2, .opclass_options = $3,
                                                   .order = $4, .nulls = $5); }
    ;

collation_opt:
      K_COLLATE any_name                { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

opclass_opt:
      any_name
    | %empty                            { $$ = NULL; }
    ;

create_sequence_stmt:
      K_CREATE temp_opt K_SEQUENCE relation_name sequence_options_opt
                                        { $$ = NEW(CreateSequenceStmt, .sequence = build_persistence($4, $2),
                                                   .options = $5); }
    | K_CREATE temp_opt K_SEQUENCE K_IF K_NOT K_EXISTS relation_name sequence_options_opt
                                        { $$ = NEW(CreateSequenceStmt, .sequence = build_persistence($7, $2),
                                                   .options = $8, .if_not_exists = true); }
    ;

sequence_options_opt:
      sequence_options
    | %empty                            { $$ = NULL; }
    ;

sequence_options_parens_opt:
      '(' sequence_options ')'          { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

sequence_options:
      sequence_option                   { $$ = list_of($1); }
    | sequence_options sequence_option  { $$ = list_add($1, $2); }
    ;

sequence_option:
      K_AS simple_type                  { $$ = build_option("as", $2, @1); }
    | K_CACHE signed_number             { $$ = build_option("cache", $2, @1); }
    | K_CYCLE                           { $$ = build_option("cycle", NEW(Boolean, .value = true), @1); }
    | K_NO K_CYCLE                      { $$ = build_option("cycle", NEW(Boolean, .value = false), @1); }
    | K_INCREMENT by_opt signed_number  { $$ = build_option("increment", $3, @1); }
    | K_LOGGED                          { $$ = build_option("logged", NULL, @1); }
    | K_MAXVALUE signed_number          { $$ = build_option("maxvalue", $2, @1); }
    | K_MINVALUE signed_number          { $$ = build_option("minvalue", $2, @1); }
    | K_NO K_MAXVALUE                   { $$ = build_option("maxvalue", NULL, @1); }
    | K_NO K_MINVALUE                   { $$ = build_option("minvalue", NULL, @1); }
    | K_OWNED K_BY any_name             { $$ = build_option("owned_by", $3, @1); }
    | K_SEQUENCE K_NAME any_name        { $$ = build_option("sequence_name", $3, @1); }
    | K_START with_word_opt signed_number { $$ = build_option("start", $3, @1); }
    | K_RESTART                         { $$ = build_option("restart", NULL, @1); }
    | K_RESTART with_word_opt signed_number { $$ = build_option("restart", $3, @1); }
    | K_UNLOGGED                        { $$ = build_option("unlogged", NULL, @1); }
    ;

by_opt:
      K_BY
    | %empty
    ;

/* ---- ALTER TABLE and its like ---- */

/* Subjects, as an AlterTableStmt without actions. */
table_subject:
      K_TABLE maybe_relation_expr
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_TABLE, .is_missing_ok = $2.is_true, .relation = $2.any); }
    ;

sequence_subject:
      K_SEQUENCE maybe_relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_SEQUENCE, .is_missing_ok = $2.is_true, .relation = $2.any); }
    ;

view_subject:
      K_VIEW maybe_relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_VIEW, .is_missing_ok = $2.is_true, .relation = $2.any); }
    ;

/* DEPENDS and ATTACH do not go with IF EXISTS, hence two subjects of each. */
matview_subject:
      K_MATERIALIZED K_VIEW relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_MATVIEW, .relation = $3); }
    ;

optional_matview:
      K_MATERIALIZED K_VIEW K_IF K_EXISTS relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_MATVIEW, .is_missing_ok = true, .relation = $5); }
    ;

index_subject:
      K_INDEX relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_INDEX, .relation = $2); }
    ;

optional_index:
      K_INDEX K_IF K_EXISTS relation_name
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_INDEX, .is_missing_ok = true, .relation = $4); }
    ;

foreign_table_subject:
      K_FOREIGN K_TABLE maybe_relation_expr
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_FOREIGN_TABLE, .is_missing_ok = $3.is_true, .relation = $3.any); }
    ;

alter_table_stmt:
      K_ALTER table_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER table_subject partition_action
                                        { $$ = build_alter_actions($2, list_of($3)); }
    | K_ALTER table_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER table_subject K_RENAME column_opt name K_TO name
                                        { $$ = build_rename_part(OBJECT_COLUMN, $2, $5, $7); }
    | K_ALTER table_subject K_RENAME K_CONSTRAINT name K_TO name
                                        { $$ = build_rename_part(OBJECT_TABLE_CONSTRAINT, $2, $5, $7); }
    | K_ALTER table_subject K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER sequence_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER sequence_subject sequence_options
                                        { $$ = build_alter_sequence($2, $3); }
    | K_ALTER sequence_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER sequence_subject K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER view_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER view_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER view_subject K_RENAME column_opt name K_TO name
                                        { $$ = build_rename_part(OBJECT_COLUMN, $2, $5, $7); }
    | K_ALTER view_subject K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER matview_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER matview_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER matview_subject K_RENAME column_opt name K_TO name
                                        { $$ = build_rename_part(OBJECT_COLUMN, $2, $5, $7); }
    | K_ALTER matview_subject K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER matview_subject no_opt K_DEPENDS K_ON K_EXTENSION name
                                        { $$ = build_relation_depends($2, $3, $7); }
    | K_ALTER optional_matview table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER optional_matview K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER optional_matview K_RENAME column_opt name K_TO name
                                        { $$ = build_rename_part(OBJECT_COLUMN, $2, $5, $7); }
    | K_ALTER optional_matview K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER index_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER index_subject K_ATTACH K_PARTITION relation_name
                                        { $$ = build_alter_actions($2, list_of(NEW(AlterTableCmd,
                                                   .action = AT_ATTACH_PARTITION,
                                                   .definition = NEW(PartitionCmd, .relation = $5)))); }
    | K_ALTER index_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER index_subject no_opt K_DEPENDS K_ON K_EXTENSION name
                                        { $$ = build_relation_depends($2, $3, $7); }
    | K_ALTER optional_index table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER optional_index K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER foreign_table_subject table_actions
                                        { $$ = build_alter_actions($2, $3); }
    | K_ALTER foreign_table_subject K_RENAME K_TO name
                                        { $$ = build_rename_relation($2, $5); }
    | K_ALTER foreign_table_subject K_RENAME column_opt name K_TO name
                                        { $$ = build_rename_part(OBJECT_COLUMN, $2, $5, $7); }
    | K_ALTER foreign_table_subject K_SET K_SCHEMA name
                                        { $$ = build_relation_schema($2, $5); }
    | K_ALTER K_TABLE K_ALL K_IN K_TABLESPACE name owned_by_opt K_SET K_TABLESPACE name nowait_opt
                                        { $$ = NEW(AlterTableMoveAllStmt, .tablespace = $6, .kind = OBJECT_TABLE,
                                                   .roles = $7, .new_tablespace = $10, .is_nowait = $11); }
    | K_ALTER K_INDEX K_ALL K_IN K_TABLESPACE name owned_by_opt K_SET K_TABLESPACE name nowait_opt
                                        { $$ = NEW(AlterTableMoveAllStmt, .tablespace = $6, .kind = OBJECT_INDEX,
                                                   .roles = $7, .new_tablespace = $10, .is_nowait = $11); }
    | K_ALTER K_MATERIALIZED K_VIEW K_ALL K_IN K_TABLESPACE name owned_by_opt K_SET K_TABLESPACE name nowait_opt
                                        { $$ = NEW(AlterTableMoveAllStmt, .tablespace = $7, .kind = OBJECT_MATVIEW,
                                                   .roles = $8, .new_tablespace = $11, .is_nowait = $12); }
    ;

owned_by_opt:
      K_OWNED K_BY role_list            { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

nowait_opt:
      K_NOWAIT                          { $$ = true; }
    | %empty                            { $$ = false; }
    ;

partition_action:
      K_ATTACH K_PARTITION relation_name partition_bound
                                        { $$ = NEW(AlterTableCmd, .action = AT_ATTACH_PARTITION,
                                                   .definition = NEW(PartitionCmd, .relation = $3, .bound = $4)); }
    | K_DETACH K_PARTITION relation_name concurrently_opt
                                        { $$ = NEW(AlterTableCmd, .action = AT_DETACH_PARTITION,
                                                   .definition = NEW(PartitionCmd, .relation = $3,
                                                                     .is_concurrent = $4)); }
    | K_DETACH K_PARTITION relation_name K_FINALIZE
                                        { $$ = NEW(AlterTableCmd, .action = AT_DETACH_FINALIZE,
                                                   .definition = NEW(PartitionCmd, .relation = $3)); }
    ;

table_actions:
      table_action                      { $$ = list_of($1); }
    | table_actions ',' table_action    { $$ = list_add($1, $3); }
    ;

table_action:
      K_ADD column_def                  { $$ = build_action_on(AT_ADD_COLUMN, NULL, $2, false); }
    | K_ADD K_IF K_NOT K_EXISTS column_def { $$ = build_action_on(AT_ADD_COLUMN, NULL, $5, true); }
    | K_ADD K_COLUMN column_def         { $$ = build_action_on(AT_ADD_COLUMN, NULL, $3, false); }
    | K_ADD K_COLUMN K_IF K_NOT K_EXISTS column_def { $$ = build_action_on(AT_ADD_COLUMN, NULL, $6, true); }
    | K_ALTER column_opt name K_SET K_DEFAULT expr { $$ = build_action_on(AT_COLUMN_DEFAULT, $3, $6, false); }
    | K_ALTER column_opt name K_DROP K_DEFAULT { $$ = build_action(AT_COLUMN_DEFAULT, $3); }
    | K_ALTER column_opt name K_DROP K_NOT K_NULL { $$ = build_action(AT_DROP_NOT_NULL, $3); }
    | K_ALTER column_opt name K_SET K_NOT K_NULL { $$ = build_action(AT_SET_NOT_NULL, $3); }
    | K_ALTER column_opt name K_DROP K_EXPRESSION { $$ = build_action(AT_DROP_EXPRESSION, $3); }
    | K_ALTER column_opt name K_DROP K_EXPRESSION K_IF K_EXISTS
                                        { $$ = build_action_on(AT_DROP_EXPRESSION, $3, NULL, true); }
    | K_ALTER column_opt name K_SET K_STATISTICS signed_integer
                                        { $$ = build_action_on(AT_SET_STATISTICS, $3, node_integer($6), false); }
    | K_ALTER column_opt NUMBER K_SET K_STATISTICS signed_integer
                                        { $$ = build_numbered_action(p, $3, $6, @3); }
    | K_ALTER column_opt name K_SET storage_options { $$ = build_action_options(AT_SET_COLUMN_OPTIONS, $3, $5); }
    | K_ALTER column_opt name K_RESET storage_options { $$ = build_action_options(AT_RESET_COLUMN_OPTIONS, $3, $5); }
    | K_ALTER column_opt name K_SET K_STORAGE name
                                        { $$ = build_action_on(AT_SET_STORAGE, $3, node_string($6), false); }
    | K_ALTER column_opt name K_SET compression
                                        { $$ = build_action_on(AT_SET_COMPRESSION, $3, node_string($5), false); }
    | K_ALTER column_opt name K_ADD K_GENERATED generated_when K_AS K_IDENTITY sequence_options_parens_opt
                                        { $$ = build_action_on(AT_ADD_IDENTITY, $3,
                                                   NEW(Constraint, .kind = CONSTR_IDENTITY, .generated_when = $6,
                                                       .options = $9, .loc = @5), false); }
    | K_ALTER column_opt name identity_changes { $$ = build_action_options(AT_SET_IDENTITY, $3, $4); }
    | K_ALTER column_opt name K_DROP K_IDENTITY { $$ = build_action(AT_DROP_IDENTITY, $3); }
    | K_ALTER column_opt name K_DROP K_IDENTITY K_IF K_EXISTS
                                        { $$ = build_action_on(AT_DROP_IDENTITY, $3, NULL, true); }
    | K_DROP column_opt K_IF K_EXISTS name behavior_opt { $$ = build_action_drop(AT_DROP_COLUMN, $5, $6, true); }
    | K_DROP column_opt name behavior_opt { $$ = build_action_drop(AT_DROP_COLUMN, $3, $4, false); }
    | K_ALTER column_opt name set_data_opt K_TYPE type collate_opt using_expr_opt
                                        { $$ = build_action_on(AT_ALTER_TYPE, $3,
                                                   NEW(ColumnDef, .name = NULL, .type = $6, .collation = $7,
                                                       .default_value = $8, .loc = @3), false); }
    | K_ALTER column_opt name alter_generic_options { $$ = build_action_options(AT_COLUMN_OPTIONS, $3, $4); }
    | K_ADD table_constraint            { $$ = build_action_on(AT_ADD_CONSTRAINT, NULL, $2, false); }
    | K_ALTER K_CONSTRAINT name constraint_attributes
                                        { $$ = build_action_on(AT_ALTER_CONSTRAINT, NULL,
                                                   build_attributes(p, NEW(Constraint, .kind = CONSTR_FOREIGN,
                                                                           .name = $3),
                                                                    $4, @4, "ALTER CONSTRAINT statement", ATTR_DEFER), false); }
    | K_VALIDATE K_CONSTRAINT name      { $$ = build_action(AT_VALIDATE_CONSTRAINT, $3); }
    | K_DROP K_CONSTRAINT K_IF K_EXISTS name behavior_opt
                                        { $$ = build_action_drop(AT_DROP_CONSTRAINT, $5, $6, true); }
    | K_DROP K_CONSTRAINT name behavior_opt { $$ = build_action_drop(AT_DROP_CONSTRAINT, $3, $4, false); }
    | K_SET K_WITHOUT K_OIDS            { $$ = build_action(AT_DROP_OIDS, NULL); }
    | K_CLUSTER K_ON name               { $$ = build_action(AT_CLUSTER_ON, $3); }
    | K_SET K_WITHOUT K_CLUSTER         { $$ = build_action(AT_DROP_CLUSTER, NULL); }
    | K_SET K_LOGGED                    { $$ = build_action(AT_SET_LOGGED, NULL); }
    | K_SET K_UNLOGGED                  { $$ = build_action(AT_SET_UNLOGGED, NULL); }
    | K_ENABLE K_TRIGGER name           { $$ = build_action(AT_ENABLE_TRIGGER, $3); }
    | K_ENABLE K_ALWAYS K_TRIGGER name  { $$ = build_action(AT_ENABLE_ALWAYS_TRIGGER, $4); }
    | K_ENABLE K_REPLICA K_TRIGGER name { $$ = build_action(AT_ENABLE_REPLICA_TRIGGER, $4); }
    | K_ENABLE K_TRIGGER K_ALL          { $$ = build_action(AT_ENABLE_TRIGGER_ALL, NULL); }
    | K_ENABLE K_TRIGGER K_USER         { $$ = build_action(AT_ENABLE_TRIGGER_USER, NULL); }
    | K_DISABLE K_TRIGGER name          { $$ = build_action(AT_DISABLE_TRIGGER, $3); }
    | K_DISABLE K_TRIGGER K_ALL         { $$ = build_action(AT_DISABLE_TRIGGER_ALL, NULL); }
    | K_DISABLE K_TRIGGER K_USER        { $$ = build_action(AT_DISABLE_TRIGGER_USER, NULL); }
    | K_ENABLE K_RULE name              { $$ = build_action(AT_ENABLE_RULE, $3); }
    | K_ENABLE K_ALWAYS K_RULE name     { $$ = build_action(AT_ENABLE_ALWAYS_RULE, $4); }
    | K_ENABLE K_REPLICA K_RULE name    { $$ = build_action(AT_ENABLE_REPLICA_RULE, $4); }
    | K_DISABLE K_RULE name             { $$ = build_action(AT_DISABLE_RULE, $3); }
    | K_INHERIT relation_name           { $$ = build_action_on(AT_ADD_INHERIT, NULL, $2, false); }
    | K_NO K_INHERIT relation_name      { $$ = build_action_on(AT_DROP_INHERIT, NULL, $3, false); }
    | K_OF any_name                     { $$ = build_action_on(AT_ADD_OF, NULL, build_type($2, @2), false); }
    | K_NOT K_OF                        { $$ = build_action(AT_DROP_OF, NULL); }
    | K_OWNER K_TO role                 { $$ = NEW(AlterTableCmd, .action = AT_CHANGE_OWNER, .owner = $3); }
    | K_SET K_ACCESS K_METHOD name      { $$ = build_action(AT_SET_ACCESS_METHOD, $4); }
    | K_SET K_TABLESPACE name           { $$ = build_action(AT_SET_TABLESPACE, $3); }
    | K_SET storage_options             { $$ = build_action_options(AT_SET_OPTIONS, NULL, $2); }
    | K_RESET storage_options           { $$ = build_action_options(AT_RESET_OPTIONS, NULL, $2); }
    | K_REPLICA K_IDENTITY replica_identity { $$ = build_action_on(AT_REPLICA_IDENTITY, NULL, $3, false); }
    | K_ENABLE K_ROW K_LEVEL K_SECURITY { $$ = build_action(AT_ENABLE_ROW_SECURITY, NULL); }
    | K_DISABLE K_ROW K_LEVEL K_SECURITY { $$ = build_action(AT_DISABLE_ROW_SECURITY, NULL); }
    | K_FORCE K_ROW K_LEVEL K_SECURITY  { $$ = build_action(AT_FORCE_ROW_SECURITY, NULL); }
    | K_NO K_FORCE K_ROW K_LEVEL K_SECURITY { $$ = build_action(AT_NO_FORCE_ROW_SECURITY, NULL); }
    | alter_generic_options             { $$ = build_action_options(AT_TABLE_OPTIONS, NULL, $1); }
    ;

column_opt:
      K_COLUMN
    | %empty
    ;

set_data_opt:
      K_SET K_DATA
    | %empty
    ;

using_expr_opt:
      K_USING expr                      { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

identity_changes:
      identity_change                   { $$ = list_of($1); }
    | identity_changes identity_change  { $$ = list_add($1, $2); }
    ;

identity_change:
      K_RESTART                         { $$ = build_option("restart", NULL, @1); }
    | K_RESTART with_word_opt signed_number { $$ = build_option("restart", $3, @1); }
    | K_SET sequence_option             { $$ = build_identity_option(p, $2, @2); }
    | K_SET K_GENERATED generated_when  { $$ = build_option("generated", node_integer($3), @1); }
    ;

replica_identity:
      K_NOTHING                         { $$ = NEW(ReplicaIdentity, .kind = 'n'); }
    | K_FULL                            { $$ = NEW(ReplicaIdentity, .kind = 'f'); }
    | K_DEFAULT                         { $$ = NEW(ReplicaIdentity, .kind = 'd'); }
    | K_USING K_INDEX name              { $$ = NEW(ReplicaIdentity, .kind = 'i', .index = $3); }
    ;

generic_options_opt:
      K_OPTIONS '(' generic_option_list ')' { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

generic_option_list:
      generic_option                    { $$ = list_of($1); }
    | generic_option_list ',' generic_option { $$ = list_add($1, $3); }
    ;

generic_option:
      label LITERAL                     { $$ = build_option($1, node_string($2), @1); }
    ;

alter_generic_options:
      K_OPTIONS '(' alter_generic_option_list ')' { $$ = $3; }
    ;

alter_generic_option_list:
      alter_generic_option              { $$ = list_of($1); }
    | alter_generic_option_list ',' alter_generic_option { $$ = list_add($1, $3); }
    ;

alter_generic_option:
      generic_option
    | K_SET generic_option              { $$ = build_option_action($2, OPTION_SET); }
    | K_ADD generic_option              { $$ = build_option_action($2, OPTION_ADD); }
    | K_DROP label                      { $$ = build_option_action(build_option($2, NULL, @2), OPTION_DROP); }
    ;

/* ---- Other objects: CREATE ---- */

create_statement:
      K_CREATE K_SCHEMA name_opt K_AUTHORIZATION role schema_elements
                                        { $$ = NEW(CreateSchemaStmt, .name = $3, .owner = $5, .elements = $6); }
    | K_CREATE K_SCHEMA name schema_elements
                                        { $$ = NEW(CreateSchemaStmt, .name = $3, .elements = $4); }
    | K_CREATE K_SCHEMA K_IF K_NOT K_EXISTS name_opt K_AUTHORIZATION role schema_elements
                                        { build_check_schema(p, $9, @9);
                                          $$ = NEW(CreateSchemaStmt, .name = $6, .owner = $8, .if_not_exists = true); }
    | K_CREATE K_SCHEMA K_IF K_NOT K_EXISTS name schema_elements
                                        { build_check_schema(p, $7, @7);
                                          $$ = NEW(CreateSchemaStmt, .name = $6, .if_not_exists = true); }
    | K_CREATE K_DATABASE name with_word_opt database_options
                                        { $$ = NEW(CreateDatabaseStmt, .name = $3, .options = $5); }
    | K_CREATE K_ROLE role_id with_word_opt create_role_options
                                        { $$ = NEW(CreateRoleStmt, .kind = ROLE_IS_ROLE, .name = $3,
                                                   .options = $5); }
    | K_CREATE K_USER role_id with_word_opt create_role_options
                                        { $$ = NEW(CreateRoleStmt, .kind = ROLE_IS_USER, .name = $3,
                                                   .options = $5); }
    | K_CREATE K_GROUP role_id with_word_opt create_role_options
                                        { $$ = NEW(CreateRoleStmt, .kind = ROLE_IS_GROUP, .name = $3,
                                                   .options = $5); }
    | K_CREATE K_TABLESPACE name tablespace_owner_opt K_LOCATION LITERAL with_storage_only_opt
                                        { $$ = NEW(CreateTablespaceStmt, .name = $3, .owner = $4, .location = $6,
                                                   .options = $7); }
    | K_CREATE K_EXTENSION name with_word_opt extension_options
                                        { $$ = NEW(CreateExtensionStmt, .name = $3, .options = $5); }
    | K_CREATE K_EXTENSION K_IF K_NOT K_EXISTS name with_word_opt extension_options
                                        { $$ = NEW(CreateExtensionStmt, .name = $6, .if_not_exists = true, .options = $8); }
    | K_CREATE K_FOREIGN K_DATA K_WRAPPER name fdw_options_opt generic_options_opt
                                        { $$ = NEW(CreateFdwStmt, .name = $5, .functions = $6, .options = $7); }
    | K_CREATE K_SERVER name server_type_opt server_version_opt K_FOREIGN K_DATA K_WRAPPER name generic_options_opt
                                        { $$ = NEW(CreateServerStmt, .name = $3, .type = $4, .version = $5,
                                                   .wrapper = $9, .options = $10); }
    | K_CREATE K_SERVER K_IF K_NOT K_EXISTS name server_type_opt server_version_opt K_FOREIGN K_DATA K_WRAPPER
      name generic_options_opt
                                        { $$ = NEW(CreateServerStmt, .name = $6, .type = $7, .version = $8,
                                                   .wrapper = $12, .options = $13, .if_not_exists = true); }
    | K_CREATE K_USER K_MAPPING K_FOR mapped_user K_SERVER name generic_options_opt
                                        { $$ = NEW(CreateUserMappingStmt, .user = $5, .server = $7, .options = $8); }
    | K_CREATE K_USER K_MAPPING K_IF K_NOT K_EXISTS K_FOR mapped_user K_SERVER name generic_options_opt
                                        { $$ = NEW(CreateUserMappingStmt, .user = $8, .server = $10, .options = $11,
                                                   .if_not_exists = true); }
    | K_IMPORT K_FOREIGN K_SCHEMA name import_filter_opt K_FROM K_SERVER name K_INTO name generic_options_opt
                                        { $$ = build_import($5, $8, $4, $10, $11); }
    | K_CREATE K_POLICY name K_ON relation_name policy_mode_opt policy_command_opt policy_roles_opt
      policy_using_opt policy_check_opt
                                        { $$ = NEW(CreatePolicyStmt, .name = $3, .relation = $5, .is_permissive = $6,
                                                   .command = $7, .roles = $8, .using = $9, .with_check = $10); }
    | K_CREATE K_ACCESS K_METHOD name K_TYPE access_method_kind K_HANDLER handler_name
                                        { $$ = NEW(CreateAccessMethodStmt, .name = $4, .kind = $6, .handler = $8); }
    | trigger_stmt
    | K_CREATE K_EVENT K_TRIGGER name K_ON label K_EXECUTE function_or_procedure function_name '(' ')'
                                        { $$ = NEW(CreateEventTriggerStmt, .name = $4, .event = $6, .function = $9); }
    | K_CREATE K_EVENT K_TRIGGER name K_ON label K_WHEN event_conditions K_EXECUTE function_or_procedure
      function_name '(' ')'
                                        { $$ = NEW(CreateEventTriggerStmt, .name = $4, .event = $6, .conditions = $8,
                                                   .function = $11); }
    | K_CREATE K_ASSERTION any_name K_CHECK '(' expr ')' constraint_attributes
                                        { build_fail_unsupported(p, "CREATE ASSERTION is not yet implemented", -1); }
    | define_stmt
    | K_CREATE replace_opt trusted_opt procedural_opt K_LANGUAGE name
                                        { $$ = build_language_without_handler($6, $2); }
    | K_CREATE replace_opt trusted_opt procedural_opt K_LANGUAGE name K_HANDLER handler_name inline_handler_opt
      validator_opt
                                        { $$ = NEW(CreateLanguageStmt, .is_replace = $2, .is_trusted = $3, .name = $6,
                                                   .handler = $8, .inline_handler = $9, .validator = $10); }
    | function_stmt
    | K_CREATE K_DOMAIN any_name as_opt type column_constraints
                                        { $$ = build_domain(p, $3, $5, $6); }
    | K_CREATE conversion_default_opt K_CONVERSION any_name K_FOR LITERAL K_TO LITERAL K_FROM any_name
                                        { $$ = NEW(CreateConversionStmt, .is_default = $2, .name = $4, .source = $6,
                                                   .target = $8, .function = $10); }
    | K_CREATE K_CAST '(' type K_AS type ')' K_WITH K_FUNCTION function_with_types cast_context_opt
                                        { $$ = NEW(CreateCastStmt, .source = $4, .target = $6, .function = $10,
                                                   .context = $11); }
    | K_CREATE K_CAST '(' type K_AS type ')' K_WITHOUT K_FUNCTION cast_context_opt
                                        { $$ = NEW(CreateCastStmt, .source = $4, .target = $6, .context = $10); }
    | K_CREATE K_CAST '(' type K_AS type ')' K_WITH K_INOUT cast_context_opt
                                        { $$ = NEW(CreateCastStmt, .source = $4, .target = $6, .context = $10,
                                                   .is_inout = true); }
    | K_CREATE replace_opt K_TRANSFORM K_FOR type K_LANGUAGE name '(' transform_functions ')'
                                        { $$ = build_transform($9, $2, $5, $7); }
    | K_CREATE K_OPERATOR K_CLASS any_name opclass_default_opt K_FOR K_TYPE type K_USING name opclass_family_opt
      K_AS opclass_items
                                        { $$ = NEW(CreateOpClassStmt, .name = $4, .is_default = $5, .type = $8,
                                                   .access_method = $10, .family = $11, .items = $13); }
    | K_CREATE K_OPERATOR K_FAMILY any_name K_USING name
                                        { $$ = NEW(CreateOpFamilyStmt, .name = $4, .access_method = $6); }
    | K_CREATE replace_opt K_RULE name K_AS K_ON rule_event K_TO relation_name where_opt K_DO instead_opt rule_actions
                                        { $$ = NEW(RuleStmt, .is_replace = $2, .name = $4, .event = $7, .relation = $9,
                                                   .condition = $10, .is_instead = $12, .actions = $13); }
    | K_CREATE K_STATISTICS any_name name_parens_opt K_ON statistics_params K_FROM from_list
                                        { $$ = NEW(CreateStatsStmt, .name = $3, .kinds = $4, .exprs = $6,
                                                   .relations = $8); }
    | K_CREATE K_STATISTICS K_IF K_NOT K_EXISTS any_name name_parens_opt K_ON statistics_params K_FROM from_list
                                        { $$ = NEW(CreateStatsStmt, .name = $6, .kinds = $7, .exprs = $9,
                                                   .relations = $11, .if_not_exists = true); }
    | K_CREATE K_PUBLICATION name with_definition_opt
                                        { $$ = NEW(CreatePublicationStmt, .name = $3, .options = $4); }
    | K_CREATE K_PUBLICATION name K_FOR K_ALL K_TABLES with_definition_opt
                                        { $$ = NEW(CreatePublicationStmt, .name = $3, .is_all_tables = true,
                                                   .options = $7); }
    | K_CREATE K_PUBLICATION name K_FOR publication_objects with_definition_opt
                                        { $$ = NEW(CreatePublicationStmt, .name = $3,
                                                   .objects = build_publication_objects(p, $5), .options = $6); }
    | K_CREATE K_SUBSCRIPTION name K_CONNECTION LITERAL K_PUBLICATION name_list with_definition_opt
                                        { $$ = NEW(CreateSubscriptionStmt, .name = $3, .connection = $5,
                                                   .publications = $7, .options = $8); }
    ;

name_opt:
      name
    | %empty                            { $$ = NULL; }
    ;

replace_opt:
      K_OR K_REPLACE                    { $$ = true; }
    | %empty                            { $$ = false; }
    ;

schema_elements:
      schema_elements schema_element    { if (@$ < 0)
                                              @$ = @2;
                                          $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

schema_element:
      create_table_stmt
    | index_stmt
    | create_sequence_stmt
    | trigger_stmt
    | grant_stmt
    | create_view_stmt
    ;

database_options:
      database_option_list
    | %empty                            { $$ = NULL; }
    ;

database_option_list:
      database_option                   { $$ = list_of($1); }
    | database_option_list database_option { $$ = list_add($1, $2); }
    ;

database_option:
      database_option_name equals_opt signed_number { $$ = build_option($1, $3, @1); }
    | database_option_name equals_opt option_word { $$ = build_option($1, node_string($3), @1); }
    | database_option_name equals_opt K_DEFAULT { $$ = build_option($1, NULL, @1); }
    ;

/* IDENT for those that are no key words; the list is for those that are. */
database_option_name:
      IDENT
    | K_CONNECTION K_LIMIT              { $$ = "connection_limit"; }
    | K_ENCODING                        { $$ = $1; }
    | K_LOCATION                        { $$ = $1; }
    | K_OWNER                           { $$ = $1; }
    | K_TABLESPACE                      { $$ = $1; }
    | K_TEMPLATE                        { $$ = $1; }
    ;

equals_opt:
      '='
    | %empty
    ;

create_role_options:
      create_role_options create_role_option { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

create_role_option:
      role_option
    | K_SYSID NUMBER                    { $$ = build_option("sysid", node_integer($2), @1); }
    | K_ADMIN role_list                 { $$ = build_option("adminmembers", $2, @1); }
    | K_ROLE role_list                  { $$ = build_option("rolemembers", $2, @1); }
    | K_IN K_ROLE role_list             { $$ = build_option("addroleto", $3, @1); }
    | K_IN K_GROUP role_list            { $$ = build_option("addroleto", $3, @1); }
    ;

role_options:
      role_options role_option          { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

role_option:
      K_PASSWORD LITERAL                { $$ = build_option("password", node_string($2), @1); }
    | K_PASSWORD K_NULL                 { $$ = build_option("password", NULL, @1); }
    | K_ENCRYPTED K_PASSWORD LITERAL    { $$ = build_option("password", node_string($3), @1); }
    | K_UNENCRYPTED K_PASSWORD LITERAL  { err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                                                    .message = "UNENCRYPTED PASSWORD is no longer supported",
                                                    .hint = "Remove UNENCRYPTED to store the password in encrypted "
                                                            "form instead.",
                                                    .position = parser_position(p, @1)); }
    | K_INHERIT                         { $$ = build_option("inherit", NEW(Boolean, .value = true), @1); }
    | K_CONNECTION K_LIMIT signed_integer { $$ = build_option("connectionlimit", node_integer($3), @1); }
    | K_VALID K_UNTIL LITERAL           { $$ = build_option("validUntil", node_string($3), @1); }
    | K_USER role_list                  { $$ = build_option("rolemembers", $2, @1); }
    | IDENT                             { $$ = build_role_option(p, $1, @1); }
    ;

tablespace_owner_opt:
      K_OWNER role                      { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

extension_options:
      extension_options extension_option { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

extension_option:
      K_SCHEMA name                     { $$ = build_option("schema", node_string($2), @1); }
    | K_VERSION word_or_literal         { $$ = build_option("new_version", node_string($2), @1); }
    | K_FROM word_or_literal            { build_fail_unsupported(p, "CREATE EXTENSION ... FROM is no longer supported", @1); }
    | K_CASCADE                         { $$ = build_option("cascade", NEW(Boolean, .value = true), @1); }
    ;

fdw_options_opt:
      fdw_options
    | %empty                            { $$ = NULL; }
    ;

fdw_options:
      fdw_option                        { $$ = list_of($1); }
    | fdw_options fdw_option            { $$ = list_add($1, $2); }
    ;

fdw_option:
      K_HANDLER handler_name            { $$ = build_option("handler", $2, @1); }
    | K_NO K_HANDLER                    { $$ = build_option("handler", NULL, @1); }
    | K_VALIDATOR handler_name          { $$ = build_option("validator", $2, @1); }
    | K_NO K_VALIDATOR                  { $$ = build_option("validator", NULL, @1); }
    ;

server_type_opt:
      K_TYPE LITERAL                    { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

server_version:
      K_VERSION LITERAL                 { $$ = $2; }
    | K_VERSION K_NULL                  { $$ = NULL; }
    ;

server_version_opt:
      server_version
    | %empty                            { $$ = NULL; }
    ;

mapped_user:
      role
    | K_USER                            { $$ = NEW(RoleSpec, .kind = ROLE_CURRENT_USER, .loc = @1); }
    ;

/* An ImportSchemaStmt that holds the filter alone. */
import_filter_opt:
      K_LIMIT K_TO '(' relation_expr_list ')' { $$ = NEW(ImportSchemaStmt, .kind = IMPORT_LIMIT_TO, .tables = $4); }
    | K_EXCEPT '(' relation_expr_list ')' { $$ = NEW(ImportSchemaStmt, .kind = IMPORT_EXCEPT, .tables = $3); }
    | %empty                            { $$ = NEW(ImportSchemaStmt, .kind = IMPORT_ALL); }
    ;

policy_mode_opt:
      K_AS IDENT                        { $$ = build_policy_mode(p, $2, @2); }
    | %empty                            { $$ = true; }
    ;

policy_command_opt:
      K_FOR K_ALL                       { $$ = "all"; }
    | K_FOR K_SELECT                    { $$ = "select"; }
    | K_FOR K_INSERT                    { $$ = "insert"; }
    | K_FOR K_UPDATE                    { $$ = "update"; }
    | K_FOR K_DELETE                    { $$ = "delete"; }
    | %empty                            { $$ = "all"; }
    ;

policy_roles_opt:
      K_TO role_list                    { $$ = $2; }
    | %empty                            { $$ = list_of(NEW(RoleSpec, .kind = ROLE_PUBLIC, .loc = -1)); }
    ;

policy_new_roles_opt:
      K_TO role_list                    { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

policy_using_opt:
      K_USING '(' expr ')'              { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

policy_check_opt:
      K_WITH K_CHECK '(' expr ')'       { $$ = $4; }
    | %empty                            { $$ = NULL; }
    ;

access_method_kind:
      K_INDEX                           { $$ = 'i'; }
    | K_TABLE                           { $$ = 't'; }
    ;

handler_name:
      name                              { $$ = build_name($1); }
    | name attributes                   { $$ = list_add_first(node_string($1), $2); }
    ;

trigger_stmt:
      K_CREATE replace_opt K_TRIGGER name trigger_timing trigger_events K_ON relation_name
      trigger_transitions_opt trigger_each_opt trigger_when_opt K_EXECUTE function_or_procedure function_name
      '(' trigger_args ')'
                                        { $$ = build_trigger($6, NEW(CreateTriggerStmt, .is_replace = $2, .name = $4,
                                                                     .timing = $5, .relation = $8, .transitions = $9,
                                                                     .is_row = $10, .condition = $11,
                                                                     .function = $14, .args = $16)); }
    | K_CREATE replace_opt K_CONSTRAINT K_TRIGGER name K_AFTER trigger_events K_ON relation_name
      trigger_from_opt constraint_attributes K_FOR K_EACH K_ROW trigger_when_opt K_EXECUTE
      function_or_procedure function_name '(' trigger_args ')'
                                        { if ($2)
                                              build_fail_unsupported(p,
                                                  "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported", -1);
                                          $$ = build_constraint_trigger(p,
                                                   build_trigger($7, NEW(CreateTriggerStmt, .is_constraint = true,
                                                                         .name = $5, .relation = $9,
                                                                         .references = $10, .is_row = true,
                                                                         .condition = $15, .function = $18,
                                                                         .args = $20)),
                                                   $11, @11); }
    ;

trigger_timing:
      K_BEFORE                          { $$ = TRIGGER_BEFORE; }
    | K_AFTER                           { $$ = 0; }
    | K_INSTEAD K_OF                    { $$ = TRIGGER_INSTEAD; }
    ;

/* A CreateTriggerStmt that holds events and columns alone. */
trigger_events:
      trigger_event
    | trigger_events K_OR trigger_event { $$ = build_trigger_events(p, $1, $3); }
    ;

trigger_event:
      K_INSERT                          { $$ = NEW(CreateTriggerStmt, .events = TRIGGER_INSERT); }
    | K_DELETE                          { $$ = NEW(CreateTriggerStmt, .events = TRIGGER_DELETE); }
    | K_UPDATE                          { $$ = NEW(CreateTriggerStmt, .events = TRIGGER_UPDATE); }
    | K_UPDATE K_OF name_list           { $$ = NEW(CreateTriggerStmt, .events = TRIGGER_UPDATE, .columns = $3); }
    | K_TRUNCATE                        { $$ = NEW(CreateTriggerStmt, .events = TRIGGER_TRUNCATE); }
    ;

trigger_transitions_opt:
      K_REFERENCING trigger_transitions { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

trigger_transitions:
      trigger_transition                { $$ = list_of($1); }
    | trigger_transitions trigger_transition { $$ = list_add($1, $2); }
    ;

trigger_transition:
      new_or_old table_or_row as_opt name
                                        { $$ = NEW(TriggerTransition, .is_new = $1, .is_table = $2, .name = $4); }
    ;

new_or_old:
      K_NEW                             { $$ = true; }
    | K_OLD                             { $$ = false; }
    ;

table_or_row:
      K_TABLE                           { $$ = true; }
    | K_ROW                             { $$ = false; }
    ;

trigger_each_opt:
      K_FOR each_opt K_ROW              { $$ = true; }
    | K_FOR each_opt K_STATEMENT        { $$ = false; }
    | %empty                            { $$ = false; }
    ;

each_opt:
      K_EACH
    | %empty
    ;

trigger_when_opt:
      K_WHEN '(' expr ')'               { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

trigger_from_opt:
      K_FROM relation_name              { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

function_or_procedure:
      K_FUNCTION
    | K_PROCEDURE
    ;

/* PostgreSQL takes a comma before the first too. */
trigger_args:
      trigger_arg                       { $$ = build_name($1); }
    | trigger_args ',' trigger_arg      { $$ = list_add($1, node_string($3)); }
    | %empty                            { $$ = NULL; }
    ;

trigger_arg:
      NUMBER                            { $$ = mem_printf("%d", $1); }
    | REAL_NUMBER
    | LITERAL
    | label
    ;

event_conditions:
      event_condition                   { $$ = list_of($1); }
    | event_conditions K_AND event_condition { $$ = list_add($1, $3); }
    ;

event_condition:
      name K_IN '(' event_values ')'    { $$ = build_option($1, $4, @1); }
    ;

event_values:
      LITERAL                           { $$ = build_name($1); }
    | event_values ',' LITERAL          { $$ = list_add($1, node_string($3)); }
    ;

define_stmt:
      K_CREATE replace_opt K_AGGREGATE function_name aggregate_args definition
                                        { $$ = build_define_aggregate($4, $5, $6, $2); }
    | K_CREATE replace_opt K_AGGREGATE function_name old_aggregate_definition
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_AGGREGATE, .is_replace = $2, .name = $4,
                                                   .is_old_style = true, .definition = $5); }
    | K_CREATE K_OPERATOR operator_name definition
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_OPERATOR, .name = $3, .definition = $4); }
    | K_CREATE K_TYPE any_name definition
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_TYPE, .name = $3, .definition = $4); }
    | K_CREATE K_TYPE any_name          { $$ = NEW(DefineStmt, .kind = OBJECT_TYPE, .name = $3); }
    | K_CREATE K_TYPE any_name K_AS '(' type_columns_opt ')'
                                        { $$ = NEW(CompositeTypeStmt, .type = build_range_var(p, $3, @3),
                                                   .columns = $6); }
    | K_CREATE K_TYPE any_name K_AS K_ENUM '(' enum_values_opt ')'
                                        { $$ = NEW(CreateEnumStmt, .name = $3, .values = $7); }
    | K_CREATE K_TYPE any_name K_AS K_RANGE definition
                                        { $$ = NEW(CreateRangeStmt, .name = $3, .options = $6); }
    | K_CREATE K_TEXT K_SEARCH text_search_kind any_name definition
                                        { $$ = NEW(DefineStmt, .kind = $4, .name = $5, .definition = $6); }
    | K_CREATE K_COLLATION any_name definition
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_COLLATION, .name = $3, .definition = $4); }
    | K_CREATE K_COLLATION K_IF K_NOT K_EXISTS any_name definition
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_COLLATION, .name = $6, .definition = $7,
                                                   .if_not_exists = true); }
    | K_CREATE K_COLLATION any_name K_FROM any_name
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_COLLATION, .name = $3,
                                                   .definition = list_of(build_option("from", $5, @5))); }
    | K_CREATE K_COLLATION K_IF K_NOT K_EXISTS any_name K_FROM any_name
                                        { $$ = NEW(DefineStmt, .kind = OBJECT_COLLATION, .name = $6,
                                                   .definition = list_of(build_option("from", $8, @8)),
                                                   .if_not_exists = true); }
    ;

text_search_kind:
      K_PARSER                          { $$ = OBJECT_TS_PARSER; }
    | K_DICTIONARY                      { $$ = OBJECT_TS_DICTIONARY; }
    | K_TEMPLATE                        { $$ = OBJECT_TS_TEMPLATE; }
    | K_CONFIGURATION                   { $$ = OBJECT_TS_CONFIGURATION; }
    ;

old_aggregate_definition:
      '(' old_aggregate_items ')'       { $$ = $2; }
    ;

old_aggregate_items:
      old_aggregate_item                { $$ = list_of($1); }
    | old_aggregate_items ',' old_aggregate_item { $$ = list_add($1, $3); }
    ;

/* IDENT alone, or an argument's name could not be told from it. */
old_aggregate_item:
      IDENT '=' definition_value        { $$ = build_option($1, $3, @1); }
    ;

type_columns_opt:
      table_function_columns
    | %empty                            { $$ = NULL; }
    ;

enum_values_opt:
      event_values
    | %empty                            { $$ = NULL; }
    ;

trusted_opt:
      K_TRUSTED                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

procedural_opt:
      K_PROCEDURAL
    | %empty
    ;

inline_handler_opt:
      K_INLINE handler_name             { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

validator_opt:
      K_VALIDATOR handler_name          { $$ = $2; }
    | K_NO K_VALIDATOR                  { $$ = NULL; }
    | %empty                            { $$ = NULL; }
    ;

function_stmt:
      K_CREATE replace_opt K_FUNCTION function_name parameters_with_defaults K_RETURNS function_type
      function_options_opt function_body_opt
                                        { $$ = NEW(CreateFunctionStmt, .is_replace = $2, .name = $4, .parameters = $5,
                                                   .returns = $7, .options = $8, .body = $9); }
    | K_CREATE replace_opt K_FUNCTION function_name parameters_with_defaults K_RETURNS K_TABLE
      '(' result_columns ')' function_options_opt function_body_opt
                                        { $$ = build_table_function(p, $4, $5, $9, $11, $12, $2, @7); }
    | K_CREATE replace_opt K_FUNCTION function_name parameters_with_defaults function_options_opt
      function_body_opt
                                        { $$ = NEW(CreateFunctionStmt, .is_replace = $2, .name = $4, .parameters = $5,
                                                   .options = $6, .body = $7); }
    | K_CREATE replace_opt K_PROCEDURE function_name parameters_with_defaults function_options_opt
      function_body_opt
                                        { $$ = NEW(CreateFunctionStmt, .is_replace = $2, .is_procedure = true,
                                                   .name = $4, .parameters = $5, .options = $6, .body = $7); }
    ;

parameters:
      '(' parameter_list ')'            { $$ = $2; }
    | '(' ')'                           { $$ = NULL; }
    ;

parameter_list:
      parameter                         { $$ = list_of($1); }
    | parameter_list ',' parameter      { $$ = list_add($1, $3); }
    ;

parameters_with_defaults:
      '(' default_parameter_list ')'    { $$ = $2; }
    | '(' ')'                           { $$ = NULL; }
    ;

default_parameter_list:
      default_parameter                 { $$ = list_of($1); }
    | default_parameter_list ',' default_parameter { $$ = list_add($1, $3); }
    ;

default_parameter:
      parameter
    | parameter K_DEFAULT expr          { $$ = build_default($1, $3); }
    | parameter '=' expr                { $$ = build_default($1, $3); }
    ;

parameter:
      parameter_mode parameter_word parameter_type { $$ = NEW(FunctionParameter, .mode = $1, .name = $2, .type = $3, .loc = @1); }
    | parameter_word parameter_mode parameter_type { $$ = NEW(FunctionParameter, .mode = $2, .name = $1, .type = $3, .loc = @1); }
    | parameter_word parameter_type     { $$ = NEW(FunctionParameter, .name = $1, .type = $2, .loc = @1); }
    | parameter_mode parameter_type     { $$ = NEW(FunctionParameter, .mode = $1, .type = $2, .loc = @1); }
    | parameter_type                    { $$ = NEW(FunctionParameter, .type = $1, .loc = @1); }
    ;

/* A rule of its own, so that what can follow a type alone is checked before the type is taken. */
parameter_word:
      type_word
    ;

parameter_mode:
      K_IN                              { $$ = PARAMETER_IN; }
    | K_OUT                             { $$ = PARAMETER_OUT; }
    | K_INOUT                           { $$ = PARAMETER_INOUT; }
    | K_IN K_OUT                        { $$ = PARAMETER_INOUT; }
    | K_VARIADIC                        { $$ = PARAMETER_VARIADIC; }
    ;

parameter_type:
      type
    | type_word attributes '%' K_TYPE   { $$ = build_reference_type($1, $2, false, @1); }
    | K_SETOF type_word attributes '%' K_TYPE { $$ = build_reference_type($2, $3, true, @2); }
    ;

function_type:
      parameter_type
    ;

result_columns:
      result_column                     { $$ = list_of($1); }
    | result_columns ',' result_column  { $$ = list_add($1, $3); }
    ;

result_column:
      type_word parameter_type          { $$ = NEW(FunctionParameter, .name = $1, .type = $2, .mode = PARAMETER_TABLE,
                                                   .loc = @1); }
    ;

/* A list of the parameters and the number of direct ones, -1 where it is no ordered set. */
aggregate_args:
      '(' '*' ')'                       { $$ = list_of2(NULL, node_integer(-1)); }
    | '(' aggregate_parameters ')'      { $$ = list_of2($2, node_integer(-1)); }
    | '(' K_ORDER K_BY aggregate_parameters ')' { $$ = list_of2($4, node_integer(0)); }
    | '(' aggregate_parameters K_ORDER K_BY aggregate_parameters ')'
                                        { $$ = build_ordered_args(p, $2, $5); }
    ;

aggregate_parameters:
      aggregate_parameter               { $$ = list_of($1); }
    | aggregate_parameters ',' aggregate_parameter { $$ = list_add($1, $3); }
    ;

aggregate_parameter:
      parameter                         { $$ = build_aggregate_parameter(p, $1, @1); }
    ;

function_options_opt:
      function_options
    | %empty                            { $$ = NULL; }
    ;

function_options:
      function_option                   { $$ = list_of($1); }
    | function_options function_option  { $$ = list_add($1, $2); }
    ;

function_option:
      K_AS function_source              { $$ = build_option("as", $2, @1); }
    | K_LANGUAGE word_or_literal        { $$ = build_option("language", node_string($2), @1); }
    | K_TRANSFORM transform_types       { $$ = build_option("transform", $2, @1); }
    | K_WINDOW                          { $$ = build_option("window", NEW(Boolean, .value = true), @1); }
    | function_property
    ;

function_source:
      LITERAL                           { $$ = build_name($1); }
    | LITERAL ',' LITERAL               { $$ = list_of2(node_string($1), node_string($3)); }
    ;

transform_types:
      K_FOR K_TYPE type                 { $$ = list_of($3); }
    | transform_types ',' K_FOR K_TYPE type { $$ = list_add($1, $5); }
    ;

/* What ALTER FUNCTION can change too. */
function_property:
      K_CALLED K_ON K_NULL K_INPUT      { $$ = build_option("strict", NEW(Boolean, .value = false), @1); }
    | K_RETURNS K_NULL K_ON K_NULL K_INPUT { $$ = build_option("strict", NEW(Boolean, .value = true), @1); }
    | K_STRICT                          { $$ = build_option("strict", NEW(Boolean, .value = true), @1); }
    | K_IMMUTABLE                       { $$ = build_option("volatility", node_string("immutable"), @1); }
    | K_STABLE                          { $$ = build_option("volatility", node_string("stable"), @1); }
    | K_VOLATILE                        { $$ = build_option("volatility", node_string("volatile"), @1); }
    | K_EXTERNAL K_SECURITY K_DEFINER   { $$ = build_option("security", NEW(Boolean, .value = true), @1); }
    | K_EXTERNAL K_SECURITY K_INVOKER   { $$ = build_option("security", NEW(Boolean, .value = false), @1); }
    | K_SECURITY K_DEFINER              { $$ = build_option("security", NEW(Boolean, .value = true), @1); }
    | K_SECURITY K_INVOKER              { $$ = build_option("security", NEW(Boolean, .value = false), @1); }
    | K_LEAKPROOF                       { $$ = build_option("leakproof", NEW(Boolean, .value = true), @1); }
    | K_NOT K_LEAKPROOF                 { $$ = build_option("leakproof", NEW(Boolean, .value = false), @1); }
    | K_COST signed_number              { $$ = build_option("cost", $2, @1); }
    | K_ROWS signed_number              { $$ = build_option("rows", $2, @1); }
    | K_SUPPORT any_name                { $$ = build_option("support", $2, @1); }
    | function_set                      { $$ = build_option("set", $1, @1); }
    | K_PARALLEL name                   { $$ = build_option("parallel", node_string($2), @1); }
    ;

function_set:
      K_SET setting_change              { $$ = $2; }
    | reset_stmt
    ;

/* A ReturnStmt, or a list of lists of statements. */
function_body_opt:
      K_RETURN expr                     { $$ = NEW(ReturnStmt, .value = $2); }
    | K_BEGIN K_ATOMIC routine_statements K_END { $$ = list_of($3); }
    | %empty                            { $$ = NULL; }
    ;

routine_statements:
      routine_statements routine_statement ';' { $$ = $2 == NULL ? $1 : list_add($1, $2); }
    | %empty                            { $$ = list_new(NODE_List); }
    ;

routine_statement:
      statement_opt
    | K_RETURN expr                     { $$ = NEW(ReturnStmt, .value = $2); }
    ;

conversion_default_opt:
      K_DEFAULT                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

cast_context_opt:
      K_AS K_IMPLICIT                   { $$ = 'i'; }
    | K_AS K_ASSIGNMENT                 { $$ = 'a'; }
    | %empty                            { $$ = 'e'; }
    ;

/* A list of FROM and TO. */
transform_functions:
      K_FROM K_SQL K_WITH K_FUNCTION function_with_types ',' K_TO K_SQL K_WITH K_FUNCTION function_with_types
                                        { $$ = list_of2($5, $11); }
    | K_TO K_SQL K_WITH K_FUNCTION function_with_types ',' K_FROM K_SQL K_WITH K_FUNCTION function_with_types
                                        { $$ = list_of2($11, $5); }
    | K_FROM K_SQL K_WITH K_FUNCTION function_with_types { $$ = list_of2($5, NULL); }
    | K_TO K_SQL K_WITH K_FUNCTION function_with_types { $$ = list_of2(NULL, $5); }
    ;

opclass_default_opt:
      K_DEFAULT                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

opclass_family_opt:
      K_FAMILY any_name                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

opclass_items:
      opclass_item                      { $$ = list_of($1); }
    | opclass_items ',' opclass_item    { $$ = list_add($1, $3); }
    ;

opclass_item:
      K_OPERATOR NUMBER operator_name opclass_purpose_opt recheck_opt
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_OPERATOR, .number = $2,
                                                   .name = NEW(ObjectWithArgs, .name = $3), .order_family = $4); }
    | K_OPERATOR NUMBER operator_with_types opclass_purpose_opt recheck_opt
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_OPERATOR, .number = $2, .name = $3,
                                                   .order_family = $4); }
    | K_FUNCTION NUMBER function_with_types
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_FUNCTION, .number = $2, .name = $3); }
    | K_FUNCTION NUMBER '(' type_list ')' function_with_types
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_FUNCTION, .number = $2,
                                                   .class_args = $4, .name = $6); }
    | K_STORAGE type                    { $$ = NEW(OpClassItem, .part = OPCLASS_STORAGE, .storage = $2); }
    ;

opclass_purpose_opt:
      K_FOR K_SEARCH                    { $$ = NULL; }
    | K_FOR K_ORDER K_BY any_name       { $$ = $4; }
    | %empty                            { $$ = NULL; }
    ;

recheck_opt:
      K_RECHECK                         { err_log(ERR_NOTICE, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                                                  .message = "RECHECK is no longer required",
                                                  .hint = "Update your data type."); }
    | %empty
    ;

rule_event:
      K_SELECT                          { $$ = RULE_ON_SELECT; }
    | K_UPDATE                          { $$ = RULE_ON_UPDATE; }
    | K_DELETE                          { $$ = RULE_ON_DELETE; }
    | K_INSERT                          { $$ = RULE_ON_INSERT; }
    ;

instead_opt:
      K_INSTEAD                         { $$ = true; }
    | K_ALSO                            { $$ = false; }
    | %empty                            { $$ = false; }
    ;

rule_actions:
      K_NOTHING                         { $$ = NULL; }
    | rule_action                       { $$ = list_of($1); }
    | '(' rule_action_list ')'          { $$ = $2; }
    ;

rule_action_list:
      rule_action_opt                   { $$ = $1 == NULL ? NULL : list_of($1); }
    | rule_action_list ';' rule_action_opt { $$ = $3 == NULL ? $1 : list_add($1, $3); }
    ;

rule_action_opt:
      rule_action
    | %empty                            { $$ = NULL; }
    ;

rule_action:
      select_stmt
    | insert_stmt
    | update_stmt
    | delete_stmt
    | notify_stmt
    ;

statistics_params:
      statistics_param                  { $$ = list_of($1); }
    | statistics_params ',' statistics_param { $$ = list_add($1, $3); }
    ;

statistics_param:
      name                              { $$ = NEW(IndexElem, .name = $1, .loc = @1); }
    | plain_function                    { $$ = NEW(IndexElem, .expr = $1, .loc = @1); }
    | '(' expr ')'                      { $$ = NEW(IndexElem, .expr = $2, .loc = @1); }
    ;

publication_objects:
      publication_object                { $$ = list_of($1); }
    | publication_objects ',' publication_object { $$ = list_add($1, $3); }
    ;

/*
 * A name without TABLE goes on with what came before, which build_publication_objects() knows. Where
 * it is a table for sure, PostgreSQL points to the start of the text when that does not fit.
 */
publication_object:
      K_TABLE relation_expr name_parens_opt index_where_opt
                                        { $$ = NEW(PublicationObject, .part = PUBLISH_TABLE, .relation = $2,
                                                   .columns = $3, .where = $4, .loc = @1); }
    | K_TABLES K_IN K_SCHEMA name       { $$ = NEW(PublicationObject, .part = PUBLISH_SCHEMA, .schema = $4, .loc = @4); }
    | K_TABLES K_IN K_SCHEMA K_CURRENT_SCHEMA
                                        { $$ = NEW(PublicationObject, .part = PUBLISH_CURRENT_SCHEMA, .loc = @4); }
    | name name_parens_opt index_where_opt
                                        { $$ = build_publication_name(p, $1, $2, $3, @1); }
    | name indirection name_parens_opt index_where_opt
                                        { $$ = NEW(PublicationObject, .part = PUBLISH_CONTINUATION,
                                                   .relation = build_range_var_checked(p, $1, $2, @1), .columns = $3,
                                                   .where = $4, .loc = @1); }
    | relation_star name_parens_opt index_where_opt
                                        { $$ = NEW(PublicationObject, .part = PUBLISH_CONTINUATION, .relation = $1,
                                                   .columns = $2, .where = $3, .loc = 0); }
    | K_CURRENT_SCHEMA                  { $$ = NEW(PublicationObject, .part = PUBLISH_CONTINUATION, .loc = @1); }
    ;

/* A table that is one for sure. */
relation_star:
      relation_name '*'                 { $$ = $1; }
    | K_ONLY relation_name              { $$ = build_only($2); }
    | K_ONLY '(' relation_name ')'      { $$ = build_only($3); }
    ;

/* ---- Other objects: ALTER ---- */

alter_statement:
      K_ALTER subject_ros K_RENAME K_TO name { $$ = build_rename($2, $5); }
    | K_ALTER subject_ros K_OWNER K_TO role { $$ = build_owner($2, $5); }
    | K_ALTER subject_ros K_SET K_SCHEMA name { $$ = build_schema($2, $5); }
    | K_ALTER subject_ro K_RENAME K_TO name { $$ = build_rename($2, $5); }
    | K_ALTER subject_ro K_OWNER K_TO role { $$ = build_owner($2, $5); }
    | K_ALTER subject_s K_SET K_SCHEMA name { $$ = build_schema($2, $5); }
    | K_ALTER subject_s K_RENAME K_TO name { $$ = build_rename($2, $5); }
    | K_ALTER K_LARGE K_OBJECT signed_number K_OWNER K_TO role
                                        { $$ = NEW(AlterOwnerStmt, .kind = OBJECT_LARGE_OBJECT, .object = $4,
                                                   .owner = $7); }
    | K_ALTER K_EXTENSION name K_SET K_SCHEMA name
                                        { $$ = NEW(AlterObjectSchemaStmt, .kind = OBJECT_EXTENSION,
                                                   .object = (Node *)node_string($3), .schema = $6); }
    | K_ALTER K_EXTENSION name K_UPDATE extension_updates
                                        { $$ = NEW(AlterExtensionStmt, .name = $3, .options = $5); }
    | K_ALTER K_EXTENSION name add_or_drop common_object
                                        { $$ = build_extension_contents($3, $4, $5); }
    | K_ALTER K_EXTENSION name add_or_drop extra_object
                                        { $$ = build_extension_contents($3, $4, $5); }
    | alter_function_stmt
    | alter_type_stmt
    | K_ALTER K_OPERATOR operator_with_types K_OWNER K_TO role
                                        { $$ = NEW(AlterOwnerStmt, .kind = OBJECT_OPERATOR, .object = $3, .owner = $6); }
    | K_ALTER K_OPERATOR operator_with_types K_SET K_SCHEMA name
                                        { $$ = NEW(AlterObjectSchemaStmt, .kind = OBJECT_OPERATOR, .object = $3,
                                                   .schema = $6); }
    | K_ALTER K_OPERATOR operator_with_types K_SET '(' operator_options ')'
                                        { $$ = NEW(AlterOperatorStmt, .operator = $3, .options = $6); }
    | K_ALTER K_OPERATOR K_FAMILY any_name K_USING name K_ADD opclass_items
                                        { $$ = NEW(AlterOpFamilyStmt, .name = $4, .access_method = $6, .items = $8); }
    | K_ALTER K_OPERATOR K_FAMILY any_name K_USING name K_DROP opclass_drops
                                        { $$ = NEW(AlterOpFamilyStmt, .name = $4, .access_method = $6, .is_drop = true,
                                                   .items = $8); }
    | K_ALTER K_COLLATION any_name K_REFRESH K_VERSION { $$ = NEW(AlterCollationStmt, .name = $3); }
    | K_ALTER K_DATABASE name K_REFRESH K_COLLATION K_VERSION
                                        { $$ = NEW(AlterDatabaseRefreshStmt, .name = $3); }
    | K_ALTER K_DATABASE name K_WITH database_options
                                        { $$ = NEW(AlterDatabaseStmt, .name = $3, .options = $5); }
    | K_ALTER K_DATABASE name database_options
                                        { $$ = NEW(AlterDatabaseStmt, .name = $3, .options = $4); }
    | K_ALTER K_DATABASE name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_DATABASE, .old_name = $3,
                                                   .new_name = $6); }
    | K_ALTER K_DATABASE name K_OWNER K_TO role
                                        { $$ = NEW(AlterOwnerStmt, .kind = OBJECT_DATABASE,
                                                   .object = (Node *)node_string($3), .owner = $6); }
    | K_ALTER K_DATABASE name K_SET K_TABLESPACE name
                                        { $$ = NEW(AlterDatabaseStmt, .name = $3,
                                                   .options = list_of(build_option("tablespace", node_string($6), @6))); }
    | K_ALTER K_DATABASE name set_or_reset
                                        { $$ = NEW(AlterDatabaseSetStmt, .name = $3, .set = $4); }
    | K_ALTER K_SYSTEM K_SET generic_set
                                        { $$ = NEW(AlterSystemStmt, .set = $4); }
    | K_ALTER K_SYSTEM K_RESET generic_reset
                                        { $$ = NEW(AlterSystemStmt, .set = $4); }
    | K_ALTER K_ROLE role with_word_opt role_options
                                        { $$ = NEW(AlterRoleStmt, .role = $3, .options = $5); }
    | K_ALTER K_USER role with_word_opt role_options
                                        { $$ = NEW(AlterRoleStmt, .role = $3, .options = $5); }
    | K_ALTER K_ROLE role in_database_opt set_or_reset
                                        { $$ = NEW(AlterRoleSetStmt, .role = $3, .database = $4, .set = $5); }
    | K_ALTER K_USER role in_database_opt set_or_reset
                                        { $$ = NEW(AlterRoleSetStmt, .role = $3, .database = $4, .set = $5); }
    | K_ALTER K_ROLE K_ALL in_database_opt set_or_reset
                                        { $$ = NEW(AlterRoleSetStmt, .database = $4, .set = $5); }
    | K_ALTER K_USER K_ALL in_database_opt set_or_reset
                                        { $$ = NEW(AlterRoleSetStmt, .database = $4, .set = $5); }
    | K_ALTER K_ROLE role_id K_RENAME K_TO role_id
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_ROLE, .old_name = $3, .new_name = $6); }
    | K_ALTER K_USER role_id K_RENAME K_TO role_id
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_ROLE, .old_name = $3, .new_name = $6); }
    | K_ALTER K_GROUP role_id K_RENAME K_TO role_id
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_ROLE, .old_name = $3, .new_name = $6); }
    | K_ALTER K_GROUP role add_or_drop K_USER role_list
                                        { $$ = NEW(AlterRoleStmt, .role = $3, .action = $4 ? LIST_ADD : LIST_DROP,
                                                   .options = list_of(build_option("rolemembers", $6, @6))); }
    | K_ALTER K_FOREIGN K_DATA K_WRAPPER name fdw_options_opt alter_generic_options
                                        { $$ = NEW(AlterFdwStmt, .name = $5, .functions = $6, .options = $7); }
    | K_ALTER K_FOREIGN K_DATA K_WRAPPER name fdw_options
                                        { $$ = NEW(AlterFdwStmt, .name = $5, .functions = $6); }
    | K_ALTER K_SERVER name server_version alter_generic_options
                                        { $$ = NEW(AlterServerStmt, .name = $3, .version = $4, .has_version = true,
                                                   .options = $5); }
    | K_ALTER K_SERVER name server_version
                                        { $$ = NEW(AlterServerStmt, .name = $3, .version = $4, .has_version = true); }
    | K_ALTER K_SERVER name alter_generic_options
                                        { $$ = NEW(AlterServerStmt, .name = $3, .options = $4); }
    | K_ALTER K_USER K_MAPPING K_FOR mapped_user K_SERVER name alter_generic_options
                                        { $$ = NEW(AlterUserMappingStmt, .user = $5, .server = $7, .options = $8); }
    | K_ALTER K_POLICY name K_ON relation_name policy_new_roles_opt policy_using_opt policy_check_opt
                                        { $$ = NEW(AlterPolicyStmt, .name = $3, .relation = $5, .roles = $6, .using = $7,
                                                   .with_check = $8); }
    | K_ALTER K_POLICY name K_ON relation_name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_POLICY, .relation = $5, .old_name = $3,
                                                   .new_name = $8); }
    | K_ALTER K_POLICY K_IF K_EXISTS name K_ON relation_name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_POLICY, .relation = $7, .old_name = $5,
                                                   .new_name = $10, .is_missing_ok = true); }
    | K_ALTER K_RULE name K_ON relation_name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_RULE, .relation = $5, .old_name = $3,
                                                   .new_name = $8); }
    | K_ALTER K_TRIGGER name K_ON relation_name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_TRIGGER, .relation = $5, .old_name = $3,
                                                   .new_name = $8); }
    | K_ALTER K_TRIGGER name K_ON relation_name no_opt K_DEPENDS K_ON K_EXTENSION name
                                        { $$ = NEW(AlterDependsStmt, .kind = OBJECT_TRIGGER, .relation = $5,
                                                   .object = (Node *)build_name($3), .is_removed = $6,
                                                   .extension = $10); }
    | K_ALTER K_EVENT K_TRIGGER name event_trigger_state
                                        { $$ = NEW(AlterEventTriggerStmt, .name = $4, .enabled = $5); }
    | K_ALTER K_STATISTICS any_name K_SET K_STATISTICS signed_integer
                                        { $$ = NEW(AlterStatsStmt, .name = $3, .target = $6); }
    | K_ALTER K_STATISTICS K_IF K_EXISTS any_name K_SET K_STATISTICS signed_integer
                                        { $$ = NEW(AlterStatsStmt, .name = $5, .target = $8, .is_missing_ok = true); }
    | K_ALTER K_STATISTICS any_name K_RENAME K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_STATISTICS, .object = (Node *)$3,
                                                   .new_name = $6); }
    | K_ALTER K_STATISTICS any_name K_OWNER K_TO role
                                        { $$ = NEW(AlterOwnerStmt, .kind = OBJECT_STATISTICS, .object = (Node *)$3,
                                                   .owner = $6); }
    | K_ALTER K_STATISTICS any_name K_SET K_SCHEMA name
                                        { $$ = NEW(AlterObjectSchemaStmt, .kind = OBJECT_STATISTICS,
                                                   .object = (Node *)$3, .schema = $6); }
    | K_ALTER K_TABLESPACE name K_SET storage_options
                                        { $$ = NEW(AlterTablespaceStmt, .name = $3, .options = $5); }
    | K_ALTER K_TABLESPACE name K_RESET storage_options
                                        { $$ = NEW(AlterTablespaceStmt, .name = $3, .options = $5, .is_reset = true); }
    | K_ALTER K_TEXT K_SEARCH K_DICTIONARY any_name definition
                                        { $$ = NEW(AlterTsDictionaryStmt, .name = $5, .options = $6); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_ADD K_MAPPING K_FOR name_list any_with any_name_list
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_ADD_MAPPING,
                                                   .name = $5, .tokens = $9, .dictionaries = $11); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_ALTER K_MAPPING K_FOR name_list any_with any_name_list
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_ALTER_MAPPING,
                                                   .name = $5, .tokens = $9, .dictionaries = $11); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_ALTER K_MAPPING K_REPLACE any_name any_with any_name
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_REPLACE_DICT,
                                                   .name = $5, .dictionaries = list_of2($9, $11)); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_ALTER K_MAPPING K_FOR name_list K_REPLACE any_name
      any_with any_name
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_REPLACE_DICT_FOR_TOKEN,
                                                   .name = $5, .tokens = $9, .dictionaries = list_of2($11, $13)); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_DROP K_MAPPING K_FOR name_list
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_DROP_MAPPING,
                                                   .name = $5, .tokens = $9); }
    | K_ALTER K_TEXT K_SEARCH K_CONFIGURATION any_name K_DROP K_MAPPING K_IF K_EXISTS K_FOR name_list
                                        { $$ = NEW(AlterTsConfigurationStmt, .action = TS_CONFIG_DROP_MAPPING,
                                                   .name = $5, .tokens = $11, .is_missing_ok = true); }
    | K_ALTER K_PUBLICATION name K_SET definition
                                        { $$ = NEW(AlterPublicationStmt, .name = $3, .options = $5); }
    | K_ALTER K_PUBLICATION name K_ADD publication_objects
                                        { $$ = NEW(AlterPublicationStmt, .name = $3, .action = LIST_ADD,
                                                   .objects = build_publication_objects(p, $5)); }
    | K_ALTER K_PUBLICATION name K_SET publication_objects
                                        { $$ = NEW(AlterPublicationStmt, .name = $3, .action = LIST_SET,
                                                   .objects = build_publication_objects(p, $5)); }
    | K_ALTER K_PUBLICATION name K_DROP publication_objects
                                        { $$ = NEW(AlterPublicationStmt, .name = $3, .action = LIST_DROP,
                                                   .objects = build_publication_objects(p, $5)); }
    | K_ALTER K_SUBSCRIPTION name K_SET definition
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_OPTIONS, .name = $3,
                                                   .options = $5); }
    | K_ALTER K_SUBSCRIPTION name K_CONNECTION LITERAL
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_CONNECTION, .name = $3,
                                                   .connection = $5); }
    | K_ALTER K_SUBSCRIPTION name K_REFRESH K_PUBLICATION with_definition_opt
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_REFRESH, .name = $3,
                                                   .options = $6); }
    | K_ALTER K_SUBSCRIPTION name K_ADD K_PUBLICATION name_list with_definition_opt
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_ADD_PUBLICATION,
                                                   .name = $3, .publications = $6, .options = $7); }
    | K_ALTER K_SUBSCRIPTION name K_DROP K_PUBLICATION name_list with_definition_opt
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_DROP_PUBLICATION,
                                                   .name = $3, .publications = $6, .options = $7); }
    | K_ALTER K_SUBSCRIPTION name K_SET K_PUBLICATION name_list with_definition_opt
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_SET_PUBLICATION,
                                                   .name = $3, .publications = $6, .options = $7); }
    | K_ALTER K_SUBSCRIPTION name K_ENABLE
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_ENABLED, .name = $3,
                                                   .options = list_of(build_option("enabled",
                                                                          NEW(Boolean, .value = true), @1))); }
    | K_ALTER K_SUBSCRIPTION name K_DISABLE
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_ENABLED, .name = $3,
                                                   .options = list_of(build_option("enabled",
                                                                          NEW(Boolean, .value = false), @1))); }
    | K_ALTER K_SUBSCRIPTION name K_SKIP definition
                                        { $$ = NEW(AlterSubscriptionStmt, .action = SUBSCRIPTION_SKIP, .name = $3,
                                                   .options = $5); }
    | K_ALTER K_DEFAULT K_PRIVILEGES default_privilege_options default_privilege_action
                                        { $$ = NEW(AlterDefaultPrivilegesStmt, .options = $4, .grant = $5); }
    ;

add_or_drop:
      K_ADD                             { $$ = true; }
    | K_DROP                            { $$ = false; }
    ;

no_opt:
      K_NO                              { $$ = true; }
    | %empty                            { $$ = false; }
    ;

any_with:
      K_WITH
    | WITH_BEFORE_TYPE
    ;

extension_updates:
      extension_updates K_TO word_or_literal { $$ = list_add($1, build_option("new_version", node_string($3), @2)); }
    | %empty                            { $$ = NULL; }
    ;

event_trigger_state:
      K_ENABLE                          { $$ = 'O'; }
    | K_ENABLE K_REPLICA                { $$ = 'R'; }
    | K_ENABLE K_ALWAYS                 { $$ = 'A'; }
    | K_DISABLE                         { $$ = 'D'; }
    ;

/*
 * Subjects, as an AlterOwnerStmt without owner: what can be renamed, get an owner, get a schema;
 * those that RENAME or SET may say something else of are written out.
 */
subject_ros:
      K_AGGREGATE aggregate_with_types  { $$ = build_subject(OBJECT_AGGREGATE, $2); }
    | K_COLLATION any_name              { $$ = build_subject(OBJECT_COLLATION, $2); }
    | K_CONVERSION any_name             { $$ = build_subject(OBJECT_CONVERSION, $2); }
    | K_OPERATOR K_CLASS any_name K_USING name
                                        { $$ = build_subject(OBJECT_OPCLASS, list_add_first(node_string($5), $3)); }
    | K_OPERATOR K_FAMILY any_name K_USING name
                                        { $$ = build_subject(OBJECT_OPFAMILY, list_add_first(node_string($5), $3)); }
    | K_TEXT K_SEARCH K_DICTIONARY any_name { $$ = build_subject(OBJECT_TS_DICTIONARY, $4); }
    | K_TEXT K_SEARCH K_CONFIGURATION any_name { $$ = build_subject(OBJECT_TS_CONFIGURATION, $4); }
    ;

subject_ro:
      procedural_opt K_LANGUAGE name    { $$ = build_subject(OBJECT_LANGUAGE, node_string($3)); }
    | K_SCHEMA name                     { $$ = build_subject(OBJECT_SCHEMA, node_string($2)); }
    | K_TABLESPACE name                 { $$ = build_subject(OBJECT_TABLESPACE, node_string($2)); }
    | K_FOREIGN K_DATA K_WRAPPER name   { $$ = build_subject(OBJECT_FDW, node_string($4)); }
    | K_SERVER name                     { $$ = build_subject(OBJECT_FOREIGN_SERVER, node_string($2)); }
    | K_EVENT K_TRIGGER name            { $$ = build_subject(OBJECT_EVENT_TRIGGER, node_string($3)); }
    | K_PUBLICATION name                { $$ = build_subject(OBJECT_PUBLICATION, node_string($2)); }
    | K_SUBSCRIPTION name               { $$ = build_subject(OBJECT_SUBSCRIPTION, node_string($2)); }
    ;

subject_s:
      K_TEXT K_SEARCH K_PARSER any_name { $$ = build_subject(OBJECT_TS_PARSER, $4); }
    | K_TEXT K_SEARCH K_TEMPLATE any_name { $$ = build_subject(OBJECT_TS_TEMPLATE, $4); }
    ;

subject_function:
      K_FUNCTION function_with_types    { $$ = build_subject(OBJECT_FUNCTION, $2); }
    | K_PROCEDURE function_with_types   { $$ = build_subject(OBJECT_PROCEDURE, $2); }
    | K_ROUTINE function_with_types     { $$ = build_subject(OBJECT_ROUTINE, $2); }
    ;

alter_function_stmt:
      K_ALTER subject_function function_properties restrict_opt { $$ = build_alter_function($2, $3); }
    | K_ALTER subject_function K_RENAME K_TO name { $$ = build_rename($2, $5); }
    | K_ALTER subject_function K_OWNER K_TO role { $$ = build_owner($2, $5); }
    | K_ALTER subject_function K_SET K_SCHEMA name { $$ = build_schema($2, $5); }
    | K_ALTER subject_function no_opt K_DEPENDS K_ON K_EXTENSION name { $$ = build_depends($2, $3, $7); }
    ;

function_properties:
      function_property                 { $$ = list_of($1); }
    | function_properties function_property { $$ = list_add($1, $2); }
    ;

restrict_opt:
      K_RESTRICT
    | %empty
    ;

alter_type_stmt:
      K_ALTER K_TYPE any_name K_RENAME K_TO name
                                        { $$ = build_rename(build_subject(OBJECT_TYPE, $3), $6); }
    | K_ALTER K_TYPE any_name K_OWNER K_TO role
                                        { $$ = build_owner(build_subject(OBJECT_TYPE, $3), $6); }
    | K_ALTER K_TYPE any_name K_SET K_SCHEMA name
                                        { $$ = build_schema(build_subject(OBJECT_TYPE, $3), $6); }
    | K_ALTER K_TYPE any_name K_SET '(' operator_options ')'
                                        { $$ = NEW(AlterTypeStmt, .name = $3, .options = $6); }
    | K_ALTER K_TYPE any_name K_RENAME K_ATTRIBUTE name K_TO name behavior_opt
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_ATTRIBUTE, .relation_kind = OBJECT_TYPE,
                                                   .relation = build_range_var(p, $3, @3), .old_name = $6,
                                                   .new_name = $8, .behavior = $9); }
    | K_ALTER K_TYPE any_name K_ADD K_VALUE if_not_exists_opt LITERAL
                                        { $$ = NEW(AlterEnumStmt, .name = $3, .new_value = $7, .is_after = true,
                                                   .if_not_exists = $6); }
    | K_ALTER K_TYPE any_name K_ADD K_VALUE if_not_exists_opt LITERAL K_BEFORE LITERAL
                                        { $$ = NEW(AlterEnumStmt, .name = $3, .new_value = $7, .neighbor = $9,
                                                   .if_not_exists = $6); }
    | K_ALTER K_TYPE any_name K_ADD K_VALUE if_not_exists_opt LITERAL K_AFTER LITERAL
                                        { $$ = NEW(AlterEnumStmt, .name = $3, .new_value = $7, .neighbor = $9,
                                                   .is_after = true, .if_not_exists = $6); }
    | K_ALTER K_TYPE any_name K_RENAME K_VALUE LITERAL K_TO LITERAL
                                        { $$ = NEW(AlterEnumStmt, .name = $3, .old_value = $6, .new_value = $8); }
    | K_ALTER K_TYPE any_name type_actions
                                        { $$ = NEW(AlterTableStmt, .kind = OBJECT_TYPE, .relation = build_range_var(p, $3, @3),
                                                   .actions = $4); }
    | K_ALTER K_DOMAIN any_name K_RENAME K_TO name
                                        { $$ = build_rename(build_subject(OBJECT_DOMAIN, $3), $6); }
    | K_ALTER K_DOMAIN any_name K_RENAME K_CONSTRAINT name K_TO name
                                        { $$ = NEW(RenameStmt, .kind = OBJECT_DOMAIN_CONSTRAINT, .object = (Node *)$3,
                                                   .old_name = $6, .new_name = $8); }
    | K_ALTER K_DOMAIN any_name K_OWNER K_TO role
                                        { $$ = build_owner(build_subject(OBJECT_DOMAIN, $3), $6); }
    | K_ALTER K_DOMAIN any_name K_SET K_SCHEMA name
                                        { $$ = build_schema(build_subject(OBJECT_DOMAIN, $3), $6); }
    | K_ALTER K_DOMAIN any_name K_SET K_DEFAULT expr
                                        { $$ = NEW(AlterDomainStmt, .action = 'T', .name = $3, .definition = $6); }
    | K_ALTER K_DOMAIN any_name K_DROP K_DEFAULT
                                        { $$ = NEW(AlterDomainStmt, .action = 'T', .name = $3); }
    | K_ALTER K_DOMAIN any_name K_DROP K_NOT K_NULL
                                        { $$ = NEW(AlterDomainStmt, .action = 'N', .name = $3); }
    | K_ALTER K_DOMAIN any_name K_SET K_NOT K_NULL
                                        { $$ = NEW(AlterDomainStmt, .action = 'O', .name = $3); }
    | K_ALTER K_DOMAIN any_name K_ADD table_constraint
                                        { $$ = NEW(AlterDomainStmt, .action = 'C', .name = $3, .definition = $5); }
    | K_ALTER K_DOMAIN any_name K_DROP K_CONSTRAINT name behavior_opt
                                        { $$ = NEW(AlterDomainStmt, .action = 'X', .name = $3, .constraint = $6,
                                                   .behavior = $7); }
    | K_ALTER K_DOMAIN any_name K_DROP K_CONSTRAINT K_IF K_EXISTS name behavior_opt
                                        { $$ = NEW(AlterDomainStmt, .action = 'X', .name = $3, .constraint = $8,
                                                   .behavior = $9, .is_missing_ok = true); }
    | K_ALTER K_DOMAIN any_name K_VALIDATE K_CONSTRAINT name
                                        { $$ = NEW(AlterDomainStmt, .action = 'V', .name = $3, .constraint = $6); }
    ;

type_actions:
      type_action                       { $$ = list_of($1); }
    | type_actions ',' type_action      { $$ = list_add($1, $3); }
    ;

type_action:
      K_ADD K_ATTRIBUTE table_function_column behavior_opt
                                        { $$ = NEW(AlterTableCmd, .action = AT_ADD_COLUMN, .definition = $3,
                                                   .behavior = $4); }
    | K_DROP K_ATTRIBUTE K_IF K_EXISTS name behavior_opt { $$ = build_action_drop(AT_DROP_COLUMN, $5, $6, true); }
    | K_DROP K_ATTRIBUTE name behavior_opt { $$ = build_action_drop(AT_DROP_COLUMN, $3, $4, false); }
    | K_ALTER K_ATTRIBUTE name set_data_opt K_TYPE type collate_opt behavior_opt
                                        { $$ = NEW(AlterTableCmd, .action = AT_ALTER_TYPE, .name = $3,
                                                   .definition = NEW(ColumnDef, .type = $6, .collation = $7,
                                                                     .loc = @3),
                                                   .behavior = $8); }
    ;

operator_options:
      operator_option                   { $$ = list_of($1); }
    | operator_options ',' operator_option { $$ = list_add($1, $3); }
    ;

operator_option:
      label '=' K_NONE                  { $$ = build_option($1, NULL, @1); }
    | label '=' operator_option_value   { $$ = build_option($1, $3, @1); }
    ;

operator_option_value:
      parameter_type                    { $$ = $1; }
    | reserved_word                     { $$ = node_string($1); }
    | any_operator_word                 { $$ = $1; }
    | signed_number
    | LITERAL                           { $$ = node_string($1); }
    ;

opclass_drops:
      opclass_drop                      { $$ = list_of($1); }
    | opclass_drops ',' opclass_drop    { $$ = list_add($1, $3); }
    ;

opclass_drop:
      K_OPERATOR NUMBER '(' type_list ')'
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_OPERATOR, .number = $2,
                                                   .class_args = $4); }
    | K_FUNCTION NUMBER '(' type_list ')'
                                        { $$ = NEW(OpClassItem, .part = OPCLASS_FUNCTION, .number = $2,
                                                   .class_args = $4); }
    ;

/* ---- Other objects: DROP, COMMENT, SECURITY LABEL ---- */

drop_statement:
      K_DROP any_name_kind maybe_any_name_list behavior_opt
                                        { $$ = build_drop($2, $3.any, $4, $3.is_true); }
    | K_DROP drop_name_kind maybe_name_list behavior_opt
                                        { $$ = build_drop($2, $3.any, $4, $3.is_true); }
    | K_DROP on_any_name_kind maybe_name K_ON any_name behavior_opt
                                        { $$ = build_drop($2, list_of(list_add($5, node_string($3.text))), $6, $3.is_true); }
    | K_DROP K_INDEX K_CONCURRENTLY maybe_any_name_list behavior_opt
                                        { $$ = NEW(DropStmt, .kind = OBJECT_INDEX, .is_missing_ok = $4.is_true, .objects = $4.any,
                                                   .behavior = $5, .is_concurrent = true); }
    | K_DROP K_TYPE maybe_type_name_list behavior_opt
                                        { $$ = build_drop(OBJECT_TYPE, $3.any, $4, $3.is_true); }
    | K_DROP K_DOMAIN maybe_type_name_list behavior_opt
                                        { $$ = build_drop(OBJECT_DOMAIN, $3.any, $4, $3.is_true); }
    | K_DROP K_FUNCTION maybe_function_with_types_list behavior_opt
                                        { $$ = build_drop(OBJECT_FUNCTION, $3.any, $4, $3.is_true); }
    | K_DROP K_PROCEDURE maybe_function_with_types_list behavior_opt
                                        { $$ = build_drop(OBJECT_PROCEDURE, $3.any, $4, $3.is_true); }
    | K_DROP K_ROUTINE maybe_function_with_types_list behavior_opt
                                        { $$ = build_drop(OBJECT_ROUTINE, $3.any, $4, $3.is_true); }
    | K_DROP K_AGGREGATE maybe_aggregate_with_types_list behavior_opt
                                        { $$ = build_drop(OBJECT_AGGREGATE, $3.any, $4, $3.is_true); }
    | K_DROP K_OPERATOR maybe_operator_with_types_list behavior_opt
                                        { $$ = build_drop(OBJECT_OPERATOR, $3.any, $4, $3.is_true); }
    | K_DROP K_OPERATOR K_CLASS any_name K_USING name behavior_opt
                                        { $$ = build_drop(OBJECT_OPCLASS, list_of(list_add_first(node_string($6), $4)),
                                                          $7, false); }
    | K_DROP K_OPERATOR K_CLASS K_IF K_EXISTS any_name K_USING name behavior_opt
                                        { $$ = build_drop(OBJECT_OPCLASS, list_of(list_add_first(node_string($8), $6)),
                                                          $9, true); }
    | K_DROP K_OPERATOR K_FAMILY any_name K_USING name behavior_opt
                                        { $$ = build_drop(OBJECT_OPFAMILY, list_of(list_add_first(node_string($6), $4)),
                                                          $7, false); }
    | K_DROP K_OPERATOR K_FAMILY K_IF K_EXISTS any_name K_USING name behavior_opt
                                        { $$ = build_drop(OBJECT_OPFAMILY, list_of(list_add_first(node_string($8), $6)),
                                                          $9, true); }
    | K_DROP K_CAST if_exists_opt '(' type K_AS type ')' behavior_opt
                                        { $$ = build_drop(OBJECT_CAST, list_of(list_of2($5, $7)), $9, $3); }
    | K_DROP K_TRANSFORM if_exists_opt K_FOR type K_LANGUAGE name behavior_opt
                                        { $$ = build_drop(OBJECT_TRANSFORM, list_of(list_of2($5, node_string($7))), $8,
                                                          $3); }
    | K_DROP K_OWNED K_BY role_list behavior_opt
                                        { $$ = NEW(DropOwnedStmt, .roles = $4, .behavior = $5); }
    | K_DROP K_SUBSCRIPTION maybe_name behavior_opt
                                        { $$ = NEW(DropSubscriptionStmt, .name = $3.text, .is_missing_ok = $3.is_true,
                                                   .behavior = $4); }
    | K_DROP K_TABLESPACE maybe_name
                                        { $$ = NEW(DropTablespaceStmt, .name = $3.text, .is_missing_ok = $3.is_true); }
    | K_DROP K_ROLE maybe_role_list
                                        { $$ = NEW(DropRoleStmt, .roles = $3.any, .is_missing_ok = $3.is_true); }
    | K_DROP K_USER maybe_role_list
                                        { $$ = NEW(DropRoleStmt, .roles = $3.any, .is_missing_ok = $3.is_true); }
    | K_DROP K_GROUP maybe_role_list
                                        { $$ = NEW(DropRoleStmt, .roles = $3.any, .is_missing_ok = $3.is_true); }
    | K_DROP K_USER K_MAPPING if_exists_opt K_FOR mapped_user K_SERVER name
                                        { $$ = NEW(DropUserMappingStmt, .user = $6, .server = $8, .is_missing_ok = $4); }
    | K_DROP K_DATABASE maybe_name
                                        { $$ = NEW(DropDatabaseStmt, .name = $3.text, .is_missing_ok = $3.is_true); }
    | K_DROP K_DATABASE maybe_name with_word_opt '(' drop_database_options ')'
                                        { $$ = NEW(DropDatabaseStmt, .name = $3.text, .is_missing_ok = $3.is_true, .options = $6); }
    | K_COMMENT K_ON common_object K_IS comment_text { $$ = build_comment($3, $5); }
    | K_COMMENT K_ON extra_object K_IS comment_text { $$ = build_comment($3, $5); }
    | K_COMMENT K_ON labelled_object K_IS comment_text { $$ = build_comment($3, $5); }
    | K_COMMENT K_ON on_any_name_kind name K_ON any_name K_IS comment_text
                                        { $$ = build_comment(build_subject($3, list_add($6, node_string($4))), $8); }
    | K_COMMENT K_ON K_CONSTRAINT name K_ON any_name K_IS comment_text
                                        { $$ = build_comment(build_subject(OBJECT_TABLE_CONSTRAINT,
                                                                           list_add($6, node_string($4))), $8); }
    | K_COMMENT K_ON K_CONSTRAINT name K_ON K_DOMAIN any_name K_IS comment_text
                                        { $$ = build_comment(build_subject(OBJECT_DOMAIN_CONSTRAINT,
                                                                 list_of2(build_type($7, @7), node_string($4))), $9); }
    | K_SECURITY K_LABEL label_provider_opt K_ON common_object K_IS comment_text
                                        { $$ = build_label($5, $3, $7); }
    | K_SECURITY K_LABEL label_provider_opt K_ON labelled_object K_IS comment_text
                                        { $$ = build_label($5, $3, $7); }
    ;

/* With or without IF EXISTS; IF may be a name too, so these are not an empty rule and a name. */
maybe_relation_expr:
      relation_expr
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS relation_expr
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_relation_name:
      relation_name
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS relation_name
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_any_name_list:
      any_name_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS any_name_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_name_list:
      name_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS name_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_name:
      name
                                        { $$.is_true = false;
                                          $$.text = $1; }
    | K_IF K_EXISTS name
                                        { $$.is_true = true;
                                          $$.text = $3; }
    ;

maybe_type_name_list:
      type_name_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS type_name_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_function_with_types_list:
      function_with_types_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS function_with_types_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_aggregate_with_types_list:
      aggregate_with_types_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS aggregate_with_types_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_operator_with_types_list:
      operator_with_types_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS operator_with_types_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

maybe_role_list:
      role_list
                                        { $$.is_true = false;
                                          $$.any = $1; }
    | K_IF K_EXISTS role_list
                                        { $$.is_true = true;
                                          $$.any = $3; }
    ;

drop_database_options:
      drop_database_option              { $$ = list_of($1); }
    | drop_database_options ',' drop_database_option { $$ = list_add($1, $3); }
    ;

drop_database_option:
      K_FORCE                           { $$ = build_option("force", NULL, @1); }
    ;

comment_text:
      LITERAL
    | K_NULL                            { $$ = NULL; }
    ;

label_provider_opt:
      K_FOR word_or_literal             { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

any_name_kind:
      K_TABLE                           { $$ = OBJECT_TABLE; }
    | K_SEQUENCE                        { $$ = OBJECT_SEQUENCE; }
    | K_VIEW                            { $$ = OBJECT_VIEW; }
    | K_MATERIALIZED K_VIEW             { $$ = OBJECT_MATVIEW; }
    | K_INDEX                           { $$ = OBJECT_INDEX; }
    | K_FOREIGN K_TABLE                 { $$ = OBJECT_FOREIGN_TABLE; }
    | K_COLLATION                       { $$ = OBJECT_COLLATION; }
    | K_CONVERSION                      { $$ = OBJECT_CONVERSION; }
    | K_STATISTICS                      { $$ = OBJECT_STATISTICS; }
    | K_TEXT K_SEARCH text_search_kind  { $$ = $3; }
    ;

drop_name_kind:
      K_ACCESS K_METHOD                 { $$ = OBJECT_ACCESS_METHOD; }
    | K_EVENT K_TRIGGER                 { $$ = OBJECT_EVENT_TRIGGER; }
    | K_EXTENSION                       { $$ = OBJECT_EXTENSION; }
    | K_FOREIGN K_DATA K_WRAPPER        { $$ = OBJECT_FDW; }
    | procedural_opt K_LANGUAGE         { $$ = OBJECT_LANGUAGE; }
    | K_PUBLICATION                     { $$ = OBJECT_PUBLICATION; }
    | K_SCHEMA                          { $$ = OBJECT_SCHEMA; }
    | K_SERVER                          { $$ = OBJECT_FOREIGN_SERVER; }
    ;

name_kind:
      drop_name_kind
    | K_DATABASE                        { $$ = OBJECT_DATABASE; }
    | K_ROLE                            { $$ = OBJECT_ROLE; }
    | K_SUBSCRIPTION                    { $$ = OBJECT_SUBSCRIPTION; }
    | K_TABLESPACE                      { $$ = OBJECT_TABLESPACE; }
    ;

on_any_name_kind:
      K_POLICY                          { $$ = OBJECT_POLICY; }
    | K_RULE                            { $$ = OBJECT_RULE; }
    | K_TRIGGER                         { $$ = OBJECT_TRIGGER; }
    ;

/* What COMMENT, SECURITY LABEL and extensions know. */
common_object:
      any_name_kind any_name            { $$ = build_subject($1, $2); }
    | name_kind name                    { $$ = build_subject($1, node_string($2)); }
    | K_TYPE type                       { $$ = build_subject(OBJECT_TYPE, $2); }
    | K_DOMAIN type                     { $$ = build_subject(OBJECT_DOMAIN, $2); }
    | K_AGGREGATE aggregate_with_types  { $$ = build_subject(OBJECT_AGGREGATE, $2); }
    | K_FUNCTION function_with_types    { $$ = build_subject(OBJECT_FUNCTION, $2); }
    | K_PROCEDURE function_with_types   { $$ = build_subject(OBJECT_PROCEDURE, $2); }
    | K_ROUTINE function_with_types     { $$ = build_subject(OBJECT_ROUTINE, $2); }
    ;

/* What COMMENT and extensions know beside. */
extra_object:
      K_CAST '(' type K_AS type ')'     { $$ = build_subject(OBJECT_CAST, list_of2($3, $5)); }
    | K_OPERATOR operator_with_types    { $$ = build_subject(OBJECT_OPERATOR, $2); }
    | K_OPERATOR K_CLASS any_name K_USING name
                                        { $$ = build_subject(OBJECT_OPCLASS, list_add_first(node_string($5), $3)); }
    | K_OPERATOR K_FAMILY any_name K_USING name
                                        { $$ = build_subject(OBJECT_OPFAMILY, list_add_first(node_string($5), $3)); }
    | K_TRANSFORM K_FOR type K_LANGUAGE name
                                        { $$ = build_subject(OBJECT_TRANSFORM, list_of2($3, node_string($5))); }
    ;

/* What COMMENT and SECURITY LABEL know beside. */
labelled_object:
      K_COLUMN any_name                 { $$ = build_subject(OBJECT_COLUMN, $2); }
    | K_LARGE K_OBJECT signed_number    { $$ = build_subject(OBJECT_LARGE_OBJECT, $3); }
    ;

type_name_list:
      type                              { $$ = list_of($1); }
    | type_name_list ',' type           { $$ = list_add($1, $3); }
    ;

function_with_types:
      function_name parameters          { $$ = build_with_types($1, $2); }
    | type_function_word                { $$ = NEW(ObjectWithArgs, .name = build_name($1), .is_without_args = true); }
    | name                              { $$ = NEW(ObjectWithArgs, .name = build_name($1), .is_without_args = true); }
    | name indirection                  { $$ = NEW(ObjectWithArgs,
                                                   .name = build_checked_name(p, list_add_first(node_string($1), $2)),
                                                   .is_without_args = true); }
    ;

function_with_types_list:
      function_with_types               { $$ = list_of($1); }
    | function_with_types_list ',' function_with_types { $$ = list_add($1, $3); }
    ;

aggregate_with_types:
      function_name aggregate_args      { $$ = build_with_types($1, list_at($2, 0)); }
    ;

aggregate_with_types_list:
      aggregate_with_types              { $$ = list_of($1); }
    | aggregate_with_types_list ',' aggregate_with_types { $$ = list_add($1, $3); }
    ;

operator_with_types:
      operator_name operand_types       { $$ = NEW(ObjectWithArgs, .name = $1, .args = $2); }
    ;

operator_with_types_list:
      operator_with_types               { $$ = list_of($1); }
    | operator_with_types_list ',' operator_with_types { $$ = list_add($1, $3); }
    ;

operand_types:
      '(' type ')'                      { err_raise(SQLSTATE_SYNTAX_ERROR, .message = "missing argument",
                                                    .hint = "Use NONE to denote the missing argument of a unary operator.",
                                                    .position = parser_position(p, @3)); }
    | '(' type ',' type ')'             { $$ = list_of2($2, $4); }
    | '(' K_NONE ',' type ')'           { $$ = list_of2(NULL, $4); }
    | '(' type ',' K_NONE ')'           { $$ = list_of2($2, NULL); }
    ;

/* ---- Rights ---- */

rights_statement:
      grant_stmt
    | K_REVOKE privileges K_ON grant_target K_FROM grantees granted_by_opt behavior_opt
                                        { $$ = build_revoke($4, $2, $6, false, $7, $8); }
    | K_REVOKE K_GRANT K_OPTION K_FOR privileges K_ON grant_target K_FROM grantees granted_by_opt behavior_opt
                                        { $$ = build_revoke($7, $5, $9, true, $10, $11); }
    | K_GRANT privilege_list K_TO role_list admin_option_opt granted_by_opt
                                        { $$ = NEW(GrantRoleStmt, .granted = $2, .grantees = $4, .is_grant = true,
                                                   .is_admin_option = $5, .grantor = $6); }
    | K_REVOKE privilege_list K_FROM role_list granted_by_opt behavior_opt
                                        { $$ = NEW(GrantRoleStmt, .granted = $2, .grantees = $4, .grantor = $5,
                                                   .behavior = $6); }
    | K_REVOKE K_ADMIN K_OPTION K_FOR privilege_list K_FROM role_list granted_by_opt behavior_opt
                                        { $$ = NEW(GrantRoleStmt, .granted = $5, .grantees = $7, .grantor = $8,
                                                   .behavior = $9, .is_admin_option = true); }
    | K_REASSIGN K_OWNED K_BY role_list K_TO role
                                        { $$ = NEW(ReassignOwnedStmt, .roles = $4, .new_role = $6); }
    ;

grant_stmt:
      K_GRANT privileges K_ON grant_target K_TO grantees grant_option_opt granted_by_opt
                                        { $$ = build_grant($4, $2, $6, $7, $8); }
    ;

privileges:
      privilege_list
    | K_ALL                             { $$ = NULL; }
    | K_ALL K_PRIVILEGES                { $$ = NULL; }
    | K_ALL '(' name_list ')'           { $$ = list_of(NEW(AccessPriv, .columns = $3)); }
    | K_ALL K_PRIVILEGES '(' name_list ')' { $$ = list_of(NEW(AccessPriv, .columns = $4)); }
    ;

privilege_list:
      privilege                         { $$ = list_of($1); }
    | privilege_list ',' privilege      { $$ = list_add($1, $3); }
    ;

privilege:
      K_SELECT name_parens_opt          { $$ = NEW(AccessPriv, .name = "select", .columns = $2); }
    | K_REFERENCES name_parens_opt      { $$ = NEW(AccessPriv, .name = "references", .columns = $2); }
    | K_CREATE name_parens_opt          { $$ = NEW(AccessPriv, .name = "create", .columns = $2); }
    | K_ALTER K_SYSTEM                  { $$ = NEW(AccessPriv, .name = "alter system"); }
    | name name_parens_opt              { $$ = NEW(AccessPriv, .name = $1, .columns = $2); }
    ;

/* A GrantStmt that holds kind and objects alone. */
grant_target:
      relation_name_list                { $$ = build_grant_target(OBJECT_TABLE, $1); }
    | K_TABLE relation_name_list        { $$ = build_grant_target(OBJECT_TABLE, $2); }
    | K_SEQUENCE relation_name_list     { $$ = build_grant_target(OBJECT_SEQUENCE, $2); }
    | K_FOREIGN K_DATA K_WRAPPER name_list { $$ = build_grant_target(OBJECT_FDW, $4); }
    | K_FOREIGN K_SERVER name_list      { $$ = build_grant_target(OBJECT_FOREIGN_SERVER, $3); }
    | K_FUNCTION function_with_types_list { $$ = build_grant_target(OBJECT_FUNCTION, $2); }
    | K_PROCEDURE function_with_types_list { $$ = build_grant_target(OBJECT_PROCEDURE, $2); }
    | K_ROUTINE function_with_types_list { $$ = build_grant_target(OBJECT_ROUTINE, $2); }
    | K_DATABASE name_list              { $$ = build_grant_target(OBJECT_DATABASE, $2); }
    | K_DOMAIN any_name_list            { $$ = build_grant_target(OBJECT_DOMAIN, $2); }
    | K_LANGUAGE name_list              { $$ = build_grant_target(OBJECT_LANGUAGE, $2); }
    | K_LARGE K_OBJECT large_object_list { $$ = build_grant_target(OBJECT_LARGE_OBJECT, $3); }
    | K_PARAMETER parameter_names       { $$ = build_grant_target(OBJECT_PARAMETER_ACL, $2); }
    | K_SCHEMA name_list                { $$ = build_grant_target(OBJECT_SCHEMA, $2); }
    | K_TABLESPACE name_list            { $$ = build_grant_target(OBJECT_TABLESPACE, $2); }
    | K_TYPE any_name_list              { $$ = build_grant_target(OBJECT_TYPE, $2); }
    | K_ALL K_TABLES K_IN K_SCHEMA name_list { $$ = build_grant_schema(OBJECT_TABLE, $5); }
    | K_ALL K_SEQUENCES K_IN K_SCHEMA name_list { $$ = build_grant_schema(OBJECT_SEQUENCE, $5); }
    | K_ALL K_FUNCTIONS K_IN K_SCHEMA name_list { $$ = build_grant_schema(OBJECT_FUNCTION, $5); }
    | K_ALL K_PROCEDURES K_IN K_SCHEMA name_list { $$ = build_grant_schema(OBJECT_PROCEDURE, $5); }
    | K_ALL K_ROUTINES K_IN K_SCHEMA name_list { $$ = build_grant_schema(OBJECT_ROUTINE, $5); }
    ;

large_object_list:
      signed_number                     { $$ = list_of($1); }
    | large_object_list ',' signed_number { $$ = list_add($1, $3); }
    ;

parameter_names:
      parameter_name                    { $$ = build_name($1); }
    | parameter_names ',' parameter_name { $$ = list_add($1, node_string($3)); }
    ;

parameter_name:
      name
    | parameter_name '.' name           { $$ = mem_printf("%s.%s", $1, $3); }
    ;

grantees:
      grantee                           { $$ = list_of($1); }
    | grantees ',' grantee              { $$ = list_add($1, $3); }
    ;

grantee:
      role
    | K_GROUP role                      { $$ = $2; }
    ;

grant_option_opt:
      K_WITH K_GRANT K_OPTION           { $$ = true; }
    | %empty                            { $$ = false; }
    ;

admin_option_opt:
      K_WITH K_ADMIN K_OPTION           { $$ = true; }
    | %empty                            { $$ = false; }
    ;

granted_by_opt:
      K_GRANTED K_BY role               { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

default_privilege_options:
      default_privilege_options default_privilege_option { $$ = list_add($1, $2); }
    | %empty                            { $$ = NULL; }
    ;

default_privilege_option:
      K_IN K_SCHEMA name_list           { $$ = build_option("schemas", $3, @1); }
    | K_FOR K_ROLE role_list            { $$ = build_option("roles", $3, @1); }
    | K_FOR K_USER role_list            { $$ = build_option("roles", $3, @1); }
    ;

default_privilege_action:
      K_GRANT privileges K_ON default_privilege_kind K_TO grantees grant_option_opt
                                        { $$ = build_grant(build_grant_defaults($4), $2, $6, $7, NULL); }
    | K_REVOKE privileges K_ON default_privilege_kind K_FROM grantees behavior_opt
                                        { $$ = build_revoke(build_grant_defaults($4), $2, $6, false, NULL, $7); }
    | K_REVOKE K_GRANT K_OPTION K_FOR privileges K_ON default_privilege_kind K_FROM grantees behavior_opt
                                        { $$ = build_revoke(build_grant_defaults($7), $5, $9, true, NULL, $10); }
    ;

default_privilege_kind:
      K_TABLES                          { $$ = OBJECT_TABLE; }
    | K_FUNCTIONS                       { $$ = OBJECT_FUNCTION; }
    | K_ROUTINES                        { $$ = OBJECT_FUNCTION; }
    | K_SEQUENCES                       { $$ = OBJECT_SEQUENCE; }
    | K_TYPES                           { $$ = OBJECT_TYPE; }
    | K_SCHEMAS                         { $$ = OBJECT_SCHEMA; }
    ;

role:
      free_word                         { $$ = build_role(p, $1, @1); }
    | K_CURRENT_ROLE                    { $$ = NEW(RoleSpec, .kind = ROLE_CURRENT_ROLE, .loc = @1); }
    | K_CURRENT_USER                    { $$ = NEW(RoleSpec, .kind = ROLE_CURRENT_USER, .loc = @1); }
    | K_SESSION_USER                    { $$ = NEW(RoleSpec, .kind = ROLE_SESSION_USER, .loc = @1); }
    ;

role_id:
      role                              { $$ = build_role_id(p, $1); }
    ;

role_list:
      role                              { $$ = list_of($1); }
    | role_list ',' role                { $$ = list_add($1, $3); }
    ;

/* ---- Sessions and maintenance ---- */

session_statement:
      transaction_stmt
    | set_stmt
    | reset_stmt
    | K_SHOW shown_setting              { $$ = NEW(VariableShowStmt, .name = $2); }
    | K_SET K_CONSTRAINTS constraints_set K_DEFERRED
                                        { $$ = NEW(ConstraintsSetStmt, .constraints = $3, .is_deferred = true); }
    | K_SET K_CONSTRAINTS constraints_set K_IMMEDIATE
                                        { $$ = NEW(ConstraintsSetStmt, .constraints = $3); }
    | declare_cursor_stmt
    | K_CLOSE name                      { $$ = NEW(CloseStmt, .name = $2); }
    | K_CLOSE K_ALL                     { $$ = NEW(CloseStmt, .name = NULL); }
    | K_FETCH fetch_args                { $$ = $2; }
    | K_MOVE fetch_args                 { $$ = build_move($2); }
    | K_PREPARE name prepare_types_opt K_AS preparable
                                        { $$ = NEW(PrepareStmt, .name = $2, .types = $3, .query = $5); }
    | execute_stmt
    | K_DEALLOCATE name                 { $$ = NEW(DeallocateStmt, .name = $2); }
    | K_DEALLOCATE K_PREPARE name       { $$ = NEW(DeallocateStmt, .name = $3); }
    | K_DEALLOCATE K_ALL                { $$ = NEW(DeallocateStmt, .name = NULL); }
    | K_DEALLOCATE K_PREPARE K_ALL      { $$ = NEW(DeallocateStmt, .name = NULL); }
    | explain_stmt
    | maintenance_stmt
    | K_LOCK table_opt relation_expr_list lock_mode_opt nowait_opt
                                        { $$ = NEW(LockStmt, .relations = $3, .mode = $4, .is_nowait = $5); }
    | notify_stmt
    | K_LISTEN name                     { $$ = NEW(ListenStmt, .channel = $2); }
    | K_UNLISTEN name                   { $$ = NEW(UnlistenStmt, .channel = $2); }
    | K_UNLISTEN '*'                    { $$ = NEW(UnlistenStmt, .channel = NULL); }
    | K_LOAD LITERAL                    { $$ = NEW(LoadStmt, .filename = $2); }
    | K_CHECKPOINT                      { $$ = node_new(CheckpointStmt); }
    | K_DISCARD K_ALL                   { $$ = NEW(DiscardStmt, .target = DISCARD_ALL); }
    | K_DISCARD K_TEMP                  { $$ = NEW(DiscardStmt, .target = DISCARD_TEMP); }
    | K_DISCARD K_TEMPORARY             { $$ = NEW(DiscardStmt, .target = DISCARD_TEMP); }
    | K_DISCARD K_PLANS                 { $$ = NEW(DiscardStmt, .target = DISCARD_PLANS); }
    | K_DISCARD K_SEQUENCES             { $$ = NEW(DiscardStmt, .target = DISCARD_SEQUENCES); }
    | K_DO do_items                     { $$ = NEW(DoStmt, .options = $2); }
    | K_CALL call                       { $$ = NEW(CallStmt, .call = $2); }
    ;

do_items:
      do_item                           { $$ = list_of($1); }
    | do_items do_item                  { $$ = list_add($1, $2); }
    ;

do_item:
      LITERAL                           { $$ = build_option("as", node_string($1), @1); }
    | K_LANGUAGE word_or_literal        { $$ = build_option("language", node_string($2), @1); }
    ;

transaction_stmt:
      K_ABORT work_opt chain_opt        { $$ = NEW(TransactionStmt, .kind = TRANSACTION_ROLLBACK, .is_chain = $3); }
    | K_START K_TRANSACTION transaction_modes_opt
                                        { $$ = NEW(TransactionStmt, .kind = TRANSACTION_START, .options = $3); }
    | K_COMMIT work_opt chain_opt       { $$ = NEW(TransactionStmt, .kind = TRANSACTION_COMMIT, .is_chain = $3); }
    | K_ROLLBACK work_opt chain_opt     { $$ = NEW(TransactionStmt, .kind = TRANSACTION_ROLLBACK, .is_chain = $3); }
    | K_SAVEPOINT name                  { $$ = NEW(TransactionStmt, .kind = TRANSACTION_SAVEPOINT, .name = $2); }
    | K_RELEASE K_SAVEPOINT name        { $$ = NEW(TransactionStmt, .kind = TRANSACTION_RELEASE, .name = $3); }
    | K_RELEASE name                    { $$ = NEW(TransactionStmt, .kind = TRANSACTION_RELEASE, .name = $2); }
    | K_ROLLBACK work_opt K_TO K_SAVEPOINT name
                                        { $$ = NEW(TransactionStmt, .kind = TRANSACTION_ROLLBACK_TO, .name = $5); }
    | K_ROLLBACK work_opt K_TO name     { $$ = NEW(TransactionStmt, .kind = TRANSACTION_ROLLBACK_TO, .name = $4); }
    | K_PREPARE K_TRANSACTION LITERAL   { $$ = NEW(TransactionStmt, .kind = TRANSACTION_PREPARE, .name = $3); }
    | K_COMMIT K_PREPARED LITERAL       { $$ = NEW(TransactionStmt, .kind = TRANSACTION_COMMIT_PREPARED, .name = $3); }
    | K_ROLLBACK K_PREPARED LITERAL     { $$ = NEW(TransactionStmt, .kind = TRANSACTION_ROLLBACK_PREPARED, .name = $3); }
    ;

work_opt:
      K_WORK
    | K_TRANSACTION
    | %empty
    ;

chain_opt:
      K_AND K_CHAIN                     { $$ = true; }
    | K_AND K_NO K_CHAIN                { $$ = false; }
    | %empty                            { $$ = false; }
    ;

transaction_modes_opt:
      transaction_modes
    | %empty                            { $$ = NULL; }
    ;

transaction_modes:
      transaction_mode                  { $$ = list_of($1); }
    | transaction_modes ',' transaction_mode { $$ = list_add($1, $3); }
    | transaction_modes transaction_mode { $$ = list_add($1, $2); }
    ;

transaction_mode:
      K_ISOLATION K_LEVEL isolation_level
                                        { $$ = build_option("transaction_isolation", build_const(CONST_STRING, $3, @3),
                                                            @1); }
    | K_READ K_ONLY                     { $$ = build_option("transaction_read_only", build_integer(true, @1), @1); }
    | K_READ K_WRITE                    { $$ = build_option("transaction_read_only", build_integer(false, @1), @1); }
    | K_DEFERRABLE                      { $$ = build_option("transaction_deferrable", build_integer(true, @1), @1); }
    | K_NOT K_DEFERRABLE                { $$ = build_option("transaction_deferrable", build_integer(false, @1), @1); }
    ;

isolation_level:
      K_READ K_UNCOMMITTED              { $$ = "read uncommitted"; }
    | K_READ K_COMMITTED                { $$ = "read committed"; }
    | K_REPEATABLE K_READ               { $$ = "repeatable read"; }
    | K_SERIALIZABLE                    { $$ = "serializable"; }
    ;

set_stmt:
      K_SET set_rest                    { $$ = $2; }
    | K_SET K_LOCAL set_rest            { $$ = build_local($3); }
    | K_SET K_SESSION set_rest          { $$ = $3; }
    ;

set_rest:
      K_TRANSACTION transaction_modes   { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_MULTI, .name = "TRANSACTION",
                                                   .args = $2); }
    | K_SESSION K_CHARACTERISTICS K_AS K_TRANSACTION transaction_modes
                                        { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_MULTI,
                                                   .name = "SESSION CHARACTERISTICS", .args = $5); }
    | setting_change
    ;

generic_set:
      setting_name K_TO setting_values  { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET, .name = $1, .args = $3); }
    | setting_name '=' setting_values   { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET, .name = $1, .args = $3); }
    | setting_name K_TO K_DEFAULT       { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_DEFAULT, .name = $1); }
    | setting_name '=' K_DEFAULT        { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_DEFAULT, .name = $1); }
    ;

/* What functions, roles and databases may carry. */
setting_change:
      generic_set
    | setting_name K_FROM K_CURRENT     { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_CURRENT, .name = $1); }
    | K_TIME K_ZONE zone                { $$ = NEW(VariableSetStmt,
                                                   .kind = $3 == NULL ? VARIABLE_SET_DEFAULT : VARIABLE_SET,
                                                   .name = "timezone", .args = $3 == NULL ? NULL : list_of($3)); }
    | K_CATALOG LITERAL                 { build_fail_unsupported(p, "current database cannot be changed", @2); }
    | K_SCHEMA LITERAL                  { $$ = build_set_text("search_path", $2, @2); }
    | K_NAMES encoding_opt              { $$ = NEW(VariableSetStmt,
                                                   .kind = $2 == NULL ? VARIABLE_SET_DEFAULT : VARIABLE_SET,
                                                   .name = "client_encoding",
                                                   .args = $2 == NULL ? NULL
                                                                      : list_of(build_const(CONST_STRING, $2, @2))); }
    | K_ROLE word_or_literal            { $$ = build_set_text("role", $2, @2); }
    | K_SESSION K_AUTHORIZATION word_or_literal { $$ = build_set_text("session_authorization", $3, @3); }
    | K_SESSION K_AUTHORIZATION K_DEFAULT
                                        { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_DEFAULT,
                                                   .name = "session_authorization"); }
    | K_XML K_OPTION document_or_content { $$ = build_set_text("xmloption", $3 ? "DOCUMENT" : "CONTENT", @3); }
    | K_TRANSACTION K_SNAPSHOT LITERAL  { $$ = NEW(VariableSetStmt, .kind = VARIABLE_SET_MULTI,
                                                   .name = "TRANSACTION SNAPSHOT",
                                                   .args = list_of(build_const(CONST_STRING, $3, @3))); }
    ;

setting_name:
      name
    | setting_name '.' name             { $$ = mem_printf("%s.%s", $1, $3); }
    ;

setting_values:
      setting_value                     { $$ = list_of($1); }
    | setting_values ',' setting_value  { $$ = list_add($1, $3); }
    ;

setting_value:
      option_word                       { $$ = build_const(CONST_STRING, $1, @1); }
    | signed_number                     { $$ = build_const_of($1, @1); }
    ;

zone:
      LITERAL                           { $$ = build_const(CONST_STRING, $1, @1); }
    | IDENT                             { $$ = build_const(CONST_STRING, $1, @1); }
    | interval_word LITERAL interval_opt
                                        { $$ = build_zone_interval(p, $1, $2, $3, @2, @3); }
    | interval_word '(' NUMBER ')' LITERAL
                                        { $$ = build_typed_literal(build_interval_precision($1, $3, @3), $5, @5); }
    | signed_number                     { $$ = build_const_of($1, @1); }
    | K_DEFAULT                         { $$ = NULL; }
    | K_LOCAL                           { $$ = NULL; }
    ;

encoding_opt:
      LITERAL
    | K_DEFAULT                         { $$ = NULL; }
    | %empty                            { $$ = NULL; }
    ;

reset_stmt:
      K_RESET reset_rest                { $$ = $2; }
    ;

reset_rest:
      generic_reset
    | K_TIME K_ZONE                     { $$ = NEW(VariableSetStmt, .kind = VARIABLE_RESET, .name = "timezone"); }
    | K_TRANSACTION K_ISOLATION K_LEVEL { $$ = NEW(VariableSetStmt, .kind = VARIABLE_RESET,
                                                   .name = "transaction_isolation"); }
    | K_SESSION K_AUTHORIZATION         { $$ = NEW(VariableSetStmt, .kind = VARIABLE_RESET,
                                                   .name = "session_authorization"); }
    ;

generic_reset:
      setting_name                      { $$ = NEW(VariableSetStmt, .kind = VARIABLE_RESET, .name = $1); }
    | K_ALL                             { $$ = NEW(VariableSetStmt, .kind = VARIABLE_RESET_ALL); }
    ;

/* Of a database or a role. */
set_or_reset:
      K_SET set_rest                    { $$ = $2; }
    | reset_stmt
    ;

in_database_opt:
      K_IN K_DATABASE name              { $$ = $3; }
    | %empty                            { $$ = NULL; }
    ;

shown_setting:
      setting_name
    | K_TIME K_ZONE                     { $$ = "timezone"; }
    | K_TRANSACTION K_ISOLATION K_LEVEL { $$ = "transaction_isolation"; }
    | K_SESSION K_AUTHORIZATION         { $$ = "session_authorization"; }
    | K_ALL                             { $$ = "all"; }
    ;

constraints_set:
      K_ALL                             { $$ = NULL; }
    | relation_name_list
    ;

declare_cursor_stmt:
      K_DECLARE name cursor_options K_CURSOR hold_opt K_FOR select_stmt
                                        { $$ = NEW(DeclareCursorStmt, .name = $2, .options = $3 | $5 | CURSOR_FAST_PLAN,
                                                   .query = $7); }
    ;

cursor_options:
      cursor_options K_NO K_SCROLL      { $$ = $1 | CURSOR_NO_SCROLL; }
    | cursor_options K_SCROLL           { $$ = $1 | CURSOR_SCROLL; }
    | cursor_options K_BINARY           { $$ = $1 | CURSOR_BINARY; }
    | cursor_options K_ASENSITIVE       { $$ = $1 | CURSOR_ASENSITIVE; }
    | cursor_options K_INSENSITIVE      { $$ = $1 | CURSOR_INSENSITIVE; }
    | %empty                            { $$ = 0; }
    ;

hold_opt:
      K_WITH K_HOLD                     { $$ = CURSOR_HOLD; }
    | K_WITHOUT K_HOLD                  { $$ = 0; }
    | %empty                            { $$ = 0; }
    ;

fetch_args:
      name                              { $$ = build_fetch(FETCH_FORWARD, 1, $1); }
    | from_or_in name                   { $$ = build_fetch(FETCH_FORWARD, 1, $2); }
    | K_NEXT from_or_in_opt name        { $$ = build_fetch(FETCH_FORWARD, 1, $3); }
    | K_PRIOR from_or_in_opt name       { $$ = build_fetch(FETCH_BACKWARD, 1, $3); }
    | K_FIRST from_or_in_opt name       { $$ = build_fetch(FETCH_ABSOLUTE, 1, $3); }
    | K_LAST from_or_in_opt name        { $$ = build_fetch(FETCH_ABSOLUTE, -1, $3); }
    | K_ABSOLUTE signed_integer from_or_in_opt name { $$ = build_fetch(FETCH_ABSOLUTE, $2, $4); }
    | K_RELATIVE signed_integer from_or_in_opt name { $$ = build_fetch(FETCH_RELATIVE, $2, $4); }
    | signed_integer from_or_in_opt name { $$ = build_fetch(FETCH_FORWARD, $1, $3); }
    | K_ALL from_or_in_opt name         { $$ = build_fetch_all(FETCH_FORWARD, $3); }
    | K_FORWARD from_or_in_opt name     { $$ = build_fetch(FETCH_FORWARD, 1, $3); }
    | K_FORWARD signed_integer from_or_in_opt name { $$ = build_fetch(FETCH_FORWARD, $2, $4); }
    | K_FORWARD K_ALL from_or_in_opt name { $$ = build_fetch_all(FETCH_FORWARD, $4); }
    | K_BACKWARD from_or_in_opt name    { $$ = build_fetch(FETCH_BACKWARD, 1, $3); }
    | K_BACKWARD signed_integer from_or_in_opt name { $$ = build_fetch(FETCH_BACKWARD, $2, $4); }
    | K_BACKWARD K_ALL from_or_in_opt name { $$ = build_fetch_all(FETCH_BACKWARD, $4); }
    ;

from_or_in:
      K_FROM
    | K_IN
    ;

from_or_in_opt:
      from_or_in
    | %empty
    ;

prepare_types_opt:
      '(' type_list ')'                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

execute_stmt:
      K_EXECUTE name execute_params_opt { $$ = NEW(ExecuteStmt, .name = $2, .params = $3); }
    ;

execute_params_opt:
      '(' expr_list ')'                 { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

explain_stmt:
      K_EXPLAIN explainable             { $$ = NEW(ExplainStmt, .query = $2); }
    | K_EXPLAIN analyze_word verbose_opt explainable
                                        { $$ = NEW(ExplainStmt, .query = $4,
                                                   .options = build_analyze_options($3, @2, @3)); }
    | K_EXPLAIN K_VERBOSE explainable   { $$ = NEW(ExplainStmt, .query = $3,
                                                   .options = list_of(build_option("verbose", NULL, @2))); }
    | K_EXPLAIN '(' utility_options ')' explainable { $$ = NEW(ExplainStmt, .query = $5, .options = $3); }
    ;

explainable:
      preparable
    | declare_cursor_stmt
    | create_table_as_stmt
    | create_matview_stmt
    | refresh_matview_stmt
    | execute_stmt
    ;

analyze_word:
      K_ANALYZE
    | K_ANALYSE
    ;

analyze_opt:
      analyze_word                      { $$ = true; }
    | %empty                            { $$ = false; }
    ;

verbose_opt:
      K_VERBOSE                         { $$ = true; }
    | %empty                            { $$ = false; }
    ;

full_opt:
      K_FULL                            { $$ = true; }
    | %empty                            { $$ = false; }
    ;

freeze_opt:
      K_FREEZE                          { $$ = true; }
    | %empty                            { $$ = false; }
    ;

utility_options:
      utility_option                    { $$ = list_of($1); }
    | utility_options ',' utility_option { $$ = list_add($1, $3); }
    ;

utility_option:
      utility_option_name               { $$ = build_option($1, NULL, @1); }
    | utility_option_name option_word   { $$ = build_option($1, node_string($2), @1); }
    | utility_option_name signed_number { $$ = build_option($1, $2, @1); }
    ;

utility_option_name:
      free_word
    | analyze_word                      { $$ = "analyze"; }
    ;

maintenance_stmt:
      K_VACUUM full_opt freeze_opt verbose_opt analyze_opt vacuum_relations_opt
                                        { $$ = NEW(VacuumStmt, .is_vacuum = true, .relations = $6,
                                                   .options = build_vacuum_options($2, $3, $4, $5,
                                                                                   (int[]){@2, @3, @4, @5})); }
    | K_VACUUM '(' utility_options ')' vacuum_relations_opt
                                        { $$ = NEW(VacuumStmt, .is_vacuum = true, .options = $3, .relations = $5); }
    | analyze_word verbose_opt vacuum_relations_opt
                                        { $$ = NEW(VacuumStmt, .options = build_flag_option("verbose", $2, @2),
                                                   .relations = $3); }
    | analyze_word '(' utility_options ')' vacuum_relations_opt
                                        { $$ = NEW(VacuumStmt, .options = $3, .relations = $5); }
    | K_CLUSTER verbose_opt relation_name cluster_index_opt
                                        { $$ = NEW(ClusterStmt, .relation = $3, .index = $4,
                                                   .options = build_flag_option("verbose", $2, @2)); }
    | K_CLUSTER '(' utility_options ')' relation_name cluster_index_opt
                                        { $$ = NEW(ClusterStmt, .relation = $5, .index = $6, .options = $3); }
    | K_CLUSTER verbose_opt             { $$ = NEW(ClusterStmt, .options = build_flag_option("verbose", $2, @2)); }
    | K_CLUSTER verbose_opt name K_ON relation_name
                                        { $$ = NEW(ClusterStmt, .relation = $5, .index = $3,
                                                   .options = build_flag_option("verbose", $2, @2)); }
    | K_REINDEX reindex_relation concurrently_opt relation_name
                                        { $$ = NEW(ReindexStmt, .kind = $2, .relation = $4,
                                                   .options = build_flag_option("concurrently", $3, @3)); }
    | K_REINDEX reindex_name concurrently_opt name
                                        { $$ = NEW(ReindexStmt, .kind = $2, .name = $4,
                                                   .options = build_flag_option("concurrently", $3, @3)); }
    | K_REINDEX '(' utility_options ')' reindex_relation concurrently_opt relation_name
                                        { $$ = NEW(ReindexStmt, .kind = $5, .relation = $7,
                                                   .options = list_concat($3, build_flag_option("concurrently", $6, @6))); }
    | K_REINDEX '(' utility_options ')' reindex_name concurrently_opt name
                                        { $$ = NEW(ReindexStmt, .kind = $5, .name = $7,
                                                   .options = list_concat($3, build_flag_option("concurrently", $6, @6))); }
    ;

vacuum_relations_opt:
      vacuum_relations
    | %empty                            { $$ = NULL; }
    ;

vacuum_relations:
      vacuum_relation                   { $$ = list_of($1); }
    | vacuum_relations ',' vacuum_relation { $$ = list_add($1, $3); }
    ;

vacuum_relation:
      relation_name name_parens_opt     { $$ = NEW(VacuumRelation, .relation = $1, .columns = $2); }
    ;

cluster_index_opt:
      K_USING name                      { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

reindex_relation:
      K_INDEX                           { $$ = REINDEX_INDEX; }
    | K_TABLE                           { $$ = REINDEX_TABLE; }
    ;

reindex_name:
      K_SCHEMA                          { $$ = REINDEX_SCHEMA; }
    | K_SYSTEM                          { $$ = REINDEX_SYSTEM; }
    | K_DATABASE                        { $$ = REINDEX_DATABASE; }
    ;

lock_mode_opt:
      K_IN lock_mode K_MODE             { $$ = $2; }
    | %empty                            { $$ = 8; }
    ;

lock_mode:
      K_ACCESS K_SHARE                  { $$ = 1; }
    | K_ROW K_SHARE                     { $$ = 2; }
    | K_ROW K_EXCLUSIVE                 { $$ = 3; }
    | K_SHARE K_UPDATE K_EXCLUSIVE      { $$ = 4; }
    | K_SHARE                           { $$ = 5; }
    | K_SHARE K_ROW K_EXCLUSIVE         { $$ = 6; }
    | K_EXCLUSIVE                       { $$ = 7; }
    | K_ACCESS K_EXCLUSIVE              { $$ = 8; }
    ;

notify_stmt:
      K_NOTIFY name notify_payload_opt  { $$ = NEW(NotifyStmt, .channel = $2, .payload = $3); }
    ;

notify_payload_opt:
      ',' LITERAL                       { $$ = $2; }
    | %empty                            { $$ = NULL; }
    ;

%%

static void grammar_error(TokenLocation *location, Parser *p, const char *message)
{
    (void)location;
    parser_fail(p, message);
}
