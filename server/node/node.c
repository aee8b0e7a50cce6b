/* node.c - copy, compare, walk and show any node by the table of its fields. */
#include "common/base/base.h"

#include "server/node/node.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/fmgr/datum_image.h"
#include "server/node/bitset.h"
#include "server/node/node_kind.h"

/* The highest address of the stack that was seen: close to its base. */
static _Thread_local uintptr_t stack_top;

static List *list_copy(const List *list);
static bool list_equal(const List *a, const List *b);
static bool list_walk(List *list, NodeVisit visit, void *arg);
static void list_show(StrBuf *out, const List *list);
static void const_own(Const *constant);
static bool field_equal(const NodeField *field, const char *a, const char *b);
static bool const_equal(const Const *a, const Const *b);
static void field_show(StrBuf *out, const NodeField *field, const char *at);
static void bits_show(StrBuf *out, const NodeField *field, const BitSet *set);

static bool is_list(const Node *node)
{
    return node->tag >= NODE_List && node->tag <= NODE_OidList;
}

/* The field of a node that holds a pointer. */
static void **pointer_of(void *node, const NodeField *field)
{
    return (void **)(void *)((char *)node + field->offset);
}

static void *pointer_in(const char *at)
{
    void *p;

    memcpy(&p, at, sizeof(p));
    return p;
}

static int int_in(const char *at)
{
    int value;

    memcpy(&value, at, sizeof(value));
    return value;
}

void *node_alloc(size_t size, NodeTag tag)
{
    Node *node = mem_alloc(size);

    node->tag = tag;
    return node;
}

const char *node_kind_name(NodeTag tag)
{
    return tag <= NODE_OidList ? "List" : node_kinds[tag].name;
}

void *node_copy(const void *node)
{
    const Node *from = node;
    const NodeKind *kind;
    Node *to;

    if (from == NULL)
        return NULL;
    node_check_depth();
    if (is_list(from))
        return list_copy(node);

    kind = &node_kinds[from->tag];
    to = mem_dup(from, kind->size);
    for (int i = 0; i < kind->field_count; i++) {
        void **p = pointer_of(to, &kind->fields[i]);

        if (kind->fields[i].class == FIELD_NODE)
            *p = node_copy(*p);
        else
            node_copy_leaf(to, &kind->fields[i]);
    }
    return to;
}

void node_copy_leaf(Node *node, const NodeField *field)
{
    void **p = pointer_of(node, field);

    if (field->class == FIELD_TEXT && *p != NULL)
        *p = mem_strdup(*p);
    else if (field->class == FIELD_BITS)
        *p = bitset_copy(*p);
    else if (field->class == FIELD_DATUM)
        const_own((Const *)(void *)node);
}

/* Give a Const that was copied a value of its own. */
static void const_own(Const *constant)
{
    if (!constant->is_null)
        constant->value = datum_copy(constant->value, constant->by_value, (int16_t)constant->len);
}

bool node_equal(const void *a, const void *b)
{
    const Node *left = a;
    const Node *right = b;
    const NodeKind *kind;

    if (left == NULL || right == NULL)
        return left == right;
    if (left->tag != right->tag)
        return false;
    node_check_depth();
    if (is_list(left))
        return list_equal(a, b);

    kind = &node_kinds[left->tag];
    for (int i = 0; i < kind->field_count; i++) {
        const NodeField *field = &kind->fields[i];

        if (field->class == FIELD_DATUM) {
            if (!const_equal(a, b))
                return false;
            continue;
        }
        if ((field->flags & FIELD_IS_HINT) != 0)
            continue;
        if (!field_equal(field, (const char *)a + field->offset, (const char *)b + field->offset))
            return false;
    }
    return true;
}

bool node_walk(Node *node, NodeVisit visit, void *arg)
{
    const NodeKind *kind;

    if (node == NULL)
        return false;
    node_check_depth();
    if (is_list(node))
        return list_walk((List *)(void *)node, visit, arg);

    kind = &node_kinds[node->tag];
    for (int i = 0; i < kind->field_count; i++) {
        Node *child;

        if (kind->fields[i].class != FIELD_NODE)
            continue;
        child = *pointer_of(node, &kind->fields[i]);
        if (child == NULL)
            continue;
        if (is_list(child) ? list_walk((List *)(void *)child, visit, arg) : visit(child, arg))
            return true;
    }
    return false;
}

int node_location(const Node *node)
{
    const NodeKind *kind;

    if (is_list(node))
        return NODE_NO_LOCATION;
    kind = &node_kinds[node->tag];
    /* By convention it is the last field. */
    for (int i = kind->field_count - 1; i >= 0; i--) {
        if (kind->fields[i].class == FIELD_LOC)
            return int_in((const char *)node + kind->fields[i].offset);
    }
    return NODE_NO_LOCATION;
}

void node_show(StrBuf *out, const void *node)
{
    const Node *shown = node;
    const NodeKind *kind;

    if (shown == NULL) {
        strbuf_add(out, "<>");
        return;
    }
    node_check_depth();
    if (is_list(shown)) {
        list_show(out, node);
        return;
    }
    kind = &node_kinds[shown->tag];
    strbuf_add_fmt(out, "{%s", kind->name);
    for (int i = 0; i < kind->field_count; i++)
        field_show(out, &kind->fields[i], (const char *)node + kind->fields[i].offset);
    strbuf_add_char(out, '}');
}

char *node_text(const void *node)
{
    StrBuf out;

    strbuf_init(&out);
    node_show(&out, node);
    return out.text;
}

