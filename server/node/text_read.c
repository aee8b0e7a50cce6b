/*
 * text_read.c - trees from the text that catalogs hold, PostgreSQL's pg_node_tree
 *
 * The text is a tree of tokens, which blanks and brackets part:
 *
 *     {LABEL :field value ...}   a node
 *     (value ...)                a list of nodes; (i 1 2) of ints, (o 1 2) of oids, (b 1 2) a set
 *     <>                         NULL, the empty list, no text, the char 0
 *     word                       a text or a char, "" when empty; a backslash takes the character
 *                                behind it as it is
 *     "word"                     a String, where a node may stand; 1 an Integer, 1.5 a Float, true
 *                                and false Booleans, b101 and x1F BitStrings
 *     4 [ 1 0 0 0 0 0 0 0 ]      a datum: its length, then its bytes as signed numbers; one that is
 *                                passed by value has always eight of them
 *
 * Which fields a node has, and how they are written, is in the table of kinds. Nothing is believed
 * of the text: after reading, each field has a value of the type that node.def says.
 */
#include "common/base/base.h"

#include "server/node/text_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/fmgr/varlena.h"
#include "server/node/bitset.h"
#include "server/node/node_kind.h"

#define EXCERPT_MAX 32 /* bytes of the text that an error shows */
#define SLOT_COUNT  256

typedef struct TreeReader {
    const char *text;
    const char *at;
    bool has_locations; /* keep them */
} TreeReader;

/* Kinds by the hash of their label: tags, 0 where there is none. Made by the first reader. */
static struct {
    bool is_made;
    uint16_t slots[SLOT_COUNT];
} labels;

static void *read_whole(const char *text, bool has_locations);
static void *read_value(TreeReader *r);
static Node *read_node(TreeReader *r);
static NodeTag read_label(TreeReader *r);
static NodeTag find_label(const char *label, size_t len);
static void make_labels(void);
static void read_field(TreeReader *r, const NodeField *field, char *at);
static void check_type(TreeReader *r, const NodeField *field, const Node *value);
static List *read_list(TreeReader *r);
static List *read_numbers(TreeReader *r, NodeTag tag);
static Node *read_number_node(TreeReader *r);
static Node *read_bit_node(TreeReader *r);
static Node *read_word_node(TreeReader *r);
static char *read_text(TreeReader *r);
static char *unescape(TreeReader *r, const char *from, const char *end);
static char read_char(TreeReader *r);
static bool read_bool(TreeReader *r);
static int read_choice(TreeReader *r, const NodeField *field);
static BitSet *read_bits(TreeReader *r);
static Datum read_datum(TreeReader *r, const Const *owner);
static void check_datum(TreeReader *r, const Const *owner, const uint8_t *bytes, size_t size);

void *node_read_text(const char *text)
{
    return read_whole(text, false);
}

void *node_read_text_exact(const char *text)
{
    return read_whole(text, true);
}

static _Noreturn void fail(TreeReader *r, const char *expected)
{
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("could not read stored tree: %s expected at byte %zu", expected,
                                 (size_t)(r->at - r->text)),
              .detail = err_fmt("There is \"%.*s\".", EXCERPT_MAX, r->at));
}

