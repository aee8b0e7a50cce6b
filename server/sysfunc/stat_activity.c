/*
 * stat_activity.c - what processes are doing: rows for pg_stat_activity, pg_stat_progress_* and kin
 *
 * That a session is there, whose it is and what it calls itself all may see; the rest is for those
 * who have its role's rights, or those of pg_read_all_stats.
 */
#include "common/base/base.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/ipc/wait_event.h"
#include "server/object/role.h"
#include "server/stats/activity.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/txn/proc_array.h"
#include "server/types/database_text.h"
#include "server/types/numeric.h"

#define HIDDEN       "<insufficient privilege>"
#define FAMILY_INET  2 /* in an inet value */
#define FAMILY_INET6 3

typedef enum ActivityColumn {
    A_DATID,
    A_PID,
    A_USESYSID,
    A_APPLICATION,
    A_STATE,
    A_QUERY,
    A_WAIT_TYPE,
    A_WAIT_EVENT,
    A_XACT_START,
    A_QUERY_START,
    A_BACKEND_START,
    A_STATE_CHANGE,
    A_CLIENT_ADDR,
    A_CLIENT_HOSTNAME,
    A_CLIENT_PORT,
    A_BACKEND_XID,
    A_BACKEND_XMIN,
    A_BACKEND_TYPE,
    A_SSL,
    A_SSL_VERSION,
    A_SSL_CIPHER,
    A_SSL_BITS,
    A_SSL_CLIENT_DN,
    A_SSL_CLIENT_SERIAL,
    A_SSL_ISSUER_DN,
    A_GSS_AUTH,
    A_GSS_PRINCIPAL,
    A_GSS_ENC,
    A_LEADER_PID,
    A_QUERY_ID,
    A_COUNT,
} ActivityColumn;

static const SetColumn activity_columns[A_COUNT] = {
    [A_DATID] = {"datid", TYPE_OID},
    [A_PID] = {"pid", TYPE_INT4},
    [A_USESYSID] = {"usesysid", TYPE_OID},
    [A_APPLICATION] = {"application_name", TYPE_TEXT},
    [A_STATE] = {"state", TYPE_TEXT},
    [A_QUERY] = {"query", TYPE_TEXT},
    [A_WAIT_TYPE] = {"wait_event_type", TYPE_TEXT},
    [A_WAIT_EVENT] = {"wait_event", TYPE_TEXT},
    [A_XACT_START] = {"xact_start", TYPE_TIMESTAMPTZ},
    [A_QUERY_START] = {"query_start", TYPE_TIMESTAMPTZ},
    [A_BACKEND_START] = {"backend_start", TYPE_TIMESTAMPTZ},
    [A_STATE_CHANGE] = {"state_change", TYPE_TIMESTAMPTZ},
    [A_CLIENT_ADDR] = {"client_addr", TYPE_INET},
    [A_CLIENT_HOSTNAME] = {"client_hostname", TYPE_TEXT},
    [A_CLIENT_PORT] = {"client_port", TYPE_INT4},
    [A_BACKEND_XID] = {"backend_xid", TYPE_XID},
    [A_BACKEND_XMIN] = {"backend_xmin", TYPE_XID},
    [A_BACKEND_TYPE] = {"backend_type", TYPE_TEXT},
    [A_SSL] = {"ssl", TYPE_BOOL},
    [A_SSL_VERSION] = {"sslversion", TYPE_TEXT},
    [A_SSL_CIPHER] = {"sslcipher", TYPE_TEXT},
    [A_SSL_BITS] = {"sslbits", TYPE_INT4},
    [A_SSL_CLIENT_DN] = {"ssl_client_dn", TYPE_TEXT},
    [A_SSL_CLIENT_SERIAL] = {"ssl_client_serial", TYPE_NUMERIC},
    [A_SSL_ISSUER_DN] = {"ssl_issuer_dn", TYPE_TEXT},
    [A_GSS_AUTH] = {"gss_auth", TYPE_BOOL},
    [A_GSS_PRINCIPAL] = {"gss_princ", TYPE_TEXT},
    [A_GSS_ENC] = {"gss_enc", TYPE_BOOL},
    [A_LEADER_PID] = {"leader_pid", TYPE_INT4},
    [A_QUERY_ID] = {"query_id", TYPE_INT8},
};

