/* called.c - what our functions answer, called as the server calls them. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/catalog/type_facts.h"
#include "server/config/setting.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/fmgr.h"
#include "server/net/net.h"
#include "server/parser/parser.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"
#include "server/types/collation.h"
#include "server/types/enum.h"
#include "server/types/quote.h"
#include "server/types/record.h"
#include "server/types/type_name.h"
#include "server/types/types.h"
#include "tests/types/compare.h"

static Oid result_type(const void *expr)
{
    return ((const Shape *)expr)->result->oid;
}

static Oid arg_type(const void *expr, int n)
{
    const Shape *s = expr;

    return n < s->arg_count ? s->args[n]->oid : 0;
}

static bool is_variadic(const void *expr)
{
    return ((const Shape *)expr)->is_variadic;
}

static const FmgrExprReader reader = {result_type, arg_type, is_variadic};

/* Rows of the server's pg_collation. */
static bool lookup_collation(Oid oid, CollationRow *out)
{
    Rows r = asked_rows(mem_printf("SELECT collname, collprovider, collisdeterministic, "
                                   "collcollate, collctype, colliculocale "
                                   "FROM pg_collation WHERE oid = %u",
                                   oid));

    if (r.rows == 0)
        return false;
    *out = (CollationRow){.name = rows_at(&r, 0, 0),
                          .provider = rows_at(&r, 0, 1)[0],
                          .is_deterministic = rows_at(&r, 0, 2)[0] == 't',
                          .collate = rows_at(&r, 0, 3),
                          .ctype = rows_at(&r, 0, 4),
                          .icu_locale = rows_at(&r, 0, 5)};
    return true;
}

static Oid oid_at(const Rows *r, size_t column)
{
    return (Oid)strtoul(rows_at(r, 0, column), NULL, 10);
}

/* The function of an operator class that the type has as its own. */
static Oid support(Oid type, const char *method, int number)
{
    Rows r = asked_rows(mem_printf(
        "SELECT amproc::oid FROM pg_type t, pg_opclass c, pg_am m, pg_amproc p WHERE t.oid = %u "
        "AND c.opcmethod = m.oid AND amname = '%s' AND opcdefault AND opcfamily = amprocfamily "
        "AND opcintype = amproclefttype AND amprocrighttype = amproclefttype AND amprocnum = %d "
        "AND opcintype = CASE WHEN typtype = 'e' THEN 3500 WHEN typtype = 'c' THEN 2249 "
        "WHEN typcategory = 'A' THEN 2277 ELSE 0 END",
        type, method, number));

    return r.rows == 0 ? 0 : oid_at(&r, 0);
}

/* Types of catalogs, which are not in the table. */
static bool lookup_type(Oid oid, TypeFacts *out)
{
    Rows r = asked_rows(mem_printf(
        "SELECT typname, typelem, typlen, typstorage, typtype, typalign, typdelim, typbyval, "
        "typinput::oid, typoutput::oid, typreceive::oid, typsend::oid, "
        "CASE WHEN typtype = 'e' THEN 'enum_eq'::regproc::oid WHEN typtype = 'c' "
        "THEN 'record_eq'::regproc::oid ELSE 'array_eq'::regproc::oid END "
        "FROM pg_type WHERE oid = %u",
        oid));

    if (r.rows == 0)
        return false;
    *out = (TypeFacts){.oid = oid,
                       .name = rows_at(&r, 0, 0),
                       .element = oid_at(&r, 1),
                       .len = (int16_t)strtol(rows_at(&r, 0, 2), NULL, 10),
                       .storage = rows_at(&r, 0, 3)[0],
                       .kind = rows_at(&r, 0, 4)[0],
                       .align = rows_at(&r, 0, 5)[0],
                       .delimiter = rows_at(&r, 0, 6)[0],
                       .by_value = rows_at(&r, 0, 7)[0] == 't',
                       .input = oid_at(&r, 8),
                       .output = oid_at(&r, 9),
                       .receive = oid_at(&r, 10),
                       .send = oid_at(&r, 11),
                       .equal = oid_at(&r, 12),
                       .compare = support(oid, "btree", 1),
                       .hash = support(oid, "hash", 1),
                       .hash_extended = support(oid, "hash", 2)};
    return true;
}

