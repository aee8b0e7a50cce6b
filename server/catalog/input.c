/* input.c - input functions of the types that catalogs use, before there are any in the server. */
#include "common/base/base.h"

#include "server/catalog/input.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "server/access/common/tuple_desc.h"
#include "server/catalog/catalog_int.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

/*
 * An array on disk, behind the length word: dimensions, offset of data if there are NULLs (else 0),
 * element type; for each dimension its length, then for each its lower bound; elements.
 */
#define ARRAY_HEADER 16 /* with the length word, without dimensions */

/* Letters of rights, from bit 0; those that may be passed on are 16 bits higher. */
static const char acl_letters[] = "arwdDxtXUCTcsA";

_Noreturn static void raise_bad(const char *text, const char *what);
static int64_t number_of(const char *text, int64_t min, int64_t max, const char *what);
static float real_of(const char *text);
static Datum vector_of(const char *text, Oid element);
static Datum array_of(const char *text, Oid element);
static void acl_item_put(const char *text, StrBuf *out);

Datum catalog_input(Oid type, const char *text)
{
    switch (type) {
    case TYPE_BOOL:
        return datum_of_bool(text[0] == 't');
    case TYPE_CHAR:
        return datum_of_char(text[0]);
    case TYPE_NAME:
        return catalog_name(text);
    case TYPE_INT2:
        return datum_of_i16((int16_t)number_of(text, INT16_MIN, INT16_MAX, "int2"));
    case TYPE_INT4:
        return datum_of_i32((int32_t)number_of(text, INT32_MIN, INT32_MAX, "int4"));
    case TYPE_OID:
    case TYPE_REGPROC:
    case TYPE_XID:
        return datum_of_u32((uint32_t)number_of(text, 0, UINT32_MAX, "oid"));
    case TYPE_FLOAT4:
        return datum_of_f4(real_of(text));
    case TYPE_TEXT:
    case TYPE_PG_NODE_TREE:
        return catalog_text(text);
    case TYPE_OIDVECTOR:
        return vector_of(text, TYPE_OID);
    case TYPE_INT2VECTOR:
        return vector_of(text, TYPE_INT2);
    case TYPE_TEXT_ARRAY:
        return array_of(text, TYPE_TEXT);
    case TYPE_OID_ARRAY:
        return array_of(text, TYPE_OID);
    case TYPE_INT2_ARRAY:
        return array_of(text, TYPE_INT2);
    case TYPE_CHAR_ARRAY:
        return array_of(text, TYPE_CHAR);
    case TYPE_ACLITEM_ARRAY:
        return array_of(text, TYPE_ACLITEM);
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cannot read \"%s\" as a value of type %u", text, type));
    }
}

Datum catalog_text(const char *text)
{
    return datum_of_pointer(varlena_new(text, strlen(text)));
}

Datum catalog_name(const char *text)
{
    size_t len = strlen(text);
    char *name = mem_alloc(NAME_SIZE);

    if (len >= NAME_SIZE)
        err_raise(SQLSTATE_NAME_TOO_LONG, .message = err_fmt("identifier too long"),
                  .detail = err_fmt("Identifier must be less than %d characters.", NAME_SIZE));
    memcpy(name, text, len);
    return datum_of_pointer(name);
}

_Noreturn static void raise_bad(const char *text, const char *what)
{
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("\"%s\" is no %s", text, what));
}

static int64_t number_of(const char *text, int64_t min, int64_t max, const char *what)
{
    int64_t v;

    if (!num_try_parse_i64(text, &v) || v < min || v > max)
        raise_bad(text, what);
    return v;
}

static float real_of(const char *text)
{
    char *end;
    float v = strtof(text, &end);

    if (end == text || *end != '\0')
        raise_bad(text, "float4");
    return v;
}

/* ---- Arrays ---- */

static void put_u32(StrBuf *b, uint32_t v)
{
    strbuf_add_bytes(b, &v, sizeof v);
}

/* Begin an array; its length word and count are set by array_end(). */
static void array_begin(StrBuf *b, Oid element, unsigned dimensions, int32_t lower_bound)
{
    strbuf_init(b);
    put_u32(b, 0);
    put_u32(b, dimensions);
    put_u32(b, 0);
    put_u32(b, element);
    if (dimensions == 0)
        return;
    put_u32(b, 0);
    put_u32(b, (uint32_t)lower_bound);
}

static Datum array_end(StrBuf *b, unsigned dimensions, uint32_t count)
{
    uint8_t *v = (uint8_t *)b->text;

    varlena_set_size(v, b->len);
    if (dimensions > 0)
        store_u32(v + ARRAY_HEADER, count);
    return datum_of_pointer(v);
}