String *node_string(const char *text)
{
    String *string = node_new(String);

    string->value = text;
    return string;
}

Integer *node_integer(int value)
{
    Integer *integer = node_new(Integer);

    integer->value = value;
    return integer;
}

/*
 * The depth is the distance from the highest frame that ever asked; the frames below main() that
 * did not ask are few.
 */
void node_check_depth(void)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);

    if (here > stack_top)
        stack_top = here;
    if (UNLIKELY(stack_top - here > (uintptr_t)setting.max_stack_depth * 1024))
        err_raise(SQLSTATE_STATEMENT_TOO_COMPLEX, .message = "stack depth limit exceeded",
                  .hint = err_fmt("Increase the configuration parameter \"max_stack_depth\" "
                                  "(currently %dkB), after ensuring the platform's stack depth "
                                  "limit is adequate.",
                                  setting.max_stack_depth));
}

static List *list_copy(const List *list)
{
    List *copy = list_new(list->tag);

    copy = list_concat(copy, list);
    for (int i = 0; i < copy->count && copy->tag == NODE_List; i++)
        copy->items[i].pointer = node_copy(copy->items[i].pointer);
    return copy;
}

static bool list_equal(const List *a, const List *b)
{
    if (a->count != b->count)
        return false;
    for (int i = 0; i < a->count; i++) {
        if (a->tag == NODE_List      ? !node_equal(a->items[i].pointer, b->items[i].pointer)
            : a->tag == NODE_OidList ? a->items[i].oid != b->items[i].oid
                                     : a->items[i].number != b->items[i].number)
            return false;
    }
    return true;
}

static bool list_walk(List *list, NodeVisit visit, void *arg)
{
    if (list->tag != NODE_List)
        return false;
    node_check_depth();
    for (int i = 0; i < list->count; i++) {
        Node *item = list->items[i].pointer;

        if (item == NULL)
            continue;
        if (is_list(item) ? list_walk((List *)(void *)item, visit, arg) : visit(item, arg))
            return true;
    }
    return false;
}

static void list_show(StrBuf *out, const List *list)
{
    strbuf_add_char(out, '(');
    for (int i = 0; i < list->count; i++) {
        if (i > 0)
            strbuf_add_char(out, ' ');
        if (list->tag == NODE_List)
            node_show(out, list->items[i].pointer);
        else if (list->tag == NODE_IntList)
            strbuf_add_fmt(out, "%" PRId64, list->items[i].number);
        else
            strbuf_add_fmt(out, "%u", list->items[i].oid);
    }
    strbuf_add_char(out, ')');
}

static bool field_equal(const NodeField *field, const char *a, const char *b)
{
    const char *left, *right;

    switch (field->class) {
    case FIELD_NODE:
        return node_equal(pointer_in(a), pointer_in(b));
    case FIELD_TEXT:
        left = pointer_in(a);
        right = pointer_in(b);
        return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
    case FIELD_BOOL:
    case FIELD_CHAR:
        return *a == *b;
    case FIELD_LOC:
    case FIELD_DATUM:
        return true;
    case FIELD_BITS:
        return bitset_equal(pointer_in(a), pointer_in(b));
    case FIELD_REAL:
        return memcmp(a, b, sizeof(double)) == 0;
    case FIELD_INT:
    case FIELD_OID:
    case FIELD_CHOICE:
        break;
    }
    return int_in(a) == int_in(b);
}

static bool const_equal(const Const *a, const Const *b)
{
    return a->is_null || datum_image_equal(a->value, b->value, a->by_value, (int16_t)a->len);
}

static void field_show(StrBuf *out, const NodeField *field, const char *at)
{
    double real;

    switch (field->class) {
    case FIELD_NODE:
        if (pointer_in(at) != NULL) {
            strbuf_add_fmt(out, " :%s ", field->name);
            node_show(out, pointer_in(at));
        }
        break;
    case FIELD_TEXT:
        if (pointer_in(at) != NULL)
            strbuf_add_fmt(out, " :%s \"%s\"", field->name, (const char *)pointer_in(at));
        break;
    case FIELD_BOOL:
        if (*at)
            strbuf_add_fmt(out, " :%s", field->name);
        break;
    case FIELD_CHAR:
        if (*at)
            strbuf_add_fmt(out, " :%s %c", field->name, *at);
        break;
    case FIELD_CHOICE:
        strbuf_add_fmt(out, " :%s %s", field->name,
                       field->choices[int_in(at) - field->choice_base]);
        break;
    case FIELD_INT:
        if (int_in(at) != 0)
            strbuf_add_fmt(out, " :%s %d", field->name, int_in(at));
        break;
    case FIELD_OID:
        if (int_in(at) != 0)
            strbuf_add_fmt(out, " :%s %u", field->name, (unsigned)int_in(at));
        break;
    case FIELD_BITS:
        bits_show(out, field, pointer_in(at));
        break;
    case FIELD_REAL:
        memcpy(&real, at, sizeof(real));
        if (real != 0)
            strbuf_add_fmt(out, " :%s %g", field->name, real);
        break;
    case FIELD_DATUM:
    case FIELD_LOC:
        break;
    }
}

static void bits_show(StrBuf *out, const NodeField *field, const BitSet *set)
{
    if (set == NULL)
        return;
    strbuf_add_fmt(out, " :%s (b", field->name);
    for (int i = bitset_next(set, -1); i >= 0; i = bitset_next(set, i))
        strbuf_add_fmt(out, " %d", i);
    strbuf_add_char(out, ')');
}