/* Columns of a composite type; kept, for there are few. */
static const TupleDesc *lookup_row(Oid type, int32_t type_mod)
{
    static Array known; /* TupleDesc * */
    Rows r;
    TupleDesc *desc = NULL;

    if (known.item_size == 0) {
        MEM_SCOPE(mem_root()) {
            array_init(&known, sizeof(TupleDesc *));
        }
    }
    array_foreach(TupleDesc *, d, &known) {
        if ((*d)->row_type == type && type_mod < 0)
            return *d;
    }
    r = asked_rows(mem_printf("SELECT attname, atttypid, attlen, attbyval, attalign, attcollation "
                              "FROM pg_attribute WHERE attnum > 0 AND attrelid = (SELECT typrelid "
                              "FROM pg_type WHERE oid = %u) ORDER BY attnum",
                              type));
    if (r.rows == 0)
        return NULL;
    MEM_SCOPE(mem_root()) {
        desc = tuple_desc_new((unsigned)r.rows);
        desc->row_type = type;
        desc->row_type_mod = -1;
        for (size_t i = 0; i < r.rows; i++) {
            tuple_desc_set(desc, (unsigned)i + 1, rows_at(&r, i, 0),
                           (Oid)strtoul(rows_at(&r, i, 1), NULL, 10),
                           (int16_t)strtol(rows_at(&r, i, 2), NULL, 10),
                           rows_at(&r, i, 3)[0] == 't', rows_at(&r, i, 4)[0]);
            desc->columns[i].collation = (Oid)strtoul(rows_at(&r, i, 5), NULL, 10);
        }
        *(TupleDesc **)array_push(&known) = desc;
    }
    return desc;
}

/* ---- Enumerations ---- */

static EnumValue *enum_rows(const char *condition, size_t *count)
{
    Rows r = asked_rows(mem_printf("SELECT oid, enumtypid, enumsortorder, enumlabel FROM pg_enum "
                                   "WHERE %s ORDER BY enumsortorder",
                                   condition));
    EnumValue *values = mem_new_array(EnumValue, r.rows + 1);

    *count = r.rows;
    for (size_t i = 0; i < r.rows; i++)
        values[i] = (EnumValue){.oid = (Oid)strtoul(rows_at(&r, i, 0), NULL, 10),
                                .type = (Oid)strtoul(rows_at(&r, i, 1), NULL, 10),
                                .order = strtof(rows_at(&r, i, 2), NULL),
                                .label = rows_at(&r, i, 3)};
    return values;
}

static bool find_enum(Oid type, const char *label, EnumValue *out)
{
    size_t count;
    EnumValue *values =
        enum_rows(mem_printf("enumtypid = %u AND enumlabel = $x$%s$x$", type, label), &count);

    if (count > 0)
        *out = values[0];
    return count > 0;
}

static bool get_enum(Oid value, EnumValue *out)
{
    size_t count;
    EnumValue *values = enum_rows(mem_printf("oid = %u", value), &count);

    if (count > 0)
        *out = values[0];
    return count > 0;
}

static EnumValue *list_enum(Oid type, size_t *count)
{
    return enum_rows(mem_printf("enumtypid = %u", type), count);
}

static const char *schema_of(Oid type)
{
    Rows r = asked_rows(mem_printf("SELECT quote_ident(nspname) FROM pg_type t, pg_namespace n "
                                   "WHERE t.oid = %u AND n.oid = typnamespace "
                                   "AND NOT pg_type_is_visible(t.oid)",
                                   type));

    return r.rows == 0 ? NULL : rows_at(&r, 0, 0);
}

static Oid find_role(const char *name)
{
    Rows r =
        asked_rows(mem_printf("SELECT oid FROM pg_roles WHERE rolname = $text$%s$text$", name));

    return r.rows == 0 ? 0 : (Oid)strtoul(rows_at(&r, 0, 0), NULL, 10);
}

