/* snapshot_export.c - snapshots as files of pg_snapshots; snapshot_export.h says what for. */
#include "common/base/base.h"

#include "server/txn/snapshot_export.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

#define FOLDER        "pg_snapshots"
#define FILE_MAX      MIB(16)
#define ID_CHARACTERS "0123456789ABCDEF-"

/* By this transaction. */
static struct {
    VirtualXid by;
    unsigned count;
} exported;

static char *name_of(unsigned number)
{
    return mem_printf("%08X-%08X-%u", (unsigned)exported.by.slot + 1, exported.by.local, number);
}

/* ---- Export ---- */

static void add_xids(StrBuf *out, const char *label, const Xid *xids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        strbuf_add_fmt(out, "%s:%u\n", label, xids[i]);
}

/* Our own transaction runs for all others, though not for us. */
static void add_running(StrBuf *out, const Snapshot *s)
{
    Xid own = txn_top_xid_if_any();
    bool adds_own = own != XID_NONE && xid_precedes(own, s->xmax);

    strbuf_add_fmt(out, "xcnt:%u\n", s->xid_count + adds_own);
    add_xids(out, "xip", s->xids, s->xid_count);
    if (adds_own)
        strbuf_add_fmt(out, "xip:%u\n", own);
    /* Subtransactions of our own are not listed: whoever reads them goes by way of subtrans. */
    strbuf_add(out, s->is_overflowed || adds_own ? "sof:1\n" : "sof:0\n");
    if (!s->is_overflowed && !adds_own) {
        strbuf_add_fmt(out, "sxcnt:%u\n", s->subxid_count);
        add_xids(out, "sxp", s->subxids, s->subxid_count);
    }
    strbuf_add_fmt(out, "rec:%u\n", (unsigned)s->was_in_recovery);
}

char *snapshot_export(Oid database)
{
    const Snapshot *s;
    VirtualXid own = proc_array_own_vxid();
    char *id;
    StrBuf out;

    if (txn_nest_level() > 1)
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = "cannot export a snapshot from a subtransaction");
    s = snapshot_keep(snapshot_active());
    exported.by = own;
    id = name_of(exported.count + 1);
    strbuf_init(&out);
    strbuf_add_fmt(&out, "vxid:%d/%u\npid:%d\ndbid:%u\niso:%d\nro:%d\nxmin:%u\nxmax:%u\n",
                   own.slot + 1, own.local, process_id(), database, (int)txn_isolation(),
                   txn_is_read_only(), s->xmin, s->xmax);
    add_running(&out, s);
    /* It need not survive a crash, but is never seen in part. */
    os_write_durable(mem_printf(FOLDER "/%s", id), out.text, out.len);
    exported.count++;
    return id;
}

static void remove_exported(void)
{
    for (unsigned i = 1; i <= exported.count; i++)
        (void)os_try_unlink(mem_printf(FOLDER "/%s", name_of(i)));
}

/* What cannot be removed is of no use any more: the transaction ends all the same. */
void snapshot_export_end(void)
{
    if (LIKELY(exported.count == 0))
        return;
    ERR_TRY() {
        remove_exported();
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .message = err_caught()->message);
    }
    ERR_END();
    exported.count = 0;
}

void snapshot_export_clear(void)
{
    Array names;

    if (!os_exists(FOLDER))
        return;
    os_dir_list(FOLDER, &names);
    array_foreach(char *, name, &names)
        (void)os_try_unlink(mem_printf(FOLDER "/%s", *name));
}

/* ---- Import ---- */

typedef struct Reader {
    const char *path;
    const char *at;
} Reader;

static _Noreturn void raise_bad_id(const char *id)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("invalid snapshot identifier: \"%s\"", id));
}

static _Noreturn void raise_bad_file(const Reader *r)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message = err_fmt("invalid snapshot data in file \"%s\"", r->path));
}

