/* loop_test.c - each sort of loop is broken as it should be, and what cannot be helped is said. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "pgdump/kind.h"
#include "pgdump/loop.h"
#include "pgdump/order.h"
#include "tests/unit/pgdump/object_rig.h"
#include "tests/unit/unit.h"

/* What was warned of; in the test's context. */
static struct {
    unsigned count;
    const char *message, *detail, *hint;
} warned;

static void take_warning(const ErrReport *report)
{
    warned.count++;
    warned.message = mem_strdup(report->message);
    warned.detail = report->detail == NULL ? "" : mem_strdup(report->detail);
    warned.hint = report->hint == NULL ? "" : mem_strdup(report->hint);
}

/* The order; no warning is expected. */
static const char *sorted_quietly(Dump *d)
{
    const char *names;

    warned.count = 0;
    err_set_sink(take_warning);
    names = rig_sorted(d);
    err_set_sink(NULL);
    CU_ASSERT_EQUAL(warned.count, 0);
    return names;
}

/* The order; one warning is expected, and kept in warned. */
static const char *sorted_with_warning(Dump *d)
{
    const char *names;

    warned.count = 0;
    err_set_sink(take_warning);
    names = rig_sorted(d);
    err_set_sink(NULL);
    CU_ASSERT_EQUAL_FATAL(warned.count, 1);
    return names;
}

/* The rule by which a view shows what it shows: the view needs it. */
static RuleObject *add_view_rule(Dump *d, TableObject *view)
{
    RuleObject *rule = mem_new(RuleObject);

    rule->table = view;
    rule->event = '1';
    rule->is_instead = true;
    rig_enter(d, &rule->object, KIND_RULE, "rule");
    object_depend(&view->object, rule->object.id);
    return rule;
}

static TypeObject *add_type(Dump *d, const char *name)
{
    TypeObject *type = mem_new(TypeObject);

    rig_enter(d, &type->object, KIND_TYPE, name);
    return type;
}

/* A check that is part of the table or domain: that needs it. */
static ConstraintObject *add_check(Dump *d, TableObject *t, TypeObject *domain)
{
    ConstraintObject *c = mem_new(ConstraintObject);

    c->type = 'c';
    c->table = t;
    c->domain = domain;
    rig_enter(d, &c->object, KIND_CONSTRAINT, "check");
    object_depend(t != NULL ? &t->object : &domain->object, c->object.id);
    return c;
}

static AttrdefObject *add_default(Dump *d, TableObject *t)
{
    AttrdefObject *value = mem_new(AttrdefObject);

    value->table = t;
    rig_enter(d, &value->object, KIND_ATTRDEF, "default");
    object_depend(&t->object, value->object.id);
    return value;
}

/* A function between the part and the whole makes the loop longer. */
static void depend_by_function(Dump *d, DumpObject *part, DumpObject *whole)
{
    DumpObject *f = rig_add(d, KIND_FUNCTION, "function");

    object_depend(part, f->id);
    object_depend(f, whole->id);
}

/* ---- Types and their functions ---- */

static void a_function_of_a_type_refers_to_its_shell(void)
{
    Dump *d = rig_dump();
    TypeObject *type = add_type(d, "type");
    DumpObject *input = rig_add(d, KIND_FUNCTION, "input");
    DumpObject *output = rig_add(d, KIND_FUNCTION, "output");

    type->shell = rig_add(d, KIND_SHELL_TYPE, "shell");
    input->wanted = PART_DEFINITION;
    object_depend(&type->object, input->id);
    object_depend(&type->object, output->id);
    object_depend(input, type->object.id);
    object_depend(output, type->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "shell input output type");
    CU_ASSERT_TRUE(object_depends(input, type->shell->id));
    CU_ASSERT_TRUE(object_depends(output, type->shell->id));
    CU_ASSERT_EQUAL(type->shell->wanted, PART_DEFINITION);
}

static void a_shell_is_not_printed_for_what_is_not_printed(void)
{
    Dump *d = rig_dump();
    TypeObject *type = add_type(d, "type");
    DumpObject *input = rig_add(d, KIND_FUNCTION, "input");

    type->shell = rig_add(d, KIND_SHELL_TYPE, "shell");
    input->wanted = PART_RIGHTS;
    object_depend(&type->object, input->id);
    object_depend(input, type->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "shell input type");
    CU_ASSERT_EQUAL(type->shell->wanted, 0);
}