static const char *name_of_role(Oid role)
{
    Rows r = asked_rows(mem_printf("SELECT rolname FROM pg_roles WHERE oid = %u", role));

    return r.rows == 0 ? NULL : rows_at(&r, 0, 0);
}

void called_init(void)
{
    static const AclRoles roles = {find_role, name_of_role};

    static const EnumCatalog enums = {find_enum, get_enum, list_enum};

    enum_set_catalog(&enums);
    record_set_lookup(lookup_row);
    acl_set_roles(&roles);
    type_facts_set_lookup(lookup_type);
    type_name_set_schema(schema_of);
    builtin_bind(types_builtins, types_builtin_count);
    fmgr_set_expr_reader(&reader);
    quote_set_keyword(parser_keyword_category);
    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    collation_set_lookup(lookup_collation);
    collation_set_database(&(const CollationRow){.name = "default",
                                                 .provider = 'c',
                                                 .is_deterministic = true,
                                                 .collate = "C.UTF-8",
                                                 .ctype = "C.UTF-8"});
}

void called_set_style(const TestStyle *style)
{
    setting.DateStyle = style->date;
    setting.TimeZone = style->time_zone;
    setting.IntervalStyle = style->interval_number;
}

void called_set_time(void)
{
    txn_set_times(clock_now(), clock_now());
}

bool called_can(Oid function)
{
    const FmgrBuiltin *row = fmgr_find_builtin(function);

    return row != NULL && row->fn != NULL;
}

static Datum read_text(const TestType *type, const char *text)
{
    FmgrSite site;

    fmgr_site_init(&site, type->in, mem_current());
    return fmgr_call(&site, 0, 3,
                     (const Datum[]){datum_of_pointer(text), type->io_param, datum_of_i32(-1)});
}

static Datum read_binary(const TestType *type, const uint8_t *bytes, size_t len, int number)
{
    FmgrSite site;
    ByteReader r = byte_reader(bytes, len, "value");
    Datum d;

    fmgr_site_init(&site, type->recv, mem_current());
    d = fmgr_call(&site, 0, 3,
                  (const Datum[]){datum_of_pointer(&r), type->io_param, datum_of_i32(-1)});
    if (byte_reader_left(&r) > 0)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = err_fmt("incorrect binary data format in bind parameter %d", number));
    return d;
}

bool called_to_binary(const TestType *type, const char *text, const uint8_t **bytes, size_t *len)
{
    volatile bool is_made = false;

    if (!called_can(type->in) || !called_can(type->send) || !called_can(type->recv))
        return false;
    ERR_TRY() {
        FmgrSite site;
        const Datum value = read_text(type, text);
        const uint8_t *v;

        fmgr_site_init(&site, type->send, mem_current());
        v = datum_varlena(fmgr_call(&site, 0, 1, &value));
        *bytes = varlena_bytes(v);
        *len = varlena_len(v);
        is_made = true;
    }
    ERR_CATCH() {
    }
    ERR_END();
    return is_made;
}

/* A varlena with another header: functions must take them all. */
static Datum disguise(Datum d, Seed *seed)
{
    const uint8_t *v = datum_varlena(d);

    if (seed_below(seed, 2) == 0)
        return d;
    if (varlena_can_be_short(v)) {
        size_t len = varlena_len(v);
        /* At an odd place, as in a tuple. */
        uint8_t *copy = (uint8_t *)mem_alloc(len + 2) + 1;

        varlena_set_size_short(copy, len + VARLENA_SHORT_HEADER);
        memcpy(copy + 1, varlena_bytes(v), len);
        return datum_of_pointer(copy);
    }
    if (varlena_is_plain(v)) {
        uint8_t *packed = varlena_compress(v, TOAST_PGLZ);

        if (packed != NULL)
            return datum_of_pointer(packed);
    }
    return d;
}

static Datum read_value(const TestCall *call, int i, Seed *seed)
{
    const CallValue *v = &call->args[i];
    const TestType *type = call->shape->args[i];
    Datum d;

    d = v->is_binary ? read_binary(type, v->bytes, v->len, i + 1) : read_text(type, v->text);
    return type->len == -1 ? disguise(d, seed) : d;
}