/* A value that the field cannot have. */
static _Noreturn void fail_field(TreeReader *r, const NodeField *field)
{
    fail(r, err_fmt("another value of \"%.*s\"", field->label_len - 2, field->label + 1));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Does a token end before c, be it not escaped? */
static bool ends_token(char c)
{
    return c == ' ' || c == ')' || c == '}' || c == '\0' || c == '(' || c == '{' || c == '\n' ||
           c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(TreeReader *r)
{
    while (is_blank(*r->at))
        r->at++;
}

static void expect_char(TreeReader *r, char c, const char *name)
{
    skip_blanks(r);
    if (*r->at != c)
        fail(r, name);
    r->at++;
}

/* Is there that token next? Then it is taken. */
static bool take_token(TreeReader *r, const char *token, size_t len)
{
    if (strncmp(r->at, token, len) != 0 || !ends_token(r->at[len]))
        return false;
    r->at += len;
    return true;
}

static int64_t read_number(TreeReader *r, int64_t min, int64_t max)
{
    int64_t value = 0;
    bool is_negative;
    const char *p;

    skip_blanks(r);
    p = r->at;
    is_negative = *p == '-';
    if (is_negative)
        p++;
    if (!is_digit(*p))
        fail(r, "a number");
    for (; is_digit(*p) && value <= UINT32_MAX; p++)
        value = value * 10 + (*p - '0');
    if (is_negative)
        value = -value;
    if (value < min || value > max || !ends_token(*p))
        fail(r, "a number in its range");
    r->at = p;
    return value;
}

static int read_int(TreeReader *r)
{
    return (int)read_number(r, INT32_MIN, INT32_MAX);
}

static uint32_t read_u32(TreeReader *r)
{
    return (uint32_t)read_number(r, 0, UINT32_MAX);
}

static void *read_whole(const char *text, bool has_locations)
{
    TreeReader r = {.text = text, .at = text, .has_locations = has_locations};
    void *tree;

    if (!labels.is_made)
        make_labels();
    tree = read_value(&r);
    skip_blanks(&r);
    if (*r.at != '\0')
        fail(&r, "the end");
    return tree;
}

static void *read_value(TreeReader *r)
{
    skip_blanks(r);
    switch (*r->at) {
    case '{':
        return read_node(r);
    case '(':
        return read_list(r);
    case '<':
        if (!take_token(r, "<>", 2))
            fail(r, "<>");
        return NULL;
    default:
        if (is_digit(*r->at) || *r->at == '-' || *r->at == '+' || *r->at == '.')
            return read_number_node(r);
        return read_word_node(r);
    }
}

static Node *read_node(TreeReader *r)
{
    NodeTag tag;
    const NodeKind *kind;
    Node *node;
    unsigned selected = 0;

    node_check_depth();
    tag = read_label(r);
    kind = &node_kinds[tag];
    node = node_alloc(kind->size, tag);
    for (const NodeField *field = kind->fields, *end = field + kind->field_count; field < end;
         field++) {
        char *at = (char *)node + field->offset;

        if (field->label == NULL || (field->when != 0 && (field->when & selected) == 0))
            continue;
        skip_blanks(r);
        if (UNLIKELY(strncmp(r->at, field->label + 1, field->label_len - 2u) != 0 ||
                     !is_blank(r->at[field->label_len - 2])))
            fail(r, err_fmt("\"%.*s\"", field->label_len - 2, field->label + 1));
        r->at += field->label_len - 1;
        if (field->class == FIELD_DATUM) {
            ((Const *)(void *)node)->value = read_datum(r, (const Const *)(const void *)node);
            continue;
        }
        read_field(r, field, at);
        /* The choice that decides on others has no more values than bits. */
        if (field->offset == kind->selector_at)
            selected = 1u << *(const int *)(const void *)at;
    }
    expect_char(r, '}', "}");
    return node;
}

/* A node's opening brace and label. */
static NodeTag read_label(TreeReader *r)
{
    const char *label = ++r->at;
    NodeTag tag;

    while (*r->at >= 'A' && *r->at <= 'Z')
        r->at++;
    tag = find_label(label, (size_t)(r->at - label));
    if (tag == NODE_NONE || !ends_token(*r->at)) {
        r->at = label;
        fail(r, "the label of a node that can be stored");
    }
    return tag;
}

static unsigned label_hash(const char *label, size_t len)
{
    unsigned hash = (unsigned)len;

    for (size_t i = 0; i < len; i++)
        hash = hash * 31 + (unsigned char)label[i];
    return hash ^ hash >> 8;
}

static NodeTag find_label(const char *label, size_t len)
{
    unsigned i = label_hash(label, len);

    for (;; i++) {
        NodeTag tag = labels.slots[i % SLOT_COUNT];

        if (tag == NODE_NONE ||
            (node_kinds[tag].label_len == len && memcmp(node_kinds[tag].label, label, len) == 0))
            return tag;
    }
}

static void make_labels(void)
{
    for (unsigned tag = NODE_OidList + 1; tag < NODE_TAG_COUNT; tag++) {
        const NodeKind *kind = &node_kinds[tag];
        unsigned i;

        if (kind->label == NULL)
            continue;
        i = label_hash(kind->label, kind->label_len);
        while (labels.slots[i % SLOT_COUNT] != 0)
            i++;
        labels.slots[i % SLOT_COUNT] = (uint16_t)tag;
    }
    labels.is_made = true;
}

static void read_field(TreeReader *r, const NodeField *field, char *at)
{
    switch (field->class) {
    case FIELD_NODE: {
        Node *value = read_value(r);

        if (value != NULL && field->tag != NODE_NONE)
            check_type(r, field, value);
        *(Node **)(void *)at = value;
        break;
    }
    case FIELD_TEXT:
        *(char **)(void *)at = read_text(r);
        break;
    case FIELD_INT:
        *(int *)(void *)at = read_int(r);
        break;
    case FIELD_LOC: {
        int loc = read_int(r);

        *(int *)(void *)at = r->has_locations ? loc : NODE_NO_LOCATION;
        break;
    }
    case FIELD_OID:
        *(uint32_t *)(void *)at = read_u32(r);
        break;
    case FIELD_BOOL:
        *(bool *)(void *)at = (field->flags & FIELD_IS_NUMBER) != 0 ? read_number(r, 0, 1) == 1
                                                                    : read_bool(r);
        break;
    case FIELD_CHAR:
        *at = read_char(r);
        break;
    case FIELD_CHOICE:
        *(int *)(void *)at = read_choice(r, field);
        break;
    case FIELD_REAL:
        /* Counts of rows, which are written without a fraction. */
        *(double *)(void *)at = (double)read_number(r, INT32_MIN, UINT32_MAX);
        break;
    case FIELD_BITS:
        *(BitSet **)(void *)at = read_bits(r);
        break;
    case FIELD_DATUM:
        break;
    }
}

static void check_type(TreeReader *r, const NodeField *field, const Node *value)
{
    const List *list;

    if (field->tag == NODE_ANY_LIST ? value->tag > NODE_OidList : value->tag != field->tag)
        fail_field(r, field);
    if (field->item_tag == NODE_NONE)
        return;
    list = (const List *)(const void *)value;
    list_foreach(const Node *, item, list) {
        if (item == NULL || item->tag != field->item_tag)
            fail_field(r, field);
    }
}

static List *read_list(TreeReader *r)
{
    List *list;

    node_check_depth();
    r->at++;
    skip_blanks(r);
    if (take_token(r, "i", 1))
        return read_numbers(r, NODE_IntList);
    if (take_token(r, "o", 1))
        return read_numbers(r, NODE_OidList);
    list = NULL;
    for (;;) {
        skip_blanks(r);
        if (*r->at == ')')
            break;
        list = list_add(list, read_value(r));
    }
    r->at++;
    return list;
}

static List *read_numbers(TreeReader *r, NodeTag tag)
{
    List *list = NULL;

    for (;;) {
        skip_blanks(r);
        if (*r->at == ')')
            break;
        list = tag == NODE_IntList ? list_add_int(list, read_int(r))
                                   : list_add_oid(list, read_u32(r));
    }
    r->at++;
    return list;
}

static const char *token_end(TreeReader *r)
{
    const char *end = r->at;

    while (!ends_token(*end)) {
        if (*end == '\\' && *++end == '\0')
            fail(r, "more behind a backslash");
        end++;
    }
    return end;
}

/* An Integer, or a Float when it is too large or no whole number. */
static Node *read_number_node(TreeReader *r)
{
    const char *start = r->at, *end = token_end(r), *p = start;
    char *stop;
    Float *number;
    long value;

    if (*p == '-' || *p == '+')
        p++;
    if ((!is_digit(*p) && !(*p == '.' && is_digit(p[1]))) ||
        strspn(start, "0123456789.eE+-") != (size_t)(end - start))
        fail(r, "a number");
    value = strtol(start, &stop, 10);
    r->at = end;
    if (stop == end && value >= INT32_MIN && value <= INT32_MAX)
        return (Node *)(void *)node_integer((int)value);
    number = node_new(Float);
    number->value = mem_strndup(start, (size_t)(end - start));
    return (Node *)(void *)number;
}

/* Nothing but digits: these are printed as they are. */
static Node *read_bit_node(TreeReader *r)
{
    const char *start = r->at, *end = token_end(r);
    BitString *bits = node_new(BitString);

    if (strspn(start + 1, *start == 'b' ? "01" : "0123456789abcdefABCDEF") !=
        (size_t)(end - start - 1))
        fail(r, "digits of a bit string");
    bits->value = mem_strndup(start, (size_t)(end - start));
    r->at = end;
    return (Node *)(void *)bits;
}

/* "text", true, false, b101, x1F: what stands in a list and is neither a node nor a number. */
static Node *read_word_node(TreeReader *r)
{
    const char *start = r->at, *end = token_end(r);

    if (*start == '"' && end - start >= 2 && end[-1] == '"') {
        String *string = node_string(unescape(r, start + 1, end - 1));

        r->at = end;
        return (Node *)(void *)string;
    }
    if (*start == 'b' || *start == 'x')
        return read_bit_node(r);
    if (*start == 't' || *start == 'f') {
        Boolean *boolean = node_new(Boolean);

        boolean->value = read_bool(r);
        return (Node *)(void *)boolean;
    }
    fail(r, "a node");
}

static char *read_text(TreeReader *r)
{
    const char *start, *end;

    skip_blanks(r);
    if (take_token(r, "<>", 2))
        return NULL;
    if (take_token(r, "\"\"", 2))
        return mem_strdup("");
    start = r->at;
    end = token_end(r);
    if (start == end)
        fail(r, "a text");
    r->at = end;
    return unescape(r, start, end);
}

/* The token between start and end without its backslashes; token_end() has seen it. */
static char *unescape(TreeReader *r, const char *from, const char *end)
{
    char *text = mem_strndup(from, (size_t)(end - from));
    char *to = strchr(text, '\\');

    if (to == NULL)
        return text;
    for (const char *p = to; *p != '\0'; p++) {
        if (*p == '\\' && *++p == '\0')
            fail(r, "more behind a backslash");
        *to++ = *p;
    }
    *to = '\0';
    return text;
}

static char read_char(TreeReader *r)
{
    const char *text = read_text(r);

    if (text == NULL)
        return '\0';
    if (text[0] == '\0' || text[1] != '\0')
        fail(r, "a single character");
    return text[0];
}

static bool read_bool(TreeReader *r)
{
    skip_blanks(r);
    if (take_token(r, "true", 4))
        return true;
    if (!take_token(r, "false", 5))
        fail(r, "true or false");
    return false;
}

static int read_choice(TreeReader *r, const NodeField *field)
{
    const char *word;

    if ((field->flags & FIELD_IS_WORD) == 0)
        return (int)read_number(r, field->choice_base,
                                field->choice_base + field->choice_count - 1);
    word = read_text(r);
    for (int i = 0; word != NULL && i < field->choice_count; i++) {
        const char *name = field->choices[i];
        size_t len = strlen(name);

        /* Names have capital letters alone. */
        for (size_t k = 0; k <= len && (name[k] | 0x20) == (word[k] | 0x20); k++) {
            if (k == len)
                return field->choice_base + i;
        }
    }
    fail_field(r, field);
}

static BitSet *read_bits(TreeReader *r)
{
    BitSet *set = NULL;

    expect_char(r, '(', "a set");
    skip_blanks(r);
    if (!take_token(r, "b", 1))
        fail(r, "b");
    for (;;) {
        skip_blanks(r);
        if (*r->at == ')')
            break;
        set = bitset_add(set, (int)read_number(r, 0, BITSET_MAX));
    }
    r->at++;
    return set;
}

static Datum read_datum(TreeReader *r, const Const *owner)
{
    Datum value = 0;
    uint8_t *bytes = (uint8_t *)&value;
    size_t size, count;

    skip_blanks(r);
    if (take_token(r, "<>", 2)) {
        if (!owner->is_null)
            fail(r, "a value");
        return 0;
    }
    if (owner->is_null)
        fail(r, "<>");
    size = (size_t)read_number(r, 0, VARLENA_SIZE_MAX);
    count = owner->by_value ? sizeof(value) : size;
    expect_char(r, '[', "[");
    if (!owner->by_value) {
        /* A byte is written as two characters at least. */
        if (strnlen(r->at, count * 2) < count * 2)
            fail(r, "more bytes");
        bytes = mem_alloc(count + 1);
    }
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)read_number(r, -128, 127);
    expect_char(r, ']', "]");
    check_datum(r, owner, bytes, size);
    return owner->by_value ? value : datum_of_pointer(bytes);
}

/* The bytes must be a value of a type of that length, as code that uses it will believe. */
static void check_datum(TreeReader *r, const Const *owner, const uint8_t *bytes, size_t size)
{
    bool is_good;

    if (owner->len > INT16_MAX)
        is_good = false;
    else if (owner->by_value)
        is_good = owner->len == (int)size && (size == 1 || size == 2 || size == 4 || size == 8);
    else if (owner->len == -1)
        is_good = size >= VARLENA_HEADER && varlena_is_plain(bytes) && varlena_size(bytes) == size;
    else if (owner->len == -2)
        is_good = size > 0 && memchr(bytes, '\0', size) == bytes + size - 1;
    else
        is_good = owner->len > 0 && owner->len == (int)size;
    if (!is_good)
        fail(r, "a value of the type's length");
}
