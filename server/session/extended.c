/* extended.c - Parse, Bind, Describe, Execute and Close. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/title.h"
#include "server/net/net.h"
#include "server/session/session_int.h"

#define NULL_LENGTH    UINT32_MAX
#define WHAT_STATEMENT 'S'
#define WHAT_PORTAL    'P'

static void prepare_text(PreparedStatement *p);
static int16_t *get_formats(ByteReader *body, size_t *count);
static ParamValue *get_params(ByteReader *body, const char *portal, const PreparedStatement *p,
                              const int16_t *formats, size_t format_count);
static WireValue get_value(ByteReader *body, int format);
static const char *quote_param(const char *text);
static const char *describe_param(void *arg);
static void describe_statement(const char *name);
static void describe_portal(const char *name);
static void end_execute(const Portal *portal, const RunResult *result);

/* ---- Parse ---- */

void session_parse(ByteReader *body)
{
    const char *name = net_get_cstring(body);
    const char *text = net_get_cstring(body);
    unsigned count = net_get_u16(body);
    PreparedStatement *p;

    session_set_query(text);
    session_start_command();
    if (*name == '\0')
        prepared_close_unnamed();
    p = prepared_new(name);
    for (unsigned i = 0; i < count; i++)
        *(Oid *)array_push(&p->param_types) = net_get_u32(body);
    net_end_body(body);
    p->text = mem_strdup_in(p->mem, text);
    prepare_text(p);
    prepared_keep(p);
    session_advance_command();
    net_send_empty(MESSAGE_PARSE_COMPLETE);
    session_set_query("");
}

static void prepare_text(PreparedStatement *p)
{
    Array list;

    MEM_SCOPE(p->mem) {
        array_init(&list, sizeof(RawStatement));
        session.engine->parse(p->text, &list);
    }
    if (list.count > 1)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "cannot insert multiple commands into a prepared statement");
    p->is_empty = list.count == 0;
    if (p->is_empty)
        return;
    p->raw = *(const RawStatement *)list.items;
    session_check_block(&p->raw);
    check_interrupts();
    p->prepared = session.engine->prepare(&(PrepareRequest){
        .text = p->text, .raw = &p->raw, .param_types = &p->param_types, .mem = p->mem});
}

/* ---- Bind ---- */

void session_bind(ByteReader *body)
{
    const char *portal_name = net_get_cstring(body);
    const char *name = net_get_cstring(body);
    PreparedStatement *p = prepared_find_any(name);
    size_t format_count, result_format_count;
    size_t param_count;
    int16_t *formats, *result_formats;
    ParamValue *params;
    Portal *portal;

    session_set_query(p->text);
    session_start_command();
    formats = get_formats(body, &format_count);
    param_count = net_get_u16(body);
    if (format_count > 1 && format_count != param_count)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("bind message has %zu parameter formats but %zu parameters",
                                     format_count, param_count));
    if (param_count != p->param_types.count)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("bind message supplies %zu parameters, but prepared statement "
                                     "\"%s\" requires %zu",
                                     param_count, name, p->param_types.count));
    /* Values would have to be looked at, which a block that has failed does not do. */
    session_check_block(p->is_empty || param_count > 0 ? NULL : &p->raw);
    portal = portal_new(portal_name);
    MEM_SCOPE(portal->mem) {
        params = get_params(body, portal->name, p, formats, format_count);
    }
    result_formats = get_formats(body, &result_format_count);
    net_end_body(body);
    portal_open(portal, p, params, param_count, 0);
    portal_set_formats(portal, result_formats, result_format_count);
    net_send_empty(MESSAGE_BIND_COMPLETE);
    session_set_query("");
}

static int16_t *get_formats(ByteReader *body, size_t *count)
{
    int16_t *formats;

    *count = net_get_u16(body);
    formats = mem_new_array(int16_t, size_max(*count, 1));
    for (size_t i = 0; i < *count; i++)
        formats[i] = (int16_t)net_get_u16(body);
    return formats;
}

typedef struct ParamContext {
    const char *portal;
    size_t number;
    const char *text; /* NULL: not in the format of texts */
} ParamContext;

static ParamValue *get_params(ByteReader *body, const char *portal, const PreparedStatement *p,
                              const int16_t *formats, size_t format_count)
{
    size_t count = p->param_types.count;
    const Oid *types = p->param_types.items;
    ParamValue *params = mem_new_array(ParamValue, size_max(count, 1));
    ParamContext where = {.portal = portal};
    ErrContext context = {.describe = describe_param, .arg = &where};

    err_context_push(&context);
    for (size_t i = 0; i < count; i++) {
        int format = format_count == 0 ? FORMAT_TEXT : formats[format_count == 1 ? 0 : i];
        WireValue value;

        where.number = i + 1;
        where.text = NULL;
        value = get_value(body, format);
        value.place = "bind parameter";
        value.number = i + 1;
        if (format == FORMAT_TEXT)
            where.text = value.bytes;
        params[i].type = types[i];
        params[i].is_null = value.bytes == NULL;
        params[i].value = session.engine->read_value(types[i], &value);
    }
    err_context_pop(&context);
    return params;
}

