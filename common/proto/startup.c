/* startup.c - parse the packets that come before the first message. */
#include "common/base/base.h"

#include "common/proto/startup.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define RESERVED_PREFIX "_pq_."

static void parse_cancel(ByteReader *r, size_t len, StartupPacket *out);
static void check_version(uint32_t version);
static void parse_pairs(ByteReader *r, StartupPacket *out);
static void take_pair(const char *name, const char *value, StartupPacket *out);
static StartupReplication parse_replication(const char *value);
static const char *cut_name(const char *name);

bool startup_length_is_fine(uint32_t length)
{
    return length >= 4 + STARTUP_BODY_MIN && length <= 4 + STARTUP_BODY_MAX;
}

void startup_parse(const void *body, size_t len, bool tls_is_done, bool gss_is_done,
                   StartupPacket *out)
{
    ByteReader r = byte_reader(body, len, "startup packet");

    *out = (StartupPacket){.user = "", .database = ""};
    array_init(&out->settings, sizeof(StartupSetting));
    array_init(&out->unknown_options, sizeof(const char *));
    out->version = byte_reader_be32(&r);
    if (out->version == STARTUP_CODE_CANCEL) {
        parse_cancel(&r, len, out);
    } else if (out->version == STARTUP_CODE_TLS && !tls_is_done) {
        out->kind = STARTUP_TLS;
    } else if (out->version == STARTUP_CODE_GSS && !gss_is_done) {
        out->kind = STARTUP_GSS;
    } else {
        check_version(out->version);
        parse_pairs(&r, out);
    }
}

bool startup_needs_negotiation(const StartupPacket *packet)
{
    return PROTO_MINOR(packet->version) > PROTO_MINOR(PROTO_LATEST) ||
           packet->unknown_options.count > 0;
}

char *startup_clean_ascii(const char *s)
{
    char *clean = mem_strdup(s);

    for (char *p = clean; *p != '\0'; p++)
        if (*p < 32 || *p > 126)
            *p = '?';
    return clean;
}

void startup_split_options(const char *options, Array *words)
{
    static const char blanks[] = " \t\n\v\f\r";

    for (;;) {
        StrBuf word;

        options += strspn(options, blanks);
        if (*options == '\0')
            return;
        strbuf_init(&word);
        for (; *options != '\0' && strchr(blanks, *options) == NULL; options++) {
            if (*options == '\\' && *++options == '\0')
                break;
            strbuf_add_char(&word, *options);
        }
        *(char **)array_push(words) = word.text;
    }
}

/* One of another length is dropped without a word, like all that deserves no answer. */
static void parse_cancel(ByteReader *r, size_t len, StartupPacket *out)
{
    out->kind = STARTUP_NONSENSE;
    if (len != STARTUP_CANCEL_BODY)
        return;
    out->kind = STARTUP_CANCEL;
    out->cancel_pid = (int)byte_reader_be32(r);
    out->cancel_key = byte_reader_be32(r);
}

static void check_version(uint32_t version)
{
    if (PROTO_MAJOR(version) != PROTO_MAJOR(PROTO_LATEST))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("unsupported frontend protocol %u.%u: server supports %u.0 to "
                              "%u.%u",
                              PROTO_MAJOR(version), PROTO_MINOR(version), PROTO_MAJOR(PROTO_LATEST),
                              PROTO_MAJOR(PROTO_LATEST), PROTO_MINOR(PROTO_LATEST)));
}

/* Pairs up to an empty name, which must be the last byte; a value that does not end ends it too. */
static void parse_pairs(ByteReader *r, StartupPacket *out)
{
    static const char terminator[] =
        "invalid startup packet layout: expected terminator as last byte";

    for (;;) {
        const char *name;

        if (byte_reader_left(r) == 0 || memchr(r->pos, '\0', byte_reader_left(r)) == NULL)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = terminator);
        name = byte_reader_cstring(r);
        if (*name == '\0')
            break;
        if (memchr(r->pos, '\0', byte_reader_left(r)) == NULL)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = terminator);
        take_pair(name, byte_reader_cstring(r), out);
    }
    if (byte_reader_left(r) != 0)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = terminator);
    if (out->database[0] == '\0')
        out->database = out->user;
    out->user = cut_name(out->user);
    out->database = out->replication == STARTUP_PHYSICAL ? "" : cut_name(out->database);
}

static void take_pair(const char *name, const char *value, StartupPacket *out)
{
    StartupSetting *setting;

    if (str_equal(name, "database")) {
        out->database = mem_strdup(value);
    } else if (str_equal(name, "user")) {
        out->user = mem_strdup(value);
    } else if (str_equal(name, "options")) {
        out->options = mem_strdup(value);
    } else if (str_equal(name, "replication")) {
        out->replication = parse_replication(value);
    } else if (str_starts_with(name, RESERVED_PREFIX)) {
        *(const char **)array_push(&out->unknown_options) = mem_strdup(name);
    } else {
        setting = array_push(&out->settings);
        setting->name = mem_strdup(name);
        setting->value =
            str_equal(name, "application_name") ? startup_clean_ascii(value) : mem_strdup(value);
    }
}

static StartupReplication parse_replication(const char *value)
{
    bool is_wanted;

    if (str_equal(value, "database"))
        return STARTUP_LOGICAL;
    if (!num_try_parse_bool(value, &is_wanted))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("invalid value for parameter \"%s\": \"%s\"", "replication", value),
                  .hint = "Valid values are: \"false\", 0, \"true\", 1, \"database\".");
    return is_wanted ? STARTUP_PHYSICAL : STARTUP_NO_REPLICATION;
}

static const char *cut_name(const char *name)
{
    return strlen(name) <= STARTUP_NAME_MAX ? name : mem_strndup(name, STARTUP_NAME_MAX);
}
