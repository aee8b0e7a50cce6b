/*
 * wire_play.c - plays a script of messages to a server, and prints what comes back, line by line
 *
 *     wire_play SOCKET <SCRIPT
 *
 * A line of the script is a message, its fields with | between; \xHH stands for a byte.
 *
 *     start user=u|database=d      the start-up packet
 *     Q text                       a query, as p and f have a text, and d bytes
 *     P name|text|oids             D S|name, C S|name, E portal|rows
 *     B portal|statement|formats|values|formats
 *     F oid|formats|values|format
 *     H    S    X    c             without a body
 *     I mechanism|text             the first SASL answer; R text: a later one
 *     raw HEX                      bytes as they are
 *     wait                         read and print up to ReadyForQuery, or the end
 *     some N                       read and print N messages
 *     cancel                       by the key of the connection, on another one
 *     again                        close and connect anew
 *     finish                       send no more, but read on
 *
 * Lists are separated by commas, \N is NULL. Printed are types and contents; of reports the
 * severity, SQLSTATE, message, detail, hint, position and context; keys and values that must
 * differ between servers are left out.
 */
#include "common/base/base.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/message.h"
#include "common/proto/startup.h"
#include "common/text/hex.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define PATIENCE_MS 5000

static struct {
    const char *path;
    int fd;
    uint32_t pid, key;
    StrBuf out; /* to be sent at the next wait */
    uint8_t in[1 << 20];
    size_t in_pos, in_end;
    bool is_greeted;
    Array parameters; /* names of ParameterStatus before the first ReadyForQuery */
} wire;

/* ---- Bytes ---- */

static void connect_server(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s", wire.path);
    wire.fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(wire.fd, (struct sockaddr *)&address, sizeof address) != 0)
        err_raise(SQLSTATE_UNABLE_TO_CONNECT,
                  .message = err_fmt("cannot connect to %s", wire.path));
    wire.in_pos = wire.in_end = 0;
    wire.is_greeted = false;
    array_clear(&wire.parameters);
}