static void a_type_without_a_shell_comes_after_its_function(void)
{
    Dump *d = rig_dump();
    TypeObject *type = add_type(d, "type");
    DumpObject *f = rig_add(d, KIND_FUNCTION, "function");

    object_depend(&type->object, f->id);
    object_depend(f, type->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "function type");
    CU_ASSERT_FALSE(object_depends(f, type->object.id));
}

/* ---- Views ---- */

static void a_view_is_made_with_what_it_shows(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_VIEW, "view");
    RuleObject *rule = add_view_rule(d, view);

    object_depend(&rule->object, view->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "rule view");
    CU_ASSERT_FALSE(view->is_dummy);
    CU_ASSERT_FALSE(rule->is_separate);
}

static void a_view_in_a_longer_loop_is_made_empty_handed_first(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_VIEW, "view");
    RuleObject *rule = add_view_rule(d, view);

    object_depend(&rule->object, view->object.id);
    depend_by_function(d, &rule->object, &view->object);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d),
                           "view function PRE-DATA BOUNDARY POST-DATA BOUNDARY rule");
    CU_ASSERT_TRUE(view->is_dummy);
    CU_ASSERT_TRUE(rule->is_separate);
    CU_ASSERT_FALSE(object_depends(&view->object, rule->object.id));
    CU_ASSERT_TRUE(object_depends(&rule->object, view->object.id));
}

static void two_views_of_each_other_need_one_dummy(void)
{
    Dump *d = rig_dump();
    TableObject *a = rig_add_table(d, RELKIND_VIEW, "a"), *b = rig_add_table(d, RELKIND_VIEW, "b");
    RuleObject *of_a = add_view_rule(d, a), *of_b = add_view_rule(d, b);

    object_depend(&of_a->object, b->object.id);
    object_depend(&of_b->object, a->object.id);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "a rule b PRE-DATA BOUNDARY POST-DATA BOUNDARY rule");
    CU_ASSERT_TRUE(a->is_dummy && of_a->is_separate);
    CU_ASSERT_FALSE(b->is_dummy || of_b->is_separate);
}

/* It cannot be made empty-handed. */
static void a_materialized_view_in_a_longer_loop_is_no_dummy(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_MATVIEW, "view");
    RuleObject *rule = add_view_rule(d, view);

    depend_by_function(d, &rule->object, &view->object);
    sorted_with_warning(d);
    CU_ASSERT_FALSE(view->is_dummy);
    CU_ASSERT_FALSE(rule->is_separate);
}

/* Rules on a table, and rules that are no view's contents, are statements anyway. */
static void a_rule_of_a_table_is_not_taken_for_a_view(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    RuleObject *rule = add_view_rule(d, t);

    object_depend(&rule->object, t->object.id);
    sorted_with_warning(d);
    CU_ASSERT_FALSE(t->is_dummy);
    CU_ASSERT_FALSE(rule->is_separate);
}

/* ---- What comes before the data needs what comes after ---- */

static void a_materialized_view_that_needs_a_key_comes_after_the_data(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_MATVIEW, "view");
    RuleObject *rule = add_view_rule(d, view);
    DumpObject *key = rig_add(d, KIND_INDEX, "key");

    object_depend(&rule->object, key->id);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "PRE-DATA BOUNDARY POST-DATA BOUNDARY key rule view");
    CU_ASSERT_TRUE(view->object.is_postponed);
    CU_ASSERT_FALSE(key->is_postponed);
    CU_ASSERT_FALSE(rule->object.is_postponed);
}

/* The search begins with the lowest number, so the one to be moved may stand within the loop. */
static void a_function_that_needs_a_key_comes_after_the_data(void)
{
    Dump *d = rig_dump();
    DumpObject *key = rig_add(d, KIND_INDEX, "key");
    DumpObject *f = rig_add(d, KIND_FUNCTION, "function");

    object_depend(f, key->id);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "PRE-DATA BOUNDARY POST-DATA BOUNDARY key function");
    CU_ASSERT_TRUE(f->is_postponed);
    CU_ASSERT_FALSE(key->is_postponed);
}