/* A row that is being made; all is NULL at first. */
typedef struct RowMaking {
    Datum values[A_COUNT];
    bool nulls[A_COUNT];
} RowMaking;

static void put(RowMaking *m, ActivityColumn column, Datum value)
{
    m->values[column] = value;
    m->nulls[column] = false;
}

static void put_text(RowMaking *m, ActivityColumn column, const char *text)
{
    if (text != NULL && *text != '\0')
        put(m, column, value_of_text(text));
}

static void put_time(RowMaking *m, ActivityColumn column, PgTime time)
{
    if (time != 0)
        put(m, column, datum_of_i64(time));
}

static bool is_visible(const ActivityRow *row)
{
    Oid current = role_current();

    return role_has_rights_of(current, row->role) ||
           role_is_member(current, ROLE_READ_ALL_STATS);
}

static const char *state_text(ActivityState state)
{
    static const char *const texts[] = {
        [ACTIVITY_IDLE] = "idle",
        [ACTIVITY_ACTIVE] = "active",
        [ACTIVITY_IDLE_IN_TRANSACTION] = "idle in transaction",
        [ACTIVITY_FASTPATH] = "fastpath function call",
        [ACTIVITY_IDLE_IN_FAILED_TRANSACTION] = "idle in transaction (aborted)",
        [ACTIVITY_DISABLED] = "disabled",
    };

    return texts[state];
}

/* A text that was cut somewhere, up to its last whole character. */
static Datum query_value(const char *query)
{
    size_t len = strlen(query);

    len = encoding_clip(text_encoding(), query, len, len);
    return datum_of_pointer(varlena_new(query, len));
}

static uint32_t wait_event_of(const ActivityRow *row)
{
    return atomic_load(&proc_at(row->slot)->wait_event);
}

/* Of one machine alone. */
static bool address_value(const char *host, Datum *out)
{
    uint8_t bytes[2 + 16];
    size_t len;

    if (inet_pton(AF_INET, host, bytes + 2) == 1) {
        bytes[0] = FAMILY_INET;
        bytes[1] = 32;
        len = 2 + 4;
    } else if (inet_pton(AF_INET6, host, bytes + 2) == 1) {
        bytes[0] = FAMILY_INET6;
        bytes[1] = 128;
        len = 2 + 16;
    } else {
        return false;
    }
    *out = datum_of_pointer(varlena_new(bytes, len));
    return true;
}

static void fill_client(const ActivityRow *row, RowMaking *m)
{
    Datum address;

    if (!row->has_client)
        return;
    if (*row->host == '\0') {
        put(m, A_CLIENT_PORT, datum_of_i32(-1));
    } else if (address_value(row->host, &address)) {
        put(m, A_CLIENT_ADDR, address);
        put(m, A_CLIENT_PORT, datum_of_i32(row->port));
    }
}

static void fill_tls(const ActivityTls *tls, RowMaking *m)
{
    put(m, A_SSL, datum_of_bool(tls->is_on));
    if (!tls->is_on)
        return;
    put(m, A_SSL_VERSION, value_of_text(tls->version));
    put(m, A_SSL_CIPHER, value_of_text(tls->cipher));
    put(m, A_SSL_BITS, datum_of_i32(tls->bits));
    put_text(m, A_SSL_CLIENT_DN, tls->client_dn);
    if (*tls->serial != '\0')
        put(m, A_SSL_CLIENT_SERIAL, numeric_of_text(tls->serial));
    put_text(m, A_SSL_ISSUER_DN, tls->issuer);
}

