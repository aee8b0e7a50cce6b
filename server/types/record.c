/*
 * record.c - forms of composite values: (1,"a b",)
 *
 * A field without characters is NULL. Fields are quoted where they are empty, or hold blanks or
 * what has a meaning here; quotes and backslashes are doubled then.
 */
#include "common/base/base.h"

#include "server/types/record.h"

#include "common/format/oid_range.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/type_facts.h"
#include "server/types/record_int.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

static RecordDescLookup lookup;

void record_set_lookup(RecordDescLookup l)
{
    lookup = l;
}

static void (*register_desc)(TupleDesc *desc); /* NULL: nobody keeps them */

void record_set_register(void (*fn)(TupleDesc *desc))
{
    register_desc = fn;
}

void record_register(TupleDesc *desc)
{
    if (register_desc != NULL)
        register_desc(desc);
}

/* ---- What a place that calls keeps ---- */

RecordPlace *record_place(FmgrCall *call, Oid type, int32_t type_mod)
{
    RecordPlace *p = call->site->extra;
    const TupleDesc *desc;

    if (LIKELY(p != NULL && p->type == type && p->type_mod == type_mod))
        return p;
    desc = lookup == NULL ? NULL : lookup(type, type_mod);
    if (desc == NULL && type == TYPE_RECORD)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = "record type has not been registered");
    if (desc == NULL) {
        const char *name = type_name(type);

        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = err_fmt("type %s is not composite", name));
    }
    MEM_SCOPE(call->site->mem) {
        p = mem_alloc(sizeof *p + desc->count * sizeof(FieldPlace));
        p->type = type;
        p->type_mod = type_mod;
        p->desc = tuple_desc_copy(desc);
        p->values = mem_new_array(Datum, desc->count + (size_t)1);
        p->nulls = mem_new_array(bool, desc->count + (size_t)1);
    }
    call->site->extra = p;
    return p;
}

RecordPlace *record_open(FmgrCall *call, int arg)
{
    const uint8_t *bytes = fmgr_plain(call, arg);
    RecordPlace *p;
    HeapTuple tuple = {.len = (uint32_t)varlena_size(bytes),
                       .self = tid_none(),
                       .bytes = (uint8_t *)(uintptr_t)bytes};

    if (varlena_size(bytes) < 24)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "row is damaged");
    p = record_place(call, load_u32(bytes + 8), (int32_t)load_u32(bytes + 4));
    heap_deform(&tuple, p->desc, p->values, p->nulls);
    return p;
}

/* A function of a column's type, ready to be called. */
static FmgrSite *field_site(FmgrCall *call, RecordPlace *p, unsigned i, Oid function,
                            const char *missing)
{
    FieldPlace *f = &p->fields[i];

    if (LIKELY(f->is_ready))
        return &f->site;
    if (function == 0) {
        const char *name = type_name(p->desc->columns[i].type);

        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("no %s function available for type %s", missing, name));
    }
    fmgr_site_init(&f->site, function, call->site->mem);
    f->is_ready = true;
    return &f->site;
}

static Datum make(const RecordPlace *p)
{
    return heap_to_record(heap_form(p->desc, p->values, p->nulls), p->desc);
}

/* ---- Text out ---- */

static void add_field(StrBuf *out, const char *text)
{
    bool needs_quotes = *text == '\0';

    for (const char *p = text; *p != '\0' && !needs_quotes; p++)
        needs_quotes = strchr("\"\\(),", *p) != NULL || is_space(*p);
    if (!needs_quotes) {
        strbuf_add(out, text);
        return;
    }
    strbuf_add_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_char(out, *text);
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

Datum record_out(FmgrCall *call)
{
    RecordPlace *p = record_open(call, 0);
    bool is_first = true;
    StrBuf out;

    strbuf_init(&out);
    strbuf_add_char(&out, '(');
    for (unsigned i = 0; i < p->desc->count; i++) {
        const Column *c = &p->desc->columns[i];
        char *text;

        if (c->is_dropped)
            continue;
        if (!is_first)
            strbuf_add_char(&out, ',');
        is_first = false;
        if (p->nulls[i])
            continue;
        text = datum_pointer(fmgr_call(
            field_site(call, p, i, type_facts(c->type)->output, "output"), 0, 1, &p->values[i]));
        add_field(&out, text);
        mem_free(text);
    }
    strbuf_add_char(&out, ')');
    return datum_of_pointer(out.text);
}

/* ---- Text in ---- */

typedef struct RecordReader {
    const char *text, *p;
    StrBuf field;
} RecordReader;

static _Noreturn void raise_malformed(const RecordReader *r, const char *detail)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message = err_fmt("malformed record literal: \"%s\"", r->text), .detail = detail);
}

/* Up to , or ) outside of quotes; false: there is nothing, which is NULL. */
static bool read_field(RecordReader *r)
{
    bool in_quotes = false;

    strbuf_clear(&r->field);
    if (*r->p == ',' || *r->p == ')')
        return false;
    while (in_quotes || (*r->p != ',' && *r->p != ')')) {
        char c = *r->p++;

        if (c == '\0')
            raise_malformed(r, "Unexpected end of input.");
        if (c == '\\') {
            if (*r->p == '\0')
                raise_malformed(r, "Unexpected end of input.");
            strbuf_add_char(&r->field, *r->p++);
        } else if (c != '"') {
            strbuf_add_char(&r->field, c);
        } else if (!in_quotes) {
            in_quotes = true;
        } else if (*r->p == '"') {
            strbuf_add_char(&r->field, *r->p++);
        } else {
            in_quotes = false;
        }
    }
    return true;
}