/* ---- Checks and defaults ---- */

static void a_check_is_made_with_its_table(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    ConstraintObject *check = add_check(d, t, NULL);

    object_depend(&check->object, t->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "check table");
    CU_ASSERT_FALSE(check->is_separate);
}

static void a_check_in_a_longer_loop_is_added_after_the_data(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    ConstraintObject *check = add_check(d, t, NULL);

    depend_by_function(d, &check->object, &t->object);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d),
                           "table function PRE-DATA BOUNDARY POST-DATA BOUNDARY check");
    CU_ASSERT_TRUE(check->is_separate);
}

static void a_check_is_made_with_its_domain(void)
{
    Dump *d = rig_dump();
    TypeObject *domain = add_type(d, "domain");
    ConstraintObject *check = add_check(d, NULL, domain);

    object_depend(&check->object, domain->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "check domain");
    CU_ASSERT_FALSE(check->is_separate);
}

/* A table in the loop is not the domain's: the check is none of its own. */
static void a_check_of_a_domain_in_a_longer_loop_is_added_after_the_data(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    TypeObject *domain = add_type(d, "domain");
    ConstraintObject *check = add_check(d, NULL, domain);

    object_depend(&t->object, domain->object.id);
    depend_by_function(d, &check->object, &t->object);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d),
                           "domain table function PRE-DATA BOUNDARY POST-DATA BOUNDARY check");
    CU_ASSERT_TRUE(check->is_separate);
    CU_ASSERT_TRUE(object_depends(&t->object, domain->object.id));
}

static void a_default_is_made_with_its_table(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    AttrdefObject *value = add_default(d, t);

    object_depend(&value->object, t->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "default table");
    CU_ASSERT_FALSE(value->is_separate);
}

/* Rows are loaded with it, so it comes before the data. */
static void a_default_in_a_longer_loop_is_set_before_the_data(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    AttrdefObject *value = add_default(d, t);

    depend_by_function(d, &value->object, &t->object);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d),
                           "table function default PRE-DATA BOUNDARY POST-DATA BOUNDARY");
    CU_ASSERT_TRUE(value->is_separate);
}

/* Another table's check or default in the loop is not what breaks it. */
static void only_the_own_parts_of_a_table_are_taken_out(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    TableObject *other = rig_add_table(d, RELKIND_TABLE, "other");
    AttrdefObject *value = add_default(d, other);

    object_undepend(&other->object, value->object.id);
    object_depend(&t->object, value->object.id);
    object_depend(&value->object, t->object.id);
    sorted_with_warning(d);
    CU_ASSERT_FALSE(value->is_separate);
}

static void only_the_own_rule_of_a_view_is_taken_out(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_VIEW, "view");
    TableObject *other = rig_add_table(d, RELKIND_VIEW, "other");
    RuleObject *rule = add_view_rule(d, other);

    object_depend(&view->object, rule->object.id);
    object_depend(&rule->object, view->object.id);
    sorted_with_warning(d);
    CU_ASSERT_FALSE(view->is_dummy || rule->is_separate);
}

/* ---- Indexes, tables ---- */

static void an_index_and_its_part_come_in_that_order(void)
{
    Dump *d = rig_dump();
    IndexObject *whole = mem_new(IndexObject), *part = mem_new(IndexObject);

    rig_enter(d, &part->object, KIND_INDEX, "a_part");
    rig_enter(d, &whole->object, KIND_INDEX, "whole");
    part->parent = whole->object.oid;
    object_depend(&whole->object, part->object.id);
    object_depend(&part->object, whole->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "whole a_part");
}

static void a_table_may_depend_on_itself(void)
{
    Dump *d = rig_dump();
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");

    object_depend(&t->object, t->object.id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "table");
    CU_ASSERT_FALSE(object_depends(&t->object, t->object.id));
}

/* ---- What cannot be helped ---- */