static void send_all(void)
{
    for (size_t done = 0; done < wire.out.len;) {
        ssize_t n = send(wire.fd, wire.out.text + done, wire.out.len - done, MSG_NOSIGNAL);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    strbuf_clear(&wire.out);
}

/* False at the end, or when nothing came for too long. */
static bool fill(void)
{
    struct pollfd wait = {.fd = wire.fd, .events = POLLIN};
    ssize_t n;

    if (wire.in_pos > 0) {
        memmove(wire.in, wire.in + wire.in_pos, wire.in_end - wire.in_pos);
        wire.in_end -= wire.in_pos;
        wire.in_pos = 0;
    }
    if (poll(&wait, 1, PATIENCE_MS) <= 0) {
        printf("(nothing came)\n");
        return false;
    }
    n = read(wire.fd, wire.in + wire.in_end, sizeof wire.in - wire.in_end);
    if (n <= 0)
        return false;
    wire.in_end += (size_t)n;
    return true;
}

static void put_be16(StrBuf *b, unsigned v)
{
    uint8_t bytes[2];

    store_be16(bytes, (uint16_t)v);
    strbuf_add_bytes(b, bytes, 2);
}

static void put_be32(StrBuf *b, uint32_t v)
{
    uint8_t bytes[4];

    store_be32(bytes, v);
    strbuf_add_bytes(b, bytes, 4);
}

/* ---- What the script says ---- */

/* Text with \xHH made a byte; returns its length. */
static size_t unescape(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] == 'x' && hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0) {
            *to++ = (char)(hex_digit(at[2]) << 4 | hex_digit(at[3]));
            at += 3;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

static void put_string(StrBuf *b, const char **fields)
{
    char *field = str_split(fields, '|');

    if (field == NULL)
        field = mem_strdup("");
    strbuf_add_bytes(b, field, unescape(field));
    strbuf_add_char(b, '\0');
}

/* "1,0" as a count and int16s (width 2) or int32s. */
static void put_numbers(StrBuf *b, const char **fields, int width)
{
    const char *list = str_split(fields, '|');
    StrBuf numbers;
    unsigned count = 0;
    char *number;

    strbuf_init(&numbers);
    if (list != NULL && *list == '\0')
        list = NULL;
    while ((number = str_split(&list, ',')) != NULL) {
        if (width == 2)
            put_be16(&numbers, (unsigned)strtoul(number, NULL, 10));
        else
            put_be32(&numbers, (uint32_t)strtoul(number, NULL, 10));
        count++;
    }
    put_be16(b, count);
    strbuf_add_bytes(b, numbers.text, numbers.len);
}

static void put_values(StrBuf *b, const char **fields)
{
    const char *list = str_split(fields, '|');
    StrBuf values;
    unsigned count = 0;
    char *value;

    strbuf_init(&values);
    if (list != NULL && *list == '\0')
        list = NULL;
    while ((value = str_split(&list, ',')) != NULL) {
        count++;
        if (str_equal(value, "\\N")) {
            put_be32(&values, UINT32_MAX);
            continue;
        }
        {
            size_t len = unescape(value);

            put_be32(&values, (uint32_t)len);
            strbuf_add_bytes(&values, value, len);
        }
    }
    put_be16(b, count);
    strbuf_add_bytes(b, values.text, values.len);
}

static void put_number(StrBuf *b, const char **fields, int width)
{
    const char *field = str_split(fields, '|');
    uint32_t n = field == NULL ? 0 : (uint32_t)strtol(field, NULL, 10);

    if (width == 2)
        put_be16(b, n);
    else
        put_be32(b, n);
}

static void put_kind(StrBuf *b, const char **fields)
{
    const char *field = str_split(fields, '|');

    strbuf_add_char(b, field == NULL ? '?' : field[0]);
    put_string(b, fields);
}

static void put_message(char type, const char *rest)
{
    const char *fields = rest;
    StrBuf body;
    char *text;

    strbuf_init(&body);
    switch (type) {
    case 'Q':
    case 'f':
    case 'p':
        text = mem_strdup(rest);
        strbuf_add_bytes(&body, text, unescape(text));
        strbuf_add_char(&body, '\0');
        break;
    case 'd':
    case 'R':
        text = mem_strdup(rest);
        strbuf_add_bytes(&body, text, unescape(text));
        break;
    case 'P':
        put_string(&body, &fields);
        put_string(&body, &fields);
        put_numbers(&body, &fields, 4);
        break;
    case 'B':
        put_string(&body, &fields);
        put_string(&body, &fields);
        put_numbers(&body, &fields, 2);
        put_values(&body, &fields);
        put_numbers(&body, &fields, 2);
        break;
    case 'D':
    case 'C':
        put_kind(&body, &fields);
        break;
    case 'E':
        put_string(&body, &fields);
        put_number(&body, &fields, 4);
        break;
    case 'I':
        put_string(&body, &fields);
        text = mem_strdup(fields == NULL ? "" : fields);
        put_be32(&body, fields == NULL ? UINT32_MAX : (uint32_t)unescape(text));
        strbuf_add(&body, text);
        break;
    case 'F':
        put_number(&body, &fields, 4);
        put_numbers(&body, &fields, 2);
        put_values(&body, &fields);
        put_number(&body, &fields, 2);
        break;
    default:
        break;
    }
    strbuf_add_char(&wire.out, type == 'I' || type == 'R' ? MESSAGE_PASSWORD : type);
    put_be32(&wire.out, (uint32_t)body.len + 4);
    strbuf_add_bytes(&wire.out, body.text, body.len);
}

static void put_startup(const char *rest)
{
    StrBuf body;
    char *pair;

    strbuf_init(&body);
    while ((pair = str_split(&rest, '|')) != NULL) {
        size_t name_len = strcspn(pair, "=");

        strbuf_add_bytes(&body, pair, name_len);
        strbuf_add_char(&body, '\0');
        strbuf_add(&body, pair + name_len + 1);
        strbuf_add_char(&body, '\0');
    }
    strbuf_add_char(&body, '\0');
    put_be32(&wire.out, (uint32_t)body.len + 8);
    put_be32(&wire.out, PROTO_LATEST);
    strbuf_add_bytes(&wire.out, body.text, body.len);
}

static void put_raw(const char *hex)
{
    size_t len = strlen(hex) / 2;
    uint8_t *bytes = mem_alloc(len + 1);

    if (!hex_try_read(hex, bytes, len))
        err_raise(SQLSTATE_USAGE, .message = err_fmt("no hexadecimal digits: %s", hex));
    strbuf_add_bytes(&wire.out, bytes, len);
}

/* ---- What the server says ---- */

static void print_bytes(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] >= 0x20 && bytes[i] < 0x7F && bytes[i] != '\\')
            putchar(bytes[i]);
        else
            printf("\\x%02x", bytes[i]);
}

