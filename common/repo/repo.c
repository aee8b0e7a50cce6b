/*
 * repo.c - the repository's root: format version, and the identity of each cluster
 *
 * Both are small JSON objects, put once and never changed. A repository without the first is an
 * empty one: the first put of anything writes it before.
 */
#include "common/base/base.h"

#include "common/repo/repo.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/json/reader.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/repo/repo_int.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define FORMAT_KEY   "holdfast-repo.json"
#define IDENTITY_KEY "cluster.json"
#define SMALL_MAX    KIB(64) /* bytes of either, at most */

static void check_cluster_name(const char *cluster);
static void check_format(Repo *r);
static void put_format(Repo *r);
static void put_identity(Repo *r, const RepoIdentity *identity);
static RepoIdentity read_identity(const char *text, size_t len);
static void compare_identity(const Repo *r, const RepoIdentity *got);

Repo *repo_open(const char *url, const char *cluster)
{
    Repo *r = mem_new(Repo);

    check_cluster_name(cluster);
    r->mem = mem_current();
    r->cluster = mem_strdup(cluster);
    r->store = store_open(url);
    check_format(r);
    return r;
}

Store *repo_store(const Repo *r)
{
    return r->store;
}

const char *repo_cluster(const Repo *r)
{
    return r->cluster;
}

char *repo_key(const Repo *r, const char *rest)
{
    return mem_printf("%s/%s", r->cluster, rest);
}

WholeCodec *repo_codec(Repo *r)
{
    if (r->codec == NULL) {
        MEM_SCOPE(r->mem) {
            r->codec = whole_codec_new();
        }
    }
    return r->codec;
}

bool repo_try_identity(Repo *r, RepoIdentity *out)
{
    char *text;
    size_t len;

    if (!r->has_identity) {
        text = store_try_get(r->store, repo_key(r, IDENTITY_KEY), SMALL_MAX, &len);
        if (text == NULL)
            return false;
        r->identity = read_identity(text, len);
        r->has_identity = true;
    }
    *out = r->identity;
    return true;
}

RepoIdentity repo_identity(Repo *r)
{
    RepoIdentity identity;

    if (!repo_try_identity(r, &identity))
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("there is no archived WAL of cluster \"%s\" in %s", r->cluster,
                                     store_name(r->store)),
                  .hint = "Check the names, and that the repository's storage is mounted.");
    return identity;
}

void repo_check_identity(Repo *r, const RepoIdentity *identity)
{
    RepoIdentity stored;

    if (!repo_try_identity(r, &stored)) {
        put_format(r);
        put_identity(r, identity);
        /* Another writer may have been first: what counts is what is stored. */
        if (!repo_try_identity(r, &stored))
            err_raise(SQLSTATE_IO_ERROR,
                      .message = err_fmt("could not read back \"%s\" from %s",
                                         repo_key(r, IDENTITY_KEY), store_name(r->store)));
    }
    compare_identity(r, identity);
}

static void compare_identity(const Repo *r, const RepoIdentity *got)
{
    const RepoIdentity *stored = &r->identity;
    static const char hint[] = "Each PostgreSQL cluster has a folder of its own in a repository: "
                               "choose another one with --cluster.";

    if (got->system_id != stored->system_id)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cluster \"%s\" in %s belongs to another database system",
                                     r->cluster, store_name(r->store)),
                  .detail = err_fmt("The system identifier is %" PRIu64
                                    ", the repository's is %" PRIu64 ".",
                                    got->system_id, stored->system_id),
                  .hint = hint);
    if (got->version != stored->version || got->segment_size != stored->segment_size)
        err_raise(
            SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            .message = err_fmt("cluster \"%s\" in %s is of another version or WAL segment size",
                               r->cluster, store_name(r->store)),
            .detail =
                err_fmt("PostgreSQL %u with segments of %u bytes came, the repository is "
                        "for PostgreSQL %u with segments of %u bytes.",
                        got->version, got->segment_size, stored->version, stored->segment_size),
            .hint = hint);
}

