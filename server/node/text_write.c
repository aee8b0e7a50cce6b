/* text_write.c - trees as the text that catalogs hold; text_read.c has its grammar. */
#include "common/base/base.h"

#include "server/node/text_write.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/fmgr/datum_image.h"
#include "server/node/bitset.h"
#include "server/node/node.h"
#include "server/node/node_kind.h"

static void write_node(StrBuf *out, const Node *node);
static void write_value_node(StrBuf *out, const Node *node);
static void write_list(StrBuf *out, const List *list);
static void write_field(StrBuf *out, const NodeField *field, const char *at);
static void write_choice(StrBuf *out, const NodeField *field, int value);
static void write_text(StrBuf *out, const char *text);
static void write_escaped(StrBuf *out, const char *text);
static void write_bits(StrBuf *out, const BitSet *set);
static void write_datum(StrBuf *out, const Const *owner);

char *node_write_text(const void *node)
{
    StrBuf out;

    strbuf_init(&out);
    node_write(&out, node);
    return out.text;
}

void node_write(StrBuf *out, const void *node)
{
    if (node == NULL)
        strbuf_add_bytes(out, "<>", 2);
    else if (((const Node *)node)->tag <= NODE_OidList)
        write_list(out, node);
    else
        write_node(out, node);
}

static void write_int(StrBuf *out, int64_t value)
{
    char digits[24];
    char *p = digits + sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--p = '-';
    strbuf_add_bytes(out, p, (size_t)(digits + sizeof(digits) - p));
}

static void write_bool(StrBuf *out, bool value)
{
    if (value)
        strbuf_add_bytes(out, "true", 4);
    else
        strbuf_add_bytes(out, "false", 5);
}

static void write_node(StrBuf *out, const Node *node)
{
    const NodeKind *kind = &node_kinds[node->tag];
    unsigned selected = 0;

    node_check_depth();
    if (kind->is_value) {
        write_value_node(out, node);
        return;
    }
    if (kind->label == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("a node of kind %s cannot be stored", kind->name));
    strbuf_add_char(out, '{');
    strbuf_add_bytes(out, kind->label, kind->label_len);
    for (const NodeField *field = kind->fields, *end = field + kind->field_count; field < end;
         field++) {
        const char *at = (const char *)node + field->offset;

        if (field->label == NULL || (field->when != 0 && (field->when & selected) == 0))
            continue;
        strbuf_add_bytes(out, field->label, field->label_len);
        if (field->class == FIELD_DATUM)
            write_datum(out, (const Const *)(const void *)node);
        else
            write_field(out, field, at);
        if (field->offset == kind->selector_at)
            selected = 1u << *(const int *)(const void *)at;
    }
    strbuf_add_char(out, '}');
}

static void write_value_node(StrBuf *out, const Node *node)
{
    const void *value = node;

    if (node->tag == NODE_String) {
        strbuf_add_char(out, '"');
        write_escaped(out, ((const String *)value)->value);
        strbuf_add_char(out, '"');
    } else if (node->tag == NODE_Integer) {
        write_int(out, ((const Integer *)value)->value);
    } else if (node->tag == NODE_Boolean) {
        write_bool(out, ((const Boolean *)value)->value);
    } else if (node->tag == NODE_Float) {
        strbuf_add(out, ((const Float *)value)->value);
    } else {
        strbuf_add(out, ((const BitString *)value)->value);
    }
}

static void write_list(StrBuf *out, const List *list)
{
    if (list->count == 0) {
        strbuf_add_bytes(out, "<>", 2);
        return;
    }
    node_check_depth();
    strbuf_add_char(out, '(');
    if (list->tag != NODE_List)
        strbuf_add_char(out, list->tag == NODE_IntList ? 'i' : 'o');
    for (int i = 0; i < list->count; i++) {
        if (i > 0 || list->tag != NODE_List)
            strbuf_add_char(out, ' ');
        if (list->tag == NODE_List)
            node_write(out, list->items[i].pointer);
        else if (list->tag == NODE_IntList)
            write_int(out, list->items[i].number);
        else
            write_int(out, list->items[i].oid);
    }
    strbuf_add_char(out, ')');
}

