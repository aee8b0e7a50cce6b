/* node_test.c - what holds for nodes of every kind. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/bitset.h"
#include "server/node/node.h"
#include "server/node/node_kind.h"
#include "tests/unit/unit.h"

static ColumnRef *column(const char *name, int location)
{
    ColumnRef *ref = node_new(ColumnRef);

    ref->fields = list_of(node_string(name));
    ref->loc = location;
    return ref;
}

static void const_fill(Const *constant, Datum value)
{
    constant->len = 8;
    constant->by_value = true;
    constant->is_null = false;
    constant->value = value;
}

/* Give each field of a node a value that is not its zero, by the table. */
static Node *filled(NodeTag tag)
{
    const NodeKind *kind = &node_kinds[tag];
    char *node = node_alloc(kind->size, tag);

    for (int i = 0; i < kind->field_count; i++) {
        const NodeField *field = &kind->fields[i];
        void *pointer = NULL;
        int number = field->choice_base + 1;

        if (field->class == FIELD_NODE)
            pointer = node_string("s");
        if (field->class == FIELD_TEXT)
            pointer = mem_strdup("t");
        if (field->class == FIELD_BITS)
            pointer = bitset_add(NULL, 3);
        if (field->class == FIELD_DATUM)
            const_fill((Const *)(void *)node, 1);
        if (field->class == FIELD_REAL)
            memcpy(node + field->offset, &(double){1}, sizeof(double));
        if (field->class == FIELD_DATUM || field->class == FIELD_REAL)
            continue;
        if (pointer != NULL)
            memcpy(node + field->offset, &pointer, sizeof(pointer));
        else if (field->class == FIELD_BOOL || field->class == FIELD_CHAR)
            node[field->offset] = 1;
        else
            memcpy(node + field->offset, &number, sizeof(number));
    }
    return (Node *)(void *)node;
}

/* Change one field to another value that is not its zero. */
static void field_change(Node *node, const NodeField *field)
{
    char *at = (char *)node + field->offset;
    void *pointer = field->class == FIELD_NODE   ? (void *)node_string("other")
                    : field->class == FIELD_BITS ? (void *)bitset_add(NULL, 200)
                                                 : mem_strdup("other");
    int number = field->choice_base;

    if (field->class == FIELD_DATUM)
        const_fill((Const *)(void *)node, 2);
    else if (field->class == FIELD_REAL)
        memcpy(at, &(double){2}, sizeof(double));
    else if (field->class == FIELD_NODE || field->class == FIELD_TEXT || field->class == FIELD_BITS)
        memcpy(at, &pointer, sizeof(pointer));
    else if (field->class == FIELD_BOOL || field->class == FIELD_CHAR)
        *at = !*at;
    else
        memcpy(at, &number, sizeof(number));
}

static void copies_are_equal_until_a_field_changes(void)
{
    for (int tag = NODE_OidList + 1; tag < NODE_TAG_COUNT; tag++) {
        const NodeKind *kind = &node_kinds[tag];

        for (int i = 0; i < kind->field_count; i++) {
            Node *node = filled((NodeTag)tag);
            Node *copy = node_copy(node);

            CU_ASSERT_TRUE(node_equal(node, copy));
            field_change(copy, &kind->fields[i]);
            CU_ASSERT_EQUAL(node_equal(node, copy),
                            kind->fields[i].class == FIELD_LOC ||
                                (kind->fields[i].flags & FIELD_IS_HINT) != 0);
        }
    }
}

static void copies_outlive_their_source(void)
{
    MemContext *source_mem = mem_context_new(NULL, "source");
    Target *copy, *source = NULL;

    MEM_SCOPE(source_mem) {
        source = node_new(Target);
        source->name = mem_strdup("name");
        source->value = (Node *)(void *)column("c", 1);
    }
    copy = node_copy(source);
    mem_delete(source_mem);
    CU_ASSERT_STRING_EQUAL(copy->name, "name");
    CU_ASSERT_TRUE(node_equal(copy->value, column("c", 7)));
}

static bool count_columns(Node *node, void *arg)
{
    int *count = arg;

    *count += node_is(node, ColumnRef);
    return *count == 3 || node_walk(node, count_columns, arg);
}

static void walks_reach_lists_of_lists_and_can_stop(void)
{
    SelectStmt *stmt = node_new(SelectStmt);
    int count = 0;

    stmt->values = list_of2(list_of2(column("a", 0), NULL), list_of(column("b", 0)));
    CU_ASSERT_FALSE(node_walk((Node *)(void *)stmt, count_columns, &count));
    CU_ASSERT_EQUAL(count, 2);
    stmt->values = list_concat(stmt->values, stmt->values);
    count = 0;
    CU_ASSERT_TRUE(node_walk((Node *)(void *)stmt, count_columns, &count));
    CU_ASSERT_EQUAL(count, 3);
}

static void text_shows_what_is_set(void)
{
    BooleanTest *test = node_new(BooleanTest);

    test->arg = (Node *)(void *)column("c", 3);
    test->kind = IS_NOT_FALSE;
    CU_ASSERT_STRING_EQUAL(node_text(test), "{BooleanTest :arg {ColumnRef :fields ({String :value "
                                            "\"c\"})} :kind NOT_FALSE}");
    CU_ASSERT_STRING_EQUAL(node_text(NULL), "<>");
}

static void depth_is_refused_before_the_stack_ends(void)
{
    int before = setting.max_stack_depth;
    Node *node = (Node *)(void *)column("c", 0);

    for (int i = 0; i < 100000; i++) {
        CollateClause *clause = node_new(CollateClause);

        clause->arg = node;
        node = (Node *)(void *)clause;
    }
    setting.max_stack_depth = 500;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_STATEMENT_TOO_COMPLEX, "stack depth limit exceeded",
                               node_copy(node));
    UNIT_ASSERT_RAISES(SQLSTATE_STATEMENT_TOO_COMPLEX, node_equal(node, node));
    UNIT_ASSERT_RAISES(SQLSTATE_STATEMENT_TOO_COMPLEX, node_text(node));
    setting.max_stack_depth = before;
}

UNIT_SUITE(node)
{
    UNIT_TEST(copies_are_equal_until_a_field_changes);
    UNIT_TEST(copies_outlive_their_source);
    UNIT_TEST(walks_reach_lists_of_lists_and_can_stop);
    UNIT_TEST(text_shows_what_is_set);
    UNIT_TEST(depth_is_refused_before_the_stack_ends);
}