static void element_put(StrBuf *b, Oid type, const char *text)
{
    uint16_t small;

    switch (type) {
    case TYPE_OID:
        put_u32(b, (uint32_t)number_of(text, 0, UINT32_MAX, "oid"));
        return;
    case TYPE_INT2:
        small = (uint16_t)number_of(text, INT16_MIN, INT16_MAX, "int2");
        strbuf_add_bytes(b, &small, sizeof small);
        return;
    case TYPE_CHAR:
        strbuf_add_char(b, text[0]);
        return;
    case TYPE_ACLITEM:
        acl_item_put(text, b);
        return;
    default:
        ASSERT(type == TYPE_TEXT);
        put_u32(b, (uint32_t)(VARLENA_HEADER + strlen(text)) << 2);
        strbuf_add(b, text);
        /* The last one is filled up too. */
        strbuf_add_chars(b, '\0', size_align_up(b->len, 4) - b->len);
    }
}

/* Numbers with blanks between; unlike other arrays these count from 0, and are never without one. */
static Datum vector_of(const char *text, Oid element)
{
    StrBuf b;
    uint32_t count = 0;
    char *copy = mem_strdup(text), *next = copy;

    array_begin(&b, element, 1, 0);
    while (*next != '\0') {
        char *word = next;

        next += strcspn(next, " ");
        if (*next == ' ')
            *next++ = '\0';
        element_put(&b, element, word);
        count++;
    }
    mem_free(copy);
    return array_end(&b, 1, count);
}

/* Copy an element's text to word; returns where it ends. */
static const char *take_element(const char *p, const char *whole, StrBuf *word)
{
    bool is_quoted = *p == '"';

    strbuf_clear(word);
    for (p += is_quoted; is_quoted ? *p != '"' : *p != ',' && *p != '}'; p++) {
        if (*p == '\\')
            p++;
        if (*p == '\0')
            raise_bad(whole, "array");
        strbuf_add_char(word, *p);
    }
    return p + is_quoted;
}

static Datum array_of(const char *text, Oid element)
{
    StrBuf b, word;
    uint32_t count = 0;
    unsigned dimensions = strcmp(text, "{}") == 0 ? 0 : 1;
    const char *p = text + 1;

    if (text[0] != '{' || text[strlen(text) - 1] != '}')
        raise_bad(text, "array");
    strbuf_init(&word);
    array_begin(&b, element, dimensions, 1);
    while (dimensions > 0) {
        p = take_element(p, text, &word);
        element_put(&b, element, word.text);
        count++;
        if (*p != ',')
            break;
        p++;
    }
    if (strcmp(p, "}") != 0)
        raise_bad(text, "array");
    return array_end(&b, dimensions, count);
}

/* ---- Rights ---- */

/* The number of a role of a new cluster. */
static Oid role_number(const char *name, size_t len)
{
    const Catalog *roles = catalog_find(PG_AUTHID_CATALOG);
    const CatalogRows *rows = &catalog_rows[roles - catalog_table];
    const char *text = rows->text;

    for (uint32_t i = 0; i < rows->count; i++) {
        const char *oid = text, *role = text + strlen(text) + 1;

        if (strlen(role) == len && memcmp(role, name, len) == 0)
            return (Oid)number_of(oid, 1, UINT32_MAX, "oid");
        for (unsigned column = 0; column < PG_AUTHID_COLUMN_COUNT; column++)
            text += strlen(text) + 1;
    }
    raise_bad(name, "role");
}

/* grantee=rights/grantor; no grantee is everybody, a star behind a right: it may be passed on. */
static void acl_item_put(const char *text, StrBuf *out)
{
    const char *rights = strchr(text, '='), *grantor = rights == NULL ? NULL : strchr(rights, '/');
    uint32_t mask = 0;

    if (grantor == NULL)
        raise_bad(text, "aclitem");
    for (const char *p = rights + 1; p < grantor; p++) {
        const char *letter = strchr(acl_letters, *p);

        if (letter == NULL)
            raise_bad(text, "aclitem");
        mask |= UINT32_C(1) << (letter - acl_letters);
        if (p[1] == '*') {
            mask |= UINT32_C(0x10000) << (letter - acl_letters);
            p++;
        }
    }
    put_u32(out, rights == text ? 0 : role_number(text, (size_t)(rights - text)));
    put_u32(out, role_number(grantor + 1, strlen(grantor + 1)));
    put_u32(out, mask);
}