static void rows_that_refer_to_their_own_table_are_warned_of(void)
{
    Dump *d = rig_dump();
    DumpObject *data = rig_add(d, KIND_TABLE_DATA, "tree");

    object_depend(data, data->id);
    CU_ASSERT_STRING_EQUAL(sorted_with_warning(d), "tree");
    CU_ASSERT_STRING_EQUAL(warned.message,
                           "there are circular foreign-key constraints on this table:");
    CU_ASSERT_STRING_EQUAL(warned.detail, "tree");
}

static void tables_whose_rows_refer_in_a_circle_are_named(void)
{
    Dump *d = rig_dump();
    DumpObject *hen = rig_add(d, KIND_TABLE_DATA, "hen");
    DumpObject *egg = rig_add(d, KIND_TABLE_DATA, "egg");

    object_depend(hen, egg->id);
    object_depend(egg, hen->id);
    CU_ASSERT_STRING_EQUAL(sorted_with_warning(d), "hen egg");
    CU_ASSERT_STRING_EQUAL(warned.message,
                           "there are circular foreign-key constraints among these tables:");
    CU_ASSERT_STRING_EQUAL(warned.detail, mem_printf("hen\n%s: detail: egg", err_get_program()));
    CU_ASSERT_PTR_NOT_NULL(strstr(warned.hint, "--disable-triggers"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(warned.hint, mem_printf("\n%s: hint: Consider", err_get_program())));
}

static void a_loop_of_an_unknown_sort_is_named_and_cut(void)
{
    Dump *d = rig_dump();
    DumpObject *schema = rig_add(d, KIND_SCHEMA, "schema");
    DumpObject *cast = rig_add(d, KIND_CAST, "cast");
    DumpObject *language = rig_add(d, KIND_LANGUAGE, "language");

    object_depend(schema, cast->id);
    object_depend(cast, language->id);
    object_depend(language, schema->id);
    CU_ASSERT_STRING_EQUAL(sorted_with_warning(d), "schema language cast");
    CU_ASSERT_STRING_EQUAL(warned.message, "could not resolve dependency loop among these items:");
    CU_ASSERT_STRING_EQUAL(
        warned.detail,
        mem_printf("schema schema  (ID 1 OID %u)\n%s: detail: cast cast  (ID 2 OID "
                   "%u)\n%s: detail: procedural language language  (ID 3 OID %u)",
                   schema->oid, err_get_program(), cast->oid, err_get_program(), language->oid));
    CU_ASSERT_FALSE(object_depends(schema, cast->id));
    CU_ASSERT_TRUE(object_depends(cast, language->id));
    CU_ASSERT_TRUE(object_depends(language, schema->id));
}

/* ---- Several ---- */

static void loops_are_broken_each_for_itself(void)
{
    Dump *d = rig_dump();
    TableObject *a = rig_add_table(d, RELKIND_TABLE, "a"),
                *b = rig_add_table(d, RELKIND_TABLE, "b");
    TableObject *view = rig_add_table(d, RELKIND_VIEW, "view");
    AttrdefObject *of_a = add_default(d, a);
    ConstraintObject *of_a_too = add_check(d, a, NULL), *of_b = add_check(d, b, NULL);
    RuleObject *rule = add_view_rule(d, view);

    object_depend(&of_a->object, a->object.id);
    depend_by_function(d, &of_a_too->object, &a->object);
    object_depend(&of_b->object, b->object.id);
    object_depend(&rule->object, view->object.id);
    object_depend(&rule->object, b->object.id);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "default a function check b rule view "
                                              "PRE-DATA BOUNDARY POST-DATA BOUNDARY check");
    CU_ASSERT_FALSE(of_a->is_separate);
    CU_ASSERT_TRUE(of_a_too->is_separate);
    CU_ASSERT_FALSE(of_b->is_separate);
    CU_ASSERT_FALSE(view->is_dummy);
}

/* What only hangs on a loop, on either side of it, keeps all that it depends on. */
static void what_is_in_no_loop_is_left_alone(void)
{
    Dump *d = rig_dump();
    DumpObject *above = rig_add(d, KIND_TRIGGER, "above");
    TableObject *t = rig_add_table(d, RELKIND_TABLE, "table");
    AttrdefObject *value = add_default(d, t);
    DumpObject *below = rig_add(d, KIND_SEQUENCE_SET, "below");

    object_depend(above, t->object.id);
    object_depend(&value->object, t->object.id);
    object_depend(&value->object, below->id);
    CU_ASSERT_STRING_EQUAL(sorted_quietly(d), "below default table above");
    CU_ASSERT_TRUE(object_depends(above, t->object.id));
    CU_ASSERT_TRUE(object_depends(&value->object, below->id));
}

