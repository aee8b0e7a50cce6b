/*
 * function_call.c - FunctionCall: one function, called by the protocol's own message
 *
 * Old, but large objects of libpq use it still.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/net/net.h"
#include "server/session/session_int.h"

#define NULL_LENGTH UINT32_MAX

static int require_format(int format);
static int format_of(const uint16_t *formats, size_t count, size_t i);

void session_function_call(ByteReader *body)
{
    EngineCall call;
    WireValue *args;
    uint16_t *formats;
    size_t format_count;

    session_start_command();
    session_check_block(NULL);
    call.function = net_get_u32(body);
    format_count = net_get_u16(body);
    formats = mem_new_array(uint16_t, size_max(format_count, 1));
    for (size_t i = 0; i < format_count; i++)
        formats[i] = net_get_u16(body);
    call.arg_count = net_get_u16(body);
    if (format_count > 1 && format_count != call.arg_count)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("function call message contains %zu argument formats but %zu "
                                     "arguments",
                                     format_count, call.arg_count));
    args = mem_new_array(WireValue, size_max(call.arg_count, 1));
    for (size_t i = 0; i < call.arg_count; i++) {
        uint32_t len = net_get_u32(body);

        args[i].format = format_of(formats, format_count, i);
        args[i].place = "function argument";
        args[i].number = i + 1;
        if (len == NULL_LENGTH)
            continue;
        args[i].bytes = (const char *)net_get_bytes(body, len);
        args[i].len = len;
        if (args[i].format == FORMAT_TEXT) {
            const char *text = net_text_in(args[i].bytes, len, &args[i].len);

            args[i].bytes = mem_strndup(text, args[i].len);
        }
    }
    call.args = args;
    call.result_format = require_format(net_get_u16(body));
    net_end_body(body);
    check_interrupts();
    net_begin(MESSAGE_FUNCTION_CALL_RESPONSE);
    session.engine->call(&call);
    net_end();
    session_end_command();
}

static int format_of(const uint16_t *formats, size_t count, size_t i)
{
    return require_format(count == 0 ? FORMAT_TEXT : formats[count == 1 ? 0 : i]);
}

static int require_format(int format)
{
    if (format != FORMAT_TEXT && format != FORMAT_BINARY)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unsupported format code: %d", format));
    return format;
}
