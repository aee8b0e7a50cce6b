/* order_test.c - what comes before what: ranks, names, ties and dependencies. */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "pgdump/kind.h"
#include "pgdump/order.h"
#include "tests/lib/seed.h"
#include "tests/unit/pgdump/object_rig.h"
#include "tests/unit/unit.h"

#define RANDOM_OBJECTS 300
#define RANDOM_EDGES   900

static void nothing_is_in_order(void)
{
    CU_ASSERT_STRING_EQUAL(rig_sorted(rig_dump()), "");
}

static void kinds_stand_by_rank(void)
{
    Dump *d = rig_dump();

    rig_add(d, KIND_FOREIGN_KEY, "a");
    rig_add(d, KIND_TABLE_DATA, "b");
    rig_add(d, KIND_TABLE, "c");
    rig_add(d, KIND_EVENT_TRIGGER, "d");
    rig_add(d, KIND_INDEX, "e");
    rig_add(d, KIND_TYPE, "f");
    rig_add(d, KIND_SCHEMA, "g");
    rig_add(d, KIND_SEQUENCE_SET, "h");
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "g f c b h e a d");
}

static void what_is_in_a_schema_stands_by_schema_and_name_before_what_is_in_none(void)
{
    Dump *d = rig_dump();

    rig_add(d, KIND_COLLATION, "Z");
    rig_add(d, KIND_COLLATION, "b.a");
    rig_add(d, KIND_COLLATION, "a.y");
    rig_add(d, KIND_COLLATION, "a.x");
    rig_add(d, KIND_COLLATION, "a.X");
    rig_add(d, KIND_COLLATION, "A.z");
    rig_add(d, KIND_COLLATION, "0");
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "A.z a.X a.x a.y b.a 0 Z");
}

/* Operator classes and families, types and their shells have one rank. */
static void kinds_of_one_rank_are_parted_by_name_first(void)
{
    Dump *d = rig_dump();

    rig_add(d, KIND_TYPE, "s.b");
    rig_add(d, KIND_TYPE, "s.a");
    rig_add(d, KIND_SHELL_TYPE, "s.b");
    rig_add(d, KIND_SHELL_TYPE, "s.a");
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "4 2 3 1");
}

static void two_of_one_name_and_kind_stand_by_oid(void)
{
    Dump *d = rig_dump();
    DumpObject *objects = mem_new_array(DumpObject, 3);

    objects[0].oid = 4000000000;
    objects[1].oid = 20000;
    objects[2].oid = 3000000000;
    for (size_t i = 0; i < 3; i++)
        rig_enter(d, &objects[i], KIND_CAST, "int4 text");
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "2 3 1");
}

static void add_function(Dump *d, size_t count, const char *key, const char *other_key)
{
    FunctionObject *f = mem_new(FunctionObject);

    f->argument_count = (int32_t)count;
    array_init(&f->argument_keys, sizeof(const char *));
    if (count > 0)
        *(const char **)array_push(&f->argument_keys) = key;
    if (count > 1)
        *(const char **)array_push(&f->argument_keys) = other_key;
    rig_enter(d, &f->object, KIND_FUNCTION, "s.f");
}

static void functions_of_one_name_stand_by_their_arguments(void)
{
    Dump *d = rig_dump();

    add_function(d, 2, "a\1b", "z\1z");
    add_function(d, 2, "a\1b", "a\1a");
    add_function(d, 1, "pg_catalog\1text", NULL);
    add_function(d, 1, "pg_catalog\1int4", NULL);
    add_function(d, 1, "app\1text", NULL);
    add_function(d, 0, NULL, NULL);
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "6 5 4 3 2 1");
}

static ConstraintObject *add_check(Dump *d, TableObject *t, TypeObject *domain, const char *name)
{
    ConstraintObject *c = mem_new(ConstraintObject);

    c->type = 'c';
    c->table = t;
    c->domain = domain;
    rig_enter(d, &c->object, KIND_CONSTRAINT, name);
    return c;
}