static void read_column(FmgrCall *call, RecordPlace *p, RecordReader *r, unsigned i)
{
    const Column *c = &p->desc->columns[i];
    const TypeFacts *t = type_facts(c->type);
    FmgrSite *site = field_site(call, p, i, t->input, "input");
    FMGR_CALL_LOCAL(input, 3);

    fmgr_call_init(input, site, 3, 0);
    p->nulls[i] = !read_field(r);
    if (p->nulls[i] && site->strict)
        return;
    input->args[0] = (NullableDatum){datum_of_pointer(r->field.text), p->nulls[i]};
    input->args[1] = (NullableDatum){.value = datum_of_u32(type_io_param(t))};
    input->args[2] = (NullableDatum){.value = datum_of_i32(c->type_mod)};
    p->values[i] = fmgr_invoke(input);
    p->nulls[i] = input->is_null;
}

static void check_named(Oid type)
{
    if (type == TYPE_RECORD)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "input of anonymous composite types is not implemented");
}

Datum record_in(FmgrCall *call)
{
    RecordReader r = {.text = fmgr_cstring(call, 0)};
    Oid type = fmgr_u32(call, 1);
    RecordPlace *p;
    bool needs_comma = false;

    if (fmgr_i32(call, 2) < 0)
        check_named(type);
    p = record_place(call, type, fmgr_i32(call, 2));
    strbuf_init(&r.field);
    r.p = skip_spaces(r.text);
    if (*r.p != '(')
        raise_malformed(&r, "Missing left parenthesis.");
    r.p++;
    for (unsigned i = 0; i < p->desc->count; i++) {
        p->nulls[i] = true;
        if (p->desc->columns[i].is_dropped)
            continue;
        if (needs_comma) {
            if (*r.p != ',')
                raise_malformed(&r, "Too few columns.");
            r.p++;
        }
        needs_comma = true;
        read_column(call, p, &r, i);
    }
    if (*r.p != ')')
        raise_malformed(&r, "Too many columns.");
    if (*skip_spaces(r.p + 1) != '\0')
        raise_malformed(&r, "Junk after right parenthesis.");
    return make(p);
}

/* ---- Binary ---- */

static unsigned live_columns(const TupleDesc *desc)
{
    unsigned count = 0;

    for (unsigned i = 0; i < desc->count; i++)
        count += !desc->columns[i].is_dropped;
    return count;
}

Datum record_send(FmgrCall *call)
{
    RecordPlace *p = record_open(call, 0);
    StrBuf out;

    text_begin(&out);
    wire_put_u32(&out, live_columns(p->desc));
    for (unsigned i = 0; i < p->desc->count; i++) {
        const Column *c = &p->desc->columns[i];
        const uint8_t *bytes;

        if (c->is_dropped)
            continue;
        wire_put_u32(&out, c->type);
        if (p->nulls[i]) {
            wire_put_u32(&out, UINT32_MAX);
            continue;
        }
        bytes = datum_varlena(
            fmgr_call(field_site(call, p, i, type_facts(c->type)->send, "binary output"), 0, 1,
                      &p->values[i]));
        wire_put_u32(&out, (uint32_t)varlena_len(bytes));
        strbuf_add_bytes(&out, varlena_bytes(bytes), varlena_len(bytes));
    }
    return text_end(&out);
}

static void raise_field_type(Oid found, Oid expected, unsigned number)
{
    const char *found_name = type_name(found), *expected_name = type_name(expected);

    err_raise(SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("binary data has type %u (%s) instead of expected %u (%s) in "
                                 "record column %u",
                                 found, found_name, expected, expected_name, number));
}

static void receive_column(FmgrCall *call, RecordPlace *p, ByteReader *r, unsigned i)
{
    const Column *c = &p->desc->columns[i];
    const TypeFacts *t = type_facts(c->type);
    Oid type = wire_u32(r);
    int32_t len;
    ByteReader field;
    FmgrSite *site;
    FMGR_CALL_LOCAL(receive, 3);

    if (type != c->type && type < OID_FIRST_GENBKI && c->type < OID_FIRST_GENBKI)
        raise_field_type(type, c->type, i + 1);
    len = (int32_t)wire_u32(r);
    if (len < -1 || (len >= 0 && (size_t)len > byte_reader_left(r)))
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = "insufficient data left in message");
    p->nulls[i] = len == -1;
    site = field_site(call, p, i, t->receive, "binary input");
    if (p->nulls[i] && site->strict)
        return;
    field = byte_reader(r->pos, len < 0 ? 0 : (size_t)len, "value");
    fmgr_call_init(receive, site, 3, 0);
    receive->args[0] = (NullableDatum){datum_of_pointer(&field), p->nulls[i]};
    receive->args[1] = (NullableDatum){.value = datum_of_u32(type_io_param(t))};
    receive->args[2] = (NullableDatum){.value = datum_of_i32(c->type_mod)};
    p->values[i] = fmgr_invoke(receive);
    if (len < 0)
        return;
    if (byte_reader_left(&field) > 0)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = err_fmt("improper binary format in record column %u", i + 1));
    byte_reader_take(r, (size_t)len);
}

Datum record_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    Oid type = fmgr_u32(call, 1);
    RecordPlace *p;
    uint32_t count;

    if (fmgr_i32(call, 2) < 0)
        check_named(type);
    p = record_place(call, type, fmgr_i32(call, 2));
    count = wire_u32(r);
    if (count != live_columns(p->desc))
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("wrong number of columns: %d, expected %d", (int)count,
                                     (int)live_columns(p->desc)));
    for (unsigned i = 0; i < p->desc->count; i++) {
        p->nulls[i] = true;
        if (!p->desc->columns[i].is_dropped)
            receive_column(call, p, r, i);
    }
    return make(p);
}