static void fill_private(const ActivityRow *row, RowMaking *m)
{
    uint32_t event = wait_event_of(row);
    Xid xid, xmin;

    if (state_text(row->state) != NULL)
        put(m, A_STATE, value_of_text(state_text(row->state)));
    put(m, A_QUERY, query_value(row->query));
    put_text(m, A_WAIT_TYPE, wait_event_type(event));
    put_text(m, A_WAIT_EVENT, wait_event_name(event));
    put_time(m, A_XACT_START, row->transaction_at);
    put_time(m, A_QUERY_START, row->query_at);
    put_time(m, A_BACKEND_START, row->started_at);
    put_time(m, A_STATE_CHANGE, row->state_at);
    fill_client(row, m);
    proc_array_xids_of(row->slot, &xid, &xmin);
    if (xid != XID_NONE)
        put(m, A_BACKEND_XID, datum_of_u32(xid));
    if (xmin != XID_NONE)
        put(m, A_BACKEND_XMIN, datum_of_u32(xmin));
    put(m, A_BACKEND_TYPE, value_of_text(proc_kind_text(row->kind)));
    fill_tls(&row->tls, m);
    put(m, A_GSS_AUTH, datum_of_bool(false));
    put(m, A_GSS_ENC, datum_of_bool(false));
}

static Datum activity_value(const ActivityRow *row)
{
    RowMaking m;

    memset(m.values, 0, sizeof m.values);
    memset(m.nulls, true, sizeof m.nulls);
    if (row->database != 0)
        put(&m, A_DATID, datum_of_u32(row->database));
    put(&m, A_PID, datum_of_i32(row->pid));
    if (row->role != 0)
        put(&m, A_USESYSID, datum_of_u32(row->role));
    put(&m, A_APPLICATION, value_of_text(row->application));
    if (is_visible(row))
        fill_private(row, &m);
    else
        put(&m, A_QUERY, value_of_text(HIDDEN));
    return value_of_row(activity_columns, A_COUNT, m.values, m.nulls);
}

/* Where a set of rows is; the rows themselves stay until the transaction ends. */
typedef struct RowWalk {
    size_t next;
} RowWalk;

Datum pg_stat_get_activity(FmgrCall *call)
{
    RowWalk *walk = set_state(call);
    const ActivityRow *rows;
    size_t count;

    if (walk == NULL)
        walk = set_begin(call, sizeof *walk);
    rows = activity_fetch(&count);
    while (walk->next < count) {
        const ActivityRow *row = &rows[walk->next++];

        if (fmgr_arg_is_null(call, 0) || fmgr_i32(call, 0) == row->pid)
            return set_row(call, activity_value(row));
    }
    return set_end(call);
}

/* ---- Progress ---- */