/* All rows of a set, as an array. */
static Datum call_set(const Shape *s, FmgrCall *frame)
{
    const TestType *type = type_by_oid(s->result->element);
    const ArrayElement form = {
        .type = type->oid, .len = type->len, .by_value = type->by_value, .align = type->align};
    FmgrResultInfo info = {.allowed_modes = FMGR_SET_STEPS};
    Array rows; /* NullableDatum */
    Datum *values;
    bool *nulls;

    array_init(&rows, sizeof(NullableDatum));
    frame->result = &info;
    for (;;) {
        NullableDatum row = {.value = fmgr_invoke(frame)};

        row.is_null = frame->is_null;
        if (!row.is_null && info.step == FMGR_STEP_ROW)
            row.value = datum_copy(row.value, form.by_value, form.len);
        if (info.step != FMGR_STEP_ROW || rows.count == 100000)
            break;
        *(NullableDatum *)array_push(&rows) = row;
    }
    values = mem_new_array(Datum, rows.count + 1);
    nulls = mem_new_array(bool, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const NullableDatum *row = array_at(&rows, i);

        values[i] = row->value;
        nulls[i] = row->is_null;
    }
    return datum_of_pointer(array_make_list(&form, values, nulls, rows.count));
}

static void call_function(const TestCall *call, FmgrSite *site, FmgrCall *frame, Answer *out,
                          Datum *result)
{
    const Shape *s = call->shape;

    for (int i = 0; i < s->arg_count; i++) {
        if (s->is_strict && frame->args[i].is_null) {
            out->is_null = !s->is_set;
            if (s->is_set)
                *result = datum_of_pointer(array_make(&(ArrayElement){.type = s->result->element},
                                                      NULL, NULL, 0, NULL, NULL));
            return;
        }
    }
    site->expr = s;
    if (s->is_set) {
        *result = call_set(s, frame);
        return;
    }
    *result = fmgr_invoke(frame);
    out->is_null = frame->is_null;
}

static void write_result(const TestCall *call, Datum result, Answer *out)
{
    const TestType *type = call->shape->result;
    FmgrSite site;

    fmgr_site_init(&site, call->wants_binary ? type->send : type->out, mem_current());
    result = fmgr_call(&site, 0, 1, &result);
    if (call->wants_binary) {
        out->bytes = varlena_bytes(datum_varlena(result));
        out->len = varlena_len(datum_varlena(result));
    } else {
        out->bytes = datum_pointer(result);
        out->len = strlen(datum_pointer(result));
    }
}

static void answer(const TestCall *call, Seed *seed, Answer *out)
{
    const Shape *s = call->shape;
    FmgrSite site;
    Datum result = 0;
    FMGR_CALL_LOCAL(frame, SHAPE_ARGS_MAX);

    fmgr_call_init(frame, &site, (short)s->arg_count,
                   call->collation != 0 ? call->collation : s->collation);
    for (int i = 0; i < s->arg_count; i++) {
        const CallValue *v = &call->args[i];
        bool is_null = !v->is_binary && v->text == NULL;

        frame->args[i].is_null = is_null;
        frame->args[i].value = is_null ? 0 : read_value(call, i, seed);
    }
    if (s->function == 0) {
        result = frame->args[0].value;
        out->is_null = frame->args[0].is_null;
    } else {
        fmgr_site_init(&site, s->function, mem_current());
        call_function(call, &site, frame, out, &result);
    }
    if (!out->is_null)
        write_result(call, result, out);
}

Answer called_answer(const TestCall *call, Seed *seed)
{
    static Answer a; /* changed in the frame */

    a = (Answer){.is_error = false};
    ERR_TRY() {
        answer(call, seed, &a);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        a = (Answer){.is_error = true};
        snprintf(a.sqlstate, sizeof a.sqlstate, "%s", err_sqlstate_text(e->sqlstate));
        a.message = mem_strdup(e->message);
        a.detail = e->detail == NULL ? NULL : mem_strdup(e->detail);
        a.hint = e->hint == NULL ? NULL : mem_strdup(e->hint);
        a.context = e->context == NULL ? NULL : mem_strdup(e->context);
    }
    ERR_END();
    return a;
}
