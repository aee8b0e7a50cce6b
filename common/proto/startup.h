/*
 * startup.h - what comes before the first message: start-up, cancel, requests for TLS and GSS
 *
 * Such a packet is a length of four bytes (counting themselves), a version or request code, and for
 * a start-up pairs of strings, name and value, ended by an empty name.
 *
 * Source: PostgreSQL 15 manual, "Message Formats"; errors as observed on a server.
 */
#ifndef PROTO_STARTUP_H
#define PROTO_STARTUP_H

#include "common/base/base.h"

#include "common/ds/array.h"

#define PROTO_VERSION(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))
#define PROTO_MAJOR(version)        ((version) >> 16)
#define PROTO_MINOR(version)        ((version)&0xFFFF)
#define PROTO_LATEST                PROTO_VERSION(3, 0)

#define STARTUP_CODE_CANCEL         PROTO_VERSION(1234, 5678)
#define STARTUP_CODE_TLS            PROTO_VERSION(1234, 5679)
#define STARTUP_CODE_GSS            PROTO_VERSION(1234, 5680)

#define STARTUP_BODY_MIN            4 /* bytes behind the length field */
#define STARTUP_BODY_MAX            10000
#define STARTUP_CANCEL_BODY         12 /* of a cancel request: code, process, key */
#define STARTUP_NAME_MAX            63 /* bytes of user and database that count */

typedef enum StartupKind {
    STARTUP_SESSION,
    STARTUP_CANCEL,
    STARTUP_TLS,
    STARTUP_GSS,
    STARTUP_NONSENSE, /* deserves no answer */
} StartupKind;

typedef enum StartupReplication {
    STARTUP_NO_REPLICATION,
    STARTUP_PHYSICAL,
    STARTUP_LOGICAL, /* replication=database */
} StartupReplication;

typedef struct StartupSetting {
    const char *name, *value;
} StartupSetting;

/* Strings belong to the context that was current when it was parsed. */
typedef struct StartupPacket {
    StartupKind kind;
    uint32_t version;
    int cancel_pid;
    uint32_t cancel_key;
    const char *user;     /* "": not given */
    const char *database; /* "": none, as for physical replication; else that of the user */
    const char *options;  /* NULL: none */
    StartupReplication replication;
    Array settings;        /* StartupSetting: all other names, in their order */
    Array unknown_options; /* const char *: names _pq_.x, of which we know none */
} StartupPacket;

/* Does what the length field says make a packet to be read? */
bool startup_length_is_fine(uint32_t length);

/*
 * Read the body, what follows the length field. tls_is_done and gss_is_done say that such a request
 * was answered before; another is taken for a version then, as every foreign number. out->version
 * is set before anything is raised: 0A000 for a version that we do not speak, 08P01, 22023.
 */
void startup_parse(const void *body, size_t len, bool tls_is_done, bool gss_is_done,
                   StartupPacket *out);

/* Must the client be told which version we speak, and which options we do not know? */
bool startup_needs_negotiation(const StartupPacket *packet);

/* s with ? for each byte that is not printable ASCII: application_name and cluster_name. */
char *startup_clean_ascii(const char *s);

/* The words of the parameter "options": split at blanks, a backslash keeps what follows it. */
void startup_split_options(const char *options, Array *words /* char * */);

#endif