static void checks_of_one_name_stand_by_domain_then_table(void)
{
    Dump *d = rig_dump();
    TableObject *a = rig_add_table(d, RELKIND_TABLE, "s.a"),
                *b = rig_add_table(d, RELKIND_TABLE, "s.b"),
                *other = rig_add_table(d, RELKIND_TABLE, "r.z");
    TypeObject *domain = mem_new(TypeObject);

    rig_enter(d, &domain->object, KIND_TYPE, "s.domain");
    add_check(d, b, NULL, "s.check");
    add_check(d, a, NULL, "s.check");
    add_check(d, other, NULL, "s.check");
    add_check(d, NULL, domain, "s.check");
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "4 3 1 2 8 7 6 5");
}

static void defaults_of_one_table_stand_by_column(void)
{
    static const int32_t numbers[] = {10, 2, 1};
    Dump *d = rig_dump();

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        AttrdefObject *value = mem_new(AttrdefObject);

        value->number = numbers[i];
        rig_enter(d, &value->object, KIND_ATTRDEF, "s.t");
    }
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "3 2 1");
}

static void rules_of_one_name_stand_by_table(void)
{
    Dump *d = rig_dump();
    TableObject *a = rig_add_table(d, RELKIND_TABLE, "s.a"),
                *b = rig_add_table(d, RELKIND_TABLE, "s.b");
    RuleObject *of_b = mem_new(RuleObject), *of_a = mem_new(RuleObject);

    of_b->table = b;
    of_a->table = a;
    rig_enter(d, &of_b->object, KIND_RULE, "s.rule");
    rig_enter(d, &of_a->object, KIND_RULE, "s.rule");
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "1 2 4 3");
}

static void default_rights_of_one_sort_stand_by_role(void)
{
    Dump *d = rig_dump();

    rig_add(d, KIND_DEFAULT_ACL, "r")->owner = "zoe";
    rig_add(d, KIND_DEFAULT_ACL, "r")->owner = "adam";
    CU_ASSERT_STRING_EQUAL(rig_sorted_numbers(d), "2 1");
}

/* What is needed goes right before who needs it; the rest keeps its rank. */
static void what_something_depends_on_comes_first(void)
{
    Dump *d = rig_dump();
    DumpObject *index, *a;

    rig_add(d, KIND_SCHEMA, "schema");
    a = rig_add(d, KIND_TABLE, "a");
    rig_add(d, KIND_TABLE, "b");
    index = rig_add(d, KIND_INDEX, "index");
    rig_add(d, KIND_TRIGGER, "trigger");
    object_depend(a, index->id);
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "schema index a b trigger");
}

static void a_chain_is_kept_whatever_the_names(void)
{
    static const char *const names[] = {"d", "b", "e", "a", "c"};
    Dump *d = rig_dump();

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        DumpObject *o = rig_add(d, KIND_TABLE, names[i]);

        if (i > 0)
            object_depend(o, o->id - 1);
    }
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "d b e a c");
}

static void a_dependency_may_be_said_several_times(void)
{
    Dump *d = rig_dump();
    DumpObject *a = rig_add(d, KIND_TABLE, "a"), *b = rig_add(d, KIND_TABLE, "b");

    for (int i = 0; i < 3; i++)
        object_depend(a, b->id);
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "b a");
    CU_ASSERT_TRUE(object_depends(a, b->id));
    object_undepend(a, b->id);
    CU_ASSERT_FALSE(object_depends(a, b->id));
    CU_ASSERT_STRING_EQUAL(rig_sorted(d), "a b");
}

static void the_boundaries_stand_between_the_sections(void)
{
    Dump *d = rig_dump();

    rig_add(d, KIND_INDEX, "index");
    rig_add(d, KIND_TABLE_DATA, "data");
    rig_add(d, KIND_TABLE, "table");
    rig_add(d, KIND_TRIGGER, "trigger");
    rig_add(d, KIND_ATTRDEF, "default");
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(rig_sorted(d),
                           "table default PRE-DATA BOUNDARY data POST-DATA BOUNDARY index trigger");
}