/* Length and bytes; text in the server's encoding and with a NUL behind it. */
static WireValue get_value(ByteReader *body, int format)
{
    uint32_t len = net_get_u32(body);
    WireValue value = {.format = format};

    if (format != FORMAT_TEXT && format != FORMAT_BINARY)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unsupported format code: %d", format));
    if (len == NULL_LENGTH)
        return value;
    value.bytes = (const char *)net_get_bytes(body, len);
    value.len = len;
    if (format == FORMAT_TEXT) {
        const char *text = net_text_in(value.bytes, value.len, &value.len);

        value.bytes = mem_strndup(text, value.len);
    }
    return value;
}

/* As much of it as may be shown; the rest, or all, are three dots. */
static const char *quote_param(const char *text)
{
    int max = setting.log_parameter_max_length_on_error;
    size_t len = strlen(text);
    size_t shown = max < 0 ? len : encoding_clip(ENCODING_UTF8, text, len, (size_t)max);
    size_t used = 0;
    static char quoted[1024];

    quoted[used++] = '\'';
    for (size_t i = 0; i < shown && used < sizeof quoted - 8; i++) {
        if (text[i] == '\'')
            quoted[used++] = '\'';
        quoted[used++] = text[i];
    }
    snprintf(quoted + used, sizeof quoted - used, "%s'", shown < len ? "..." : "");
    return quoted;
}

static const char *describe_param(void *arg)
{
    const ParamContext *where = arg;

    const char *value = where->text == NULL ? "" : err_fmt(" = %s", quote_param(where->text));

    if (*where->portal == '\0')
        return err_fmt("unnamed portal parameter $%zu%s", where->number, value);
    return err_fmt("portal \"%s\" parameter $%zu%s", where->portal, where->number, value);
}

/* ---- Describe ---- */

void session_describe(ByteReader *body)
{
    int what = net_get_u8(body);
    const char *name = net_get_cstring(body);

    net_end_body(body);
    session_start_command();
    if (what == WHAT_STATEMENT)
        describe_statement(name);
    else if (what == WHAT_PORTAL)
        describe_portal(name);
    else
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid DESCRIBE message subtype %d", what));
}

static void describe_statement(const char *name)
{
    const PreparedStatement *p = prepared_find_any(name);
    const Oid *types = p->param_types.items;
    const TupleDesc *desc = p->is_empty ? NULL : session.engine->columns(p->prepared);

    /* Columns may need the catalogs, which a failed block does not read. */
    if (desc != NULL)
        session_check_block(NULL);
    net_begin(MESSAGE_PARAMETER_DESCRIPTION);
    net_put_u16((uint16_t)p->param_types.count);
    for (size_t i = 0; i < p->param_types.count; i++)
        net_put_u32(types[i]);
    net_end();
    if (desc == NULL)
        net_send_empty(MESSAGE_NO_DATA);
    else
        rows_send_description(p->prepared, desc, NULL);
}

static void describe_portal(const char *name)
{
    const Portal *portal = portal_find(name);

    if (portal->desc == NULL) {
        net_send_empty(MESSAGE_NO_DATA);
        return;
    }
    session_check_block(NULL);
    rows_send_description(portal->from->prepared, portal->desc, portal->formats);
}

/* ---- Execute ---- */

void session_execute(ByteReader *body)
{
    const char *name = net_get_cstring(body);
    int32_t max_rows = (int32_t)net_get_u32(body);
    Portal *portal;
    RunResult result;

    net_end_body(body);
    portal = portal_find(name);
    if (portal->is_empty) {
        net_send_empty(MESSAGE_EMPTY_QUERY_RESPONSE);
        return;
    }
    session_set_query(portal->text);
    title_set(portal->raw.tag);
    session_start_command();
    session_check_block(&portal->raw);
    check_interrupts();
    portal_run(portal, max_rows > 0 ? (uint64_t)max_rows : 0,
               rows_receiver(portal, false, session.message_mem), &result);
    end_execute(portal, &result);
    session_set_query("");
}

/* The portal may be gone when this is over: its transaction was ended by what it ran. */
static void end_execute(const Portal *portal, const RunResult *result)
{
    if (!result->is_done) {
        net_send_empty(MESSAGE_PORTAL_SUSPENDED);
        txn_note_pipeline();
        return;
    }
    if (portal->raw.is_transaction_control || txn_needs_immediate_commit()) {
        session_end_command();
    } else {
        session_advance_command();
        txn_note_pipeline();
    }
    rows_send_tag(result);
}

/* ---- Close ---- */

void session_close(ByteReader *body)
{
    int what = net_get_u8(body);
    const char *name = net_get_cstring(body);
    Portal *portal;

    net_end_body(body);
    if (what == WHAT_STATEMENT) {
        if (*name == '\0')
            prepared_close_unnamed();
        else
            (void)prepared_try_close(name);
    } else if (what == WHAT_PORTAL) {
        portal = portal_try_find(name);
        if (portal != NULL)
            portal_close(portal);
    } else {
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid CLOSE message subtype %d", what));
    }
    net_send_empty(MESSAGE_CLOSE_COMPLETE);
}
