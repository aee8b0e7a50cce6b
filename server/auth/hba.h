/*
 * hba.h - pg_hba.conf: which connections are let in, and how they prove who they are
 *
 * A rule is a line of the file: the kind of connection, databases, users, an address (not for local
 * ones), a method and its options. The first rule that matches a connection decides; where none
 * does, the connection is refused.
 *
 * Source: PostgreSQL 15 manual, "The pg_hba.conf File"; messages as observed.
 */
#ifndef AUTH_HBA_H
#define AUTH_HBA_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/address.h"
#include "server/auth/auth_file.h"

typedef enum HbaConn {
    HBA_LOCAL,
    HBA_HOST,
    HBA_HOSTSSL,
    HBA_HOSTNOSSL,
    HBA_HOSTGSSENC,
    HBA_HOSTNOGSSENC,
} HbaConn;

typedef enum HbaMethod {
#define ROW(method, text, is_built) HBA_##method,
#include "server/auth/hba_method.def"
#undef ROW
} HbaMethod;

typedef enum HbaAddressKind {
    HBA_ADDRESS_NONE, /* local */
    HBA_ADDRESS_ALL,
    HBA_ADDRESS_NET,      /* address and mask */
    HBA_ADDRESS_NAME,     /* a host's name, or a domain that begins with a dot */
    HBA_ADDRESS_SAMEHOST, /* any of this machine's addresses */
    HBA_ADDRESS_SAMENET,  /* any of this machine's nets */
} HbaAddressKind;

typedef enum HbaClientCert { HBA_CERT_OFF, HBA_CERT_CA, HBA_CERT_FULL } HbaClientCert;

typedef struct HbaRule {
    int line;
    const char *file, *text; /* the line as it stands there */
    HbaConn conn;
    Array databases; /* AuthWord */
    Array users;     /* AuthWord */
    HbaAddressKind address_kind;
    OsAddress address, mask;
    const char *host; /* of HBA_ADDRESS_NAME */
    HbaMethod method;
    const char *map;           /* of pg_ident.conf; NULL: none */
    HbaClientCert client_cert; /* what a certificate must have */
    bool is_cert_by_dn;        /* clientname=DN: the whole name, not CN */
    const char *error;         /* what pg_hba_file_rules says; NULL: none */
    bool is_valid;             /* false: the rest is of no use but line and error */
} HbaRule;

/* A connection that asks to be let in. */
typedef struct HbaClient {
    bool is_local; /* over a Unix socket */
    bool is_tls;
    bool is_physical_replication; /* a WAL sender without a database */
    OsAddress address;            /* not when local */
    const char *database, *user;
    const char *host; /* name of the address; NULL: not asked for yet. Set by hba_match() */
} HbaClient;

/* ---- The file ---- */

/*
 * Fill rules (HbaRule), made by this call, in the current context, with what the file says, wrong
 * lines too: each is logged at level. False when there is a mistake, or no rule (F0000 is logged).
 */
bool hba_read_file(const char *path, ErrLevel level, Array *rules);

/* As above, from text. */
bool hba_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *rules);

/*
 * Take the rules of setting.hba_file over, into a context below parent; false when the file is
 * wrong, and the rules stay as they were.
 */
bool hba_load(MemContext *parent);

/* ---- Matching ---- */

/* Is user a member of role, but for what superusers are by right? Set by who can read roles. */
void hba_set_roles(bool (*is_member)(const char *user, const char *role));

/* The first rule for client; NULL when there is none, which refuses. */
const HbaRule *hba_match(HbaClient *client);

/* As above, among other rules. */
const HbaRule *hba_match_rules(const Array *rules, HbaClient *client);

/* End the process (28000) for a client that no rule, or one with reject, is for. */
_Noreturn void hba_refuse(const HbaClient *client, const HbaRule *rule);

/* Fill options (char *: "name=value"), made by this call, as pg_hba_file_rules shows them. */
void hba_list_options(const HbaRule *rule, Array *options);

/* The word of a method, and of a kind of connection, in the file. */
const char *hba_method_text(HbaMethod method);
const char *hba_conn_text(HbaConn conn);

#endif