static void check_cluster_name(const char *cluster)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    if (*cluster == '\0' || *cluster == '.' || strspn(cluster, allowed) != strlen(cluster))
        err_raise(SQLSTATE_INVALID_NAME, .message = err_fmt("invalid cluster name \"%s\"", cluster),
                  .hint = "Letters, digits, dots, underscores and dashes make a name; it does not "
                          "begin with a dot.");
}

static void check_format(Repo *r)
{
    size_t len;
    char *text = store_try_get(r->store, FORMAT_KEY, SMALL_MAX, &len);
    JsonReader *json;
    const char *key;
    uint64_t version = 0;

    if (text == NULL)
        return;
    r->has_format = true;
    json = json_reader_new_bytes(text, len, FORMAT_KEY);
    json_read_begin_object(json);
    while ((key = json_read_key(json)) != NULL) {
        if (str_equal(key, "format"))
            version = json_read_u64(json);
        else
            json_skip_value(json);
    }
    json_reader_free(json);
    if (version != REPO_FORMAT_VERSION)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("repository %s has format %" PRIu64, store_name(r->store), version),
                  .detail = err_fmt("This program knows format %d.", REPO_FORMAT_VERSION),
                  .hint = "It was made by a newer Holdfast: use that one.");
}

static void put_format(Repo *r)
{
    StrBuf text;
    JsonWriter json;

    if (r->has_format)
        return;
    strbuf_init(&text);
    json_writer_init(&json, &text, JSON_PRETTY);
    json_write_begin_object(&json);
    json_write_key(&json, "format");
    json_write_u64(&json, REPO_FORMAT_VERSION);
    json_write_end_object(&json);
    json_writer_finish(&json);
    store_put(r->store, FORMAT_KEY, text.text, text.len);
    r->has_format = true;
}

/* The identifier is text, since 64 bits are more than JSON readers in general keep of a number. */
static void put_identity(Repo *r, const RepoIdentity *identity)
{
    StrBuf text;
    JsonWriter json;

    strbuf_init(&text);
    json_writer_init(&json, &text, JSON_PRETTY);
    json_write_begin_object(&json);
    json_write_key(&json, "system-identifier");
    json_write_string(&json, mem_printf("%" PRIu64, identity->system_id));
    json_write_key(&json, "postgresql-version");
    json_write_u64(&json, identity->version);
    json_write_key(&json, "wal-segment-size");
    json_write_u64(&json, identity->segment_size);
    json_write_end_object(&json);
    json_writer_finish(&json);
    store_put(r->store, repo_key(r, IDENTITY_KEY), text.text, text.len);
}

static RepoIdentity read_identity(const char *text, size_t len)
{
    JsonReader *json = json_reader_new_bytes(text, len, IDENTITY_KEY);
    RepoIdentity identity = {.version = 0};
    uint64_t number;
    const char *key;

    json_read_begin_object(json);
    while ((key = json_read_key(json)) != NULL) {
        if (str_equal(key, "system-identifier")) {
            if (!num_try_parse_u64(json_read_string(json), &identity.system_id))
                json_raise(json, "the system identifier is no number");
        } else if (str_equal(key, "postgresql-version")) {
            number = json_read_u64(json);
            if (number < 13 || number > 18)
                json_raise(json, "the version is not one of 13 to 18");
            identity.version = (unsigned)number;
        } else if (str_equal(key, "wal-segment-size")) {
            number = json_read_u64(json);
            if (!wal_seg_size_is_valid(number))
                json_raise(json, "the WAL segment size is none that PostgreSQL has");
            identity.segment_size = (uint32_t)number;
        } else {
            json_skip_value(json);
        }
    }
    if (identity.system_id == 0 || identity.version == 0 || identity.segment_size == 0)
        json_raise(json, "something is missing");
    json_reader_free(json);
    return identity;
}