/* What is needed before the data is there before the data, though its kind comes after. */
static void a_section_is_a_matter_of_dependencies(void)
{
    Dump *d = rig_dump();
    TableObject *view = rig_add_table(d, RELKIND_TABLE, "view");
    RuleObject *shows = mem_new(RuleObject), *other = mem_new(RuleObject);
    ConstraintObject *inner, *outer;

    rig_enter(d, &shows->object, KIND_RULE, "shows");
    other->is_separate = true;
    rig_enter(d, &other->object, KIND_RULE, "other");
    inner = add_check(d, view, NULL, "inner");
    outer = add_check(d, view, NULL, "outer");
    outer->is_separate = true;
    object_depend(&view->object, shows->object.id);
    object_depend(&view->object, inner->object.id);
    object_depend(&other->object, view->object.id);
    order_add_boundaries(d);
    CU_ASSERT_STRING_EQUAL(rig_sorted(d),
                           "inner shows view PRE-DATA BOUNDARY POST-DATA BOUNDARY outer other");
}

/* The rule of order.c in its plainest form: of all that nothing waits for, the last goes last. */
static void sort_slowly(Dump *d, DumpObject **ranked, DumpObject **sorted)
{
    size_t count = d->objects.count;
    bool *is_placed = mem_new_array(bool, count + 1);

    for (size_t left = count; left > 0; left--) {
        size_t best = count;

        for (size_t i = count; i-- > 0 && best == count;) {
            bool is_waited_for = is_placed[ranked[i]->id];

            for (size_t k = 0; k < count && !is_waited_for; k++)
                is_waited_for =
                    !is_placed[ranked[k]->id] && object_depends(ranked[k], ranked[i]->id);
            if (!is_waited_for)
                best = i;
        }
        CU_ASSERT_FATAL(best < count);
        sorted[left - 1] = ranked[best];
        is_placed[ranked[best]->id] = true;
    }
}

static void objects_at_random_stand_as_the_rule_has_it(void)
{
    Seed seed = seed_new("objects of a dump");
    Dump *d = rig_dump();
    DumpObject **ranked, **sorted, **expected = mem_new_array(DumpObject *, RANDOM_OBJECTS);

    for (size_t i = 0; i < RANDOM_OBJECTS; i++)
        rig_add(d, (KindId)seed_below(&seed, KIND_COUNT),
                mem_printf("%s%zu", seed_below(&seed, 2) == 0 ? "s." : "",
                           seed_below(&seed, 10) * RANDOM_OBJECTS + i));
    ranked = order_sort(d);
    for (size_t i = 0; i < RANDOM_EDGES; i++) {
        uint32_t id = 2 + (uint32_t)seed_below(&seed, RANDOM_OBJECTS - 1);

        object_depend(object_by_id(d, id), 1 + (uint32_t)seed_below(&seed, id - 1));
    }
    sorted = order_sort(d);
    sort_slowly(d, ranked, expected);
    CU_ASSERT_EQUAL(memcmp(sorted, expected, RANDOM_OBJECTS * sizeof(DumpObject *)), 0);
}

UNIT_SUITE(order)
{
    UNIT_TEST(nothing_is_in_order);
    UNIT_TEST(kinds_stand_by_rank);
    UNIT_TEST(what_is_in_a_schema_stands_by_schema_and_name_before_what_is_in_none);
    UNIT_TEST(kinds_of_one_rank_are_parted_by_name_first);
    UNIT_TEST(two_of_one_name_and_kind_stand_by_oid);
    UNIT_TEST(functions_of_one_name_stand_by_their_arguments);
    UNIT_TEST(checks_of_one_name_stand_by_domain_then_table);
    UNIT_TEST(defaults_of_one_table_stand_by_column);
    UNIT_TEST(rules_of_one_name_stand_by_table);
    UNIT_TEST(default_rights_of_one_sort_stand_by_role);
    UNIT_TEST(what_something_depends_on_comes_first);
    UNIT_TEST(a_chain_is_kept_whatever_the_names);
    UNIT_TEST(a_dependency_may_be_said_several_times);
    UNIT_TEST(the_boundaries_stand_between_the_sections);
    UNIT_TEST(a_section_is_a_matter_of_dependencies);
    UNIT_TEST(objects_at_random_stand_as_the_rule_has_it);
}
