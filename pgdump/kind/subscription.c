/* subscription.c - subscriptions; only superusers may see how they connect. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct SubscriptionObject {
    DumpObject object;
    const char *connection, *slot, *synchronous_commit, *origin;
    Array publications; /* const char * */
    bool is_binary, disables_on_error, needs_no_password, runs_as_owner, has_failover;
    char streaming; /* f, t, p: parallel */
    char two_phase; /* d: disabled */
} SubscriptionObject;

#define OF_THIS_DATABASE                               \
 "s.subdbid = (SELECT oid FROM pg_catalog.pg_database" \
 " WHERE datname = pg_catalog.current_database())"

static void take(Dump *d, void *row);
static bool may_read(Dump *d);

void subscription_read(Dump *d)
{
#define SINCE(sql, form, field, major, before)                            \
 {                                                                        \
  sql, CATALOG_##form, offsetof(SubscriptionObject, field), major, before \
 }
    static const CatalogColumn columns[] = {
        COLUMN("s.oid", OID, SubscriptionObject, object.oid),
        COLUMN("s.subname", TEXT, SubscriptionObject, object.name),
        COLUMN("s.subowner", ROLE, SubscriptionObject, object.owner),
        COLUMN("s.subconninfo", TEXT, SubscriptionObject, connection),
        COLUMN("s.subslotname", TEXT, SubscriptionObject, slot),
        COLUMN("s.subsynccommit", TEXT, SubscriptionObject, synchronous_commit),
        COLUMN("s.subpublications", TEXTS, SubscriptionObject, publications),
        SINCE("s.subbinary", BOOL, is_binary, 14, "false"),
        SINCE("s.substream", CHAR, streaming, 14, "'f'"),
        SINCE("s.subtwophasestate", CHAR, two_phase, 15, "'d'"),
        SINCE("s.subdisableonerr", BOOL, disables_on_error, 15, "false"),
        SINCE("NOT s.subpasswordrequired", BOOL, needs_no_password, 16, "false"),
        SINCE("s.subrunasowner", BOOL, runs_as_owner, 16, "false"),
        SINCE("s.suborigin", TEXT, origin, 16, "'any'"),
        SINCE("s.subfailover", BOOL, has_failover, 17, "false"),
    };
#undef SINCE
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_subscription s",
        .where = OF_THIS_DATABASE,
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(SubscriptionObject),
    };

    if (!d->options->no_subscriptions && may_read(d))
        catalog_read(d, &query, NULL, take);
}

static bool may_read(Dump *d)
{
    const char *is_superuser = client_parameter(d->client, "is_superuser");
    ClientResult *r;

    if (is_superuser != NULL && str_equal(is_superuser, "on"))
        return true;
    r = catalog_exec(d,
                     "SELECT count(*) FROM pg_catalog.pg_subscription s WHERE " OF_THIS_DATABASE);
    if (!str_equal(client_value(r, 0, 0), "0"))
        err_log(ERR_WARNING, .message = "subscriptions not dumped because current user is not a "
                                        "superuser");
    client_result_free(r);
    return false;
}

static void take(Dump *d, void *row)
{
    SubscriptionObject *subscription = row;

    object_add(d, &subscription->object, KIND_SUBSCRIPTION);
    select_alone(d, &subscription->object);
}

void subscription_print(Dump *d, DumpObject *o)
{
    const SubscriptionObject *s = (const SubscriptionObject *)o;
    const char *name = entry_name(d, o->name);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE SUBSCRIPTION %s CONNECTION ", name);
    entry_add_literal(d, &sql, s->connection);
    for (size_t i = 0; i < s->publications.count; i++)
        strbuf_add_fmt(&sql, "%s%s", i == 0 ? " PUBLICATION " : ", ",
                       entry_name(d, *(const char **)array_at(&s->publications, i)));
    strbuf_add(&sql, " WITH (connect = false, slot_name = ");
    if (s->slot != NULL)
        entry_add_literal(d, &sql, s->slot);
    else
        strbuf_add(&sql, "NONE");
    strbuf_add(&sql, s->is_binary ? ", binary = true" : "");
    strbuf_add(&sql, s->streaming == 't'   ? ", streaming = on"
                     : s->streaming == 'p' ? ", streaming = parallel"
                                           : "");
    /* From 18 on parallel is what comes without a word. */
    strbuf_add(&sql, s->streaming == 'f' && d->major >= 18 ? ", streaming = off" : "");
    strbuf_add(&sql, s->two_phase != 'd' ? ", two_phase = on" : "");
    strbuf_add(&sql, s->disables_on_error ? ", disable_on_error = true" : "");
    strbuf_add(&sql, s->needs_no_password ? ", password_required = false" : "");
    strbuf_add(&sql, s->runs_as_owner ? ", run_as_owner = true" : "");
    strbuf_add(&sql, s->has_failover ? ", failover = true" : "");
    if (!str_equal(s->synchronous_commit, "off"))
        strbuf_add_fmt(&sql, ", synchronous_commit = %s", entry_name(d, s->synchronous_commit));
    if (!str_equal(s->origin, "any"))
        strbuf_add_fmt(&sql, ", origin = %s", s->origin);
    strbuf_add(&sql, ");\n");
    entry_add(d, o, &(Definition){.type = "SUBSCRIPTION", .name = name, .create = sql.text});
}