static void write_field(StrBuf *out, const NodeField *field, const char *at)
{
    const void *value = at;

    switch (field->class) {
    case FIELD_NODE:
        node_write(out, *(void *const *)value);
        break;
    case FIELD_TEXT:
        write_text(out, *(const char *const *)value);
        break;
    case FIELD_INT:
    case FIELD_LOC:
        write_int(out, *(const int *)value);
        break;
    case FIELD_OID:
        write_int(out, *(const uint32_t *)value);
        break;
    case FIELD_BOOL:
        if ((field->flags & FIELD_IS_NUMBER) != 0)
            strbuf_add_char(out, *(const bool *)value ? '1' : '0');
        else
            write_bool(out, *(const bool *)value);
        break;
    case FIELD_CHAR:
        write_text(out, *at == '\0' ? NULL : (const char[]){*at, '\0'});
        break;
    case FIELD_CHOICE:
        write_choice(out, field, *(const int *)value);
        break;
    case FIELD_REAL:
        strbuf_add_fmt(out, "%.0f", *(const double *)value);
        break;
    case FIELD_BITS:
        write_bits(out, *(BitSet *const *)value);
        break;
    case FIELD_DATUM:
        break;
    }
}

static void write_choice(StrBuf *out, const NodeField *field, int value)
{
    if ((field->flags & FIELD_IS_WORD) == 0) {
        write_int(out, value);
        return;
    }
    for (const char *p = field->choices[value - field->choice_base]; *p != '\0'; p++)
        strbuf_add_char(out, (char)(*p | 0x20));
}

static void write_text(StrBuf *out, const char *text)
{
    if (text == NULL)
        strbuf_add_bytes(out, "<>", 2);
    else if (*text == '\0')
        strbuf_add_bytes(out, "\"\"", 2);
    else
        write_escaped(out, text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Must the first character be escaped, so that a reader does not take the token for another? */
static bool misleads(const char *text)
{
    if (*text == '<' || *text == '"' || is_digit(*text))
        return true;
    return (*text == '+' || *text == '-') && (is_digit(text[1]) || text[1] == '.');
}

static void write_escaped(StrBuf *out, const char *text)
{
    if (misleads(text))
        strbuf_add_char(out, '\\');
    for (;;) {
        size_t plain = strcspn(text, " \n\t(){}\\");

        strbuf_add_bytes(out, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        strbuf_add_char(out, '\\');
        strbuf_add_char(out, *text++);
    }
}

static void write_bits(StrBuf *out, const BitSet *set)
{
    strbuf_add_bytes(out, "(b", 2);
    for (int i = bitset_next(set, -1); i >= 0; i = bitset_next(set, i)) {
        strbuf_add_char(out, ' ');
        write_int(out, i);
    }
    strbuf_add_char(out, ')');
}

static void write_datum(StrBuf *out, const Const *owner)
{
    const uint8_t *bytes;
    size_t size, count;

    if (owner->is_null) {
        strbuf_add_bytes(out, "<>", 2);
        return;
    }
    if (owner->by_value) {
        bytes = (const uint8_t *)&owner->value;
        size = (size_t)owner->len;
        count = sizeof(owner->value);
    } else {
        bytes = datum_pointer(owner->value);
        size = count = datum_size(owner->value, (int16_t)owner->len);
    }
    write_int(out, (int64_t)size);
    strbuf_add_bytes(out, " [ ", 3);
    for (size_t i = 0; i < count; i++) {
        write_int(out, (int8_t)bytes[i]);
        strbuf_add_char(out, ' ');
    }
    strbuf_add_char(out, ']');
}
