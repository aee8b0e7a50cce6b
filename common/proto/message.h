/*
 * message.h - the frontend/backend protocol as data: letters, limits, codes, fields of reports
 *
 * A message is its letter, the length of what follows in four bytes (counting themselves), and a
 * body; integers are big-endian. The packets before the first message are in startup.h.
 */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include "common/base/base.h"

/* MESSAGE_<name>; letters mean different things from each side, so that values repeat. */
typedef enum MessageType {
#define ROW(name, letter, sender, limit) MESSAGE_##name = letter,
#include "common/proto/message.def"
#undef ROW
} MessageType;

#define MESSAGE_SMALL_MAX 10000
#define MESSAGE_LARGE_MAX 0x3FFFFFFE
#define MESSAGE_NONE_MAX  0

typedef enum MessageSender { MESSAGE_BY_CLIENT, MESSAGE_BY_SERVER, MESSAGE_BY_BOTH } MessageSender;

/*
 * The most that the length field of a client's message may say; 0 when no client sends such a
 * letter.
 */
size_t message_client_max(int letter);

/* The name for people, as "Query"; NULL when that side sends no such letter. */
const char *message_name(MessageSender sender, int letter);

/* The code that begins the body of AUTHENTICATION. */
typedef enum AuthCode {
    AUTH_CODE_OK = 0,
    AUTH_CODE_CLEAR_TEXT = 3,
    AUTH_CODE_MD5 = 5,
    AUTH_CODE_GSS = 7,
    AUTH_CODE_GSS_CONTINUE = 8,
    AUTH_CODE_SSPI = 9,
    AUTH_CODE_SASL = 10,
    AUTH_CODE_SASL_CONTINUE = 11,
    AUTH_CODE_SASL_FINAL = 12,
} AuthCode;

/* Fields of ERROR_RESPONSE and NOTICE_RESPONSE, in the order in which they are sent. */
typedef enum ReportField {
    REPORT_SEVERITY_LOCAL = 'S',
    REPORT_SEVERITY = 'V',
    REPORT_SQLSTATE = 'C',
    REPORT_MESSAGE = 'M',
    REPORT_DETAIL = 'D',
    REPORT_HINT = 'H',
    REPORT_POSITION = 'P',
    REPORT_INTERNAL_POSITION = 'p',
    REPORT_INTERNAL_QUERY = 'q',
    REPORT_CONTEXT = 'W',
    REPORT_SCHEMA = 's',
    REPORT_TABLE = 't',
    REPORT_COLUMN = 'c',
    REPORT_DATA_TYPE = 'd',
    REPORT_CONSTRAINT = 'n',
    REPORT_FILE = 'F',
    REPORT_LINE = 'L',
    REPORT_ROUTINE = 'R',
} ReportField;

#endif