static void print_string(ByteReader *r)
{
    const char *s = byte_reader_cstring(r);

    print_bytes((const uint8_t *)s, strlen(s));
}

/* File, line and routine are each server's own. */
static void print_report(ByteReader *r)
{
    uint8_t field;

    while ((field = byte_reader_u8(r)) != 0) {
        if (strchr("FLR", field) != NULL) {
            (void)byte_reader_cstring(r);
            continue;
        }
        printf(" %c=", field);
        print_string(r);
    }
}

static void print_columns(ByteReader *r)
{
    unsigned count = byte_reader_be16(r);

    printf(" %u", count);
    while (count-- > 0) {
        printf(" [");
        print_string(r);
        printf(" table %u", byte_reader_be32(r));
        printf(" column %u", byte_reader_be16(r));
        printf(" type %u", byte_reader_be32(r));
        printf(" len %d", (int16_t)byte_reader_be16(r));
        printf(" mod %d", (int32_t)byte_reader_be32(r));
        printf(" format %u]", byte_reader_be16(r));
    }
}

static void print_row(ByteReader *r)
{
    unsigned count = byte_reader_be16(r);

    while (count-- > 0) {
        uint32_t len = byte_reader_be32(r);

        printf(" [");
        if (len == UINT32_MAX)
            printf("NULL");
        else
            print_bytes(byte_reader_take(r, len), len);
        printf("]");
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The order of those at the beginning is free, and their values are the server's. */
static void print_parameter(ByteReader *r)
{
    if (!wire.is_greeted) {
        *(const char **)array_push(&wire.parameters) = mem_strdup(byte_reader_cstring(r));
        (void)byte_reader_cstring(r);
        return;
    }
    printf("S ");
    print_string(r);
    printf("=");
    print_string(r);
    printf("\n");
}

static void print_greeting(void)
{
    if (wire.is_greeted)
        return;
    array_sort(&wire.parameters, compare_names);
    printf("S");
    array_foreach(const char *, name, &wire.parameters)
        printf(" %s", *name);
    printf("\n");
    wire.is_greeted = true;
}

/* Salts of md5 and nonces are random; the salt of a SCRAM verifier is not. */
static void print_authentication(ByteReader *r)
{
    uint32_t code = byte_reader_be32(r);
    size_t len = byte_reader_left(r);
    const uint8_t *salt = memmem(r->pos, len, ",s=", 3);

    printf(" %u ", code);
    if (code == AUTH_CODE_MD5 || code == AUTH_CODE_SASL_FINAL)
        printf("(%zu bytes)", len);
    else if (code == AUTH_CODE_SASL_CONTINUE && salt != NULL)
        printf("(%zu bytes) %.*s", len, (int)(r->end - salt), (const char *)salt);
    else
        print_bytes(r->pos, len);
}

static void print_message(char type, ByteReader *r)
{
    if (type == MESSAGE_PARAMETER_STATUS) {
        print_parameter(r);
        return;
    }
    if (type == MESSAGE_BACKEND_KEY_DATA) {
        wire.pid = byte_reader_be32(r);
        wire.key = byte_reader_be32(r);
        print_greeting();
        printf("K\n");
        return;
    }
    printf("%c", type);
    switch (type) {
    case MESSAGE_ERROR_RESPONSE:
    case MESSAGE_NOTICE_RESPONSE:
        print_report(r);
        break;
    case MESSAGE_ROW_DESCRIPTION:
        print_columns(r);
        break;
    case MESSAGE_DATA_ROW:
        print_row(r);
        break;
    case MESSAGE_AUTHENTICATION:
        print_authentication(r);
        break;
    default:
        putchar(' ');
        print_bytes(r->pos, byte_reader_left(r));
    }
    printf("\n");
}

/* The type; 0 at the end of the connection. */
static char read_message(void)
{
    ByteReader r;
    size_t len;
    char type;

    while (wire.in_end - wire.in_pos < 5)
        if (!fill())
            return 0;
    len = load_be32(wire.in + wire.in_pos + 1);
    while (wire.in_end - wire.in_pos < len + 1)
        if (!fill())
            return 0;
    type = (char)wire.in[wire.in_pos];
    r = byte_reader(wire.in + wire.in_pos + 5, len - 4, "message");
    wire.in_pos += len + 1;
    print_message(type, &r);
    return type;
}

static void wait_ready(void)
{
    char type;

    send_all();
    do
        type = read_message();
    while (type != 0 && type != MESSAGE_READY_FOR_QUERY);
    if (type == 0)
        printf("(end)\n");
}

static void wait_some(const char *count)
{
    send_all();
    for (long n = strtol(count, NULL, 10); n > 0; n--)
        if (read_message() == 0) {
            printf("(end)\n");
            return;
        }
}

/* Bytes that are no messages, as answers to requests for TLS. */
static void wait_bytes(const char *count)
{
    size_t wanted = (size_t)strtol(count, NULL, 10);

    send_all();
    while (wire.in_end - wire.in_pos < wanted && fill())
        continue;
    wanted = size_min(wanted, wire.in_end - wire.in_pos);
    printf("bytes ");
    print_bytes(wire.in + wire.in_pos, wanted);
    printf("\n");
    wire.in_pos += wanted;
}

static void finish(void)
{
    send_all();
    shutdown(wire.fd, SHUT_WR);
}

static void cancel(void)
{
    int fd = wire.fd;
    size_t pos = wire.in_pos, end = wire.in_end;
    bool is_greeted = wire.is_greeted;
    uint8_t byte;

    send_all();
    usleep(200000); /* until the statement runs */
    connect_server();
    put_be32(&wire.out, 16);
    put_be32(&wire.out, STARTUP_CODE_CANCEL);
    put_be32(&wire.out, wire.pid);
    put_be32(&wire.out, wire.key);
    send_all();
    printf("cancel %zd\n", read(wire.fd, &byte, 1));
    close(wire.fd);
    wire.fd = fd;
    wire.in_pos = pos;
    wire.in_end = end;
    wire.is_greeted = is_greeted;
}

static void play_line(char *line)
{
    size_t word_len = strcspn(line, " ");
    char *word = mem_strndup(line, word_len);
    char *rest = line[word_len] == '\0' ? line + word_len : line + word_len + 1;

    printf("> %s\n", line);
    if (str_equal(word, "start"))
        put_startup(rest);
    else if (str_equal(word, "raw"))
        put_raw(rest);
    else if (str_equal(word, "wait"))
        wait_ready();
    else if (str_equal(word, "some"))
        wait_some(rest);
    else if (str_equal(word, "bytes"))
        wait_bytes(rest);
    else if (str_equal(word, "cancel"))
        cancel();
    else if (str_equal(word, "finish"))
        finish();
    else if (str_equal(word, "again")) {
        close(wire.fd);
        connect_server();
    } else if (word_len == 1)
        put_message(word[0], rest);
    else
        err_raise(SQLSTATE_USAGE, .message = err_fmt("unknown word \"%s\"", word));
}

int main(int argc, char **argv)
{
    char line[65536];

    err_set_program("wire_play");
    if (argc != 2)
        return 2;
    wire.path = argv[1];
    strbuf_init(&wire.out);
    array_init(&wire.parameters, sizeof(char *));
    connect_server();
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            play_line(line);
        fflush(stdout);
    }
    close(wire.fd);
    return 0;
}