static ProgressCommand command_of(const char *name)
{
    static const char *const names[] = {
        [PROGRESS_VACUUM] = "VACUUM",           [PROGRESS_ANALYZE] = "ANALYZE",
        [PROGRESS_CLUSTER] = "CLUSTER",         [PROGRESS_CREATE_INDEX] = "CREATE INDEX",
        [PROGRESS_BASE_BACKUP] = "BASEBACKUP",  [PROGRESS_COPY] = "COPY",
    };

    for (unsigned i = PROGRESS_VACUUM; i < ARRAY_LEN(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return (ProgressCommand)i;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("invalid command name: \"%s\"", name));
}

#define PROGRESS_COLUMNS (3 + PROGRESS_PARAMS)

static Datum progress_value(const ActivityRow *row)
{
    SetColumn columns[PROGRESS_COLUMNS] = {
        {"pid", TYPE_INT4}, {"datid", TYPE_OID}, {"relid", TYPE_OID}};
    Datum values[PROGRESS_COLUMNS] = {datum_of_i32(row->pid), datum_of_u32(row->database),
                                      datum_of_u32(row->command_target)};
    bool nulls[PROGRESS_COLUMNS] = {false};
    bool may_see = is_visible(row);

    nulls[2] = !may_see;
    for (unsigned i = 0; i < PROGRESS_PARAMS; i++) {
        columns[3 + i] = (SetColumn){mem_printf("param%u", i + 1), TYPE_INT8};
        values[3 + i] = datum_of_i64(row->params[i]);
        nulls[3 + i] = !may_see;
    }
    return value_of_row(columns, PROGRESS_COLUMNS, values, nulls);
}

Datum pg_stat_get_progress_info(FmgrCall *call)
{
    RowWalk *walk = set_state(call);
    ProgressCommand command = command_of(value_cstring(call, 0));
    const ActivityRow *rows;
    size_t count;

    if (walk == NULL)
        walk = set_begin(call, sizeof *walk);
    rows = activity_fetch(&count);
    while (walk->next < count) {
        const ActivityRow *row = &rows[walk->next++];

        if (row->command == command)
            return set_row(call, progress_value(row));
    }
    return set_end(call);
}

/* ---- Backends by their number among those that were fetched, from 1 ---- */

Datum pg_stat_get_backend_idset(FmgrCall *call)
{
    RowWalk *walk = set_state(call);
    size_t count;

    if (walk == NULL)
        walk = set_begin(call, sizeof *walk);
    activity_fetch(&count);
    if (walk->next == count)
        return set_end(call);
    return set_row(call, datum_of_i32((int32_t)++walk->next));
}

static const ActivityRow *backend_of(FmgrCall *call)
{
    int32_t id = fmgr_i32(call, 0);
    size_t count;
    const ActivityRow *rows = activity_fetch(&count);

    return id < 1 || (size_t)id > count ? NULL : &rows[id - 1];
}

static const ActivityRow *visible_backend_of(FmgrCall *call)
{
    const ActivityRow *row = backend_of(call);

    return row != NULL && is_visible(row) ? row : NULL;
}

static Datum time_or_null(FmgrCall *call, PgTime time)
{
    return time == 0 ? fmgr_null(call) : datum_of_i64(time);
}

Datum pg_stat_get_backend_pid(FmgrCall *call)
{
    const ActivityRow *row = backend_of(call);

    return row == NULL ? fmgr_null(call) : datum_of_i32(row->pid);
}

Datum pg_stat_get_backend_dbid(FmgrCall *call)
{
    const ActivityRow *row = backend_of(call);

    return row == NULL ? fmgr_null(call) : datum_of_u32(row->database);
}

Datum pg_stat_get_backend_userid(FmgrCall *call)
{
    const ActivityRow *row = backend_of(call);

    return row == NULL ? fmgr_null(call) : datum_of_u32(row->role);
}

/* What cannot be told is told in words, as where one looks at activity. */
Datum pg_stat_get_backend_activity(FmgrCall *call)
{
    const ActivityRow *row = backend_of(call);

    if (row == NULL)
        return value_of_text("<backend information not available>");
    if (!is_visible(row))
        return value_of_text(HIDDEN);
    return *row->query == '\0' ? value_of_text("<command string not enabled>")
                               : query_value(row->query);
}

static Datum wait_text(FmgrCall *call, const char *(*text)(uint32_t event))
{
    const ActivityRow *row = backend_of(call);
    const char *found;

    if (row == NULL)
        return value_of_text("<backend information not available>");
    if (!is_visible(row))
        return value_of_text(HIDDEN);
    found = text(wait_event_of(row));
    return found == NULL ? fmgr_null(call) : value_of_text(found);
}

Datum pg_stat_get_backend_wait_event_type(FmgrCall *call)
{
    return wait_text(call, wait_event_type);
}

Datum pg_stat_get_backend_wait_event(FmgrCall *call)
{
    return wait_text(call, wait_event_name);
}

Datum pg_stat_get_backend_activity_start(FmgrCall *call)
{
    const ActivityRow *row = visible_backend_of(call);

    return time_or_null(call, row == NULL ? 0 : row->query_at);
}

Datum pg_stat_get_backend_xact_start(FmgrCall *call)
{
    const ActivityRow *row = visible_backend_of(call);

    return time_or_null(call, row == NULL ? 0 : row->transaction_at);
}

Datum pg_stat_get_backend_start(FmgrCall *call)
{
    const ActivityRow *row = visible_backend_of(call);

    return time_or_null(call, row == NULL ? 0 : row->started_at);
}

Datum pg_stat_get_backend_client_addr(FmgrCall *call)
{
    const ActivityRow *row = visible_backend_of(call);
    Datum address;

    return row != NULL && row->has_client && address_value(row->host, &address) ? address
                                                                                : fmgr_null(call);
}

Datum pg_stat_get_backend_client_port(FmgrCall *call)
{
    const ActivityRow *row = visible_backend_of(call);

    if (row == NULL || !row->has_client)
        return fmgr_null(call);
    return datum_of_i32(*row->host == '\0' ? -1 : row->port);
}