/* The value of the next line, which must have that label. */
static char *read_text(Reader *r, const char *label)
{
    size_t len = strlen(label);
    const char *end;
    char *value;

    if (strncmp(r->at, label, len) != 0 || r->at[len] != ':')
        raise_bad_file(r);
    r->at += len + 1;
    end = strchr(r->at, '\n');
    if (end == NULL)
        raise_bad_file(r);
    value = mem_strndup(r->at, (size_t)(end - r->at));
    r->at = end + 1;
    return value;
}

static uint32_t read_number(Reader *r, const char *label)
{
    uint32_t value;

    if (!num_try_parse_u32(read_text(r, label), &value))
        raise_bad_file(r);
    return value;
}

static VirtualXid read_vxid(Reader *r)
{
    char *text = read_text(r, "vxid"), *slash = strchr(text, '/');
    uint32_t backend, local;

    if (slash == NULL)
        raise_bad_file(r);
    *slash = '\0';
    if (!num_try_parse_u32(text, &backend) || !num_try_parse_u32(slash + 1, &local) ||
        backend == 0 || backend > INT32_MAX)
        raise_bad_file(r);
    return (VirtualXid){.slot = (int)backend - 1, .local = local};
}

static Xid *read_xids(Reader *r, const char *label, uint32_t count, size_t max)
{
    Xid *xids;

    if (count > max)
        raise_bad_file(r);
    xids = mem_new_array(Xid, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        xids[i] = read_number(r, label);
    return xids;
}

static void read_running(Reader *r, Snapshot *s)
{
    s->xid_count = read_number(r, "xcnt");
    s->xids = read_xids(r, "xip", s->xid_count, proc_array_xid_max());
    s->is_overflowed = read_number(r, "sof") != 0;
    if (!s->is_overflowed) {
        s->subxid_count = read_number(r, "sxcnt");
        s->subxids = read_xids(r, "sxp", s->subxid_count, proc_array_subxid_max());
    }
    s->was_in_recovery = read_number(r, "rec") != 0;
}

static void check_serializable(uint32_t isolation, bool is_read_only)
{
    if (txn_isolation() != TXN_SERIALIZABLE)
        return;
    if (isolation != TXN_SERIALIZABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "a serializable transaction cannot import a snapshot from a "
                             "non-serializable transaction");
    if (is_read_only && !txn_is_read_only())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "a non-read-only serializable transaction cannot import a snapshot "
                             "from a read-only transaction");
}

static char *read_file(const char *id, const char *path)
{
    char *text;

    if (*id == '\0' || strspn(id, ID_CHARACTERS) != strlen(id))
        raise_bad_id(id);
    text = os_file_try_read_all(path, FILE_MAX, NULL);
    if (text == NULL)
        raise_bad_id(id);
    return text;
}

void snapshot_import(const char *id, Oid database)
{
    const char *path = mem_printf(FOLDER "/%s", id);
    Snapshot s = {.kind = SNAPSHOT_MVCC};
    uint32_t pid, isolation;
    VirtualXid source;
    bool is_read_only;
    Reader r = {.path = path};

    if (snapshot_is_first_taken() || txn_top_xid_if_any() != XID_NONE || txn_nest_level() > 1)
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = "SET TRANSACTION SNAPSHOT must be called before any query");
    if (txn_isolation() < TXN_REPEATABLE_READ)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "a snapshot-importing transaction must have isolation level "
                             "SERIALIZABLE or REPEATABLE READ");
    r.at = read_file(id, path);
    source = read_vxid(&r);
    pid = read_number(&r, "pid");
    if (read_number(&r, "dbid") != database)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot import a snapshot from a different database");
    isolation = read_number(&r, "iso");
    is_read_only = read_number(&r, "ro") != 0;
    s.xmin = read_number(&r, "xmin");
    s.xmax = read_number(&r, "xmax");
    read_running(&r, &s);
    if (s.xmin < XID_FIRST || s.xmax < XID_FIRST)
        raise_bad_file(&r);
    check_serializable(isolation, is_read_only);
    if (!snapshot_take_over(&s, source))
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "could not import the requested snapshot",
                  .detail = err_fmt("The source process with PID %u is not running anymore.", pid));
}