/* 40 rungs of a ladder have 2^40 ways through them, and none of them leads back. */
static void what_leads_nowhere_is_searched_once(void)
{
    Dump *d = rig_dump();
    DumpObject *first = rig_add(d, KIND_CAST, "0"), *sides[2] = {first, first};
    DumpObject *back = rig_add(d, KIND_CAST, "z");

    for (int i = 1; i <= 40; i++) {
        DumpObject *next[2];

        for (size_t side = 0; side < ARRAY_LEN(next); side++) {
            next[side] = rig_add(d, KIND_CAST, mem_printf("%d%zu", i, side));
            object_depend(sides[0], next[side]->id);
            if (i > 1)
                object_depend(sides[1], next[side]->id);
        }
        memcpy(sides, next, sizeof sides);
    }
    object_depend(first, back->id);
    object_depend(back, first->id);
    sorted_with_warning(d);
    CU_ASSERT_STRING_EQUAL(warned.detail,
                           mem_printf("cast 0  (ID 1 OID %u)\n%s: detail: cast z  (ID 2 OID %u)",
                                      first->oid, err_get_program(), back->oid));
}

static void to_be_asked_for_a_loop_where_there_is_none_is_an_error(void)
{
    Dump *d = rig_dump();
    DumpObject *a = rig_add(d, KIND_TABLE, "a"), *b = rig_add(d, KIND_TABLE, "b");
    DumpObject *stuck[] = {a, b};

    object_depend(a, b->id);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "could not identify dependency loop",
                               loop_break_all(d, stuck, ARRAY_LEN(stuck)));
}

UNIT_SUITE(loop)
{
    UNIT_TEST(a_function_of_a_type_refers_to_its_shell);
    UNIT_TEST(a_shell_is_not_printed_for_what_is_not_printed);
    UNIT_TEST(a_type_without_a_shell_comes_after_its_function);
    UNIT_TEST(a_view_is_made_with_what_it_shows);
    UNIT_TEST(a_view_in_a_longer_loop_is_made_empty_handed_first);
    UNIT_TEST(two_views_of_each_other_need_one_dummy);
    UNIT_TEST(a_materialized_view_in_a_longer_loop_is_no_dummy);
    UNIT_TEST(a_rule_of_a_table_is_not_taken_for_a_view);
    UNIT_TEST(a_materialized_view_that_needs_a_key_comes_after_the_data);
    UNIT_TEST(a_function_that_needs_a_key_comes_after_the_data);
    UNIT_TEST(a_check_is_made_with_its_table);
    UNIT_TEST(a_check_in_a_longer_loop_is_added_after_the_data);
    UNIT_TEST(a_check_is_made_with_its_domain);
    UNIT_TEST(a_check_of_a_domain_in_a_longer_loop_is_added_after_the_data);
    UNIT_TEST(a_default_is_made_with_its_table);
    UNIT_TEST(a_default_in_a_longer_loop_is_set_before_the_data);
    UNIT_TEST(only_the_own_parts_of_a_table_are_taken_out);
    UNIT_TEST(only_the_own_rule_of_a_view_is_taken_out);
    UNIT_TEST(an_index_and_its_part_come_in_that_order);
    UNIT_TEST(a_table_may_depend_on_itself);
    UNIT_TEST(rows_that_refer_to_their_own_table_are_warned_of);
    UNIT_TEST(tables_whose_rows_refer_in_a_circle_are_named);
    UNIT_TEST(a_loop_of_an_unknown_sort_is_named_and_cut);
    UNIT_TEST(loops_are_broken_each_for_itself);
    UNIT_TEST(what_is_in_no_loop_is_left_alone);
    UNIT_TEST(what_leads_nowhere_is_searched_once);
    UNIT_TEST(to_be_asked_for_a_loop_where_there_is_none_is_an_error);
}
