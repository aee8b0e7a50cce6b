/*
 * wal_object.c - put, find and get archived WAL files; wal_object.h has the key's form
 *
 * Promises
 *   1. SAME is said only when an object of that content was read back, its digest is right, and it
 *      was made sure that its name is durable: who put it may have been killed before that.
 *   2. CONFLICT is seen by at least one of two writers that race with different contents: each
 *      lists the name again after its own object is durable.
 *   3. A damaged object is replaced in one step, and only by the content that its name promises:
 *      there is no moment without an object of that name.
 */
#include "common/base/base.h"

#include "common/repo/wal_object.h"

#include "common/compress/whole.h"
#include "common/crypt/digest.h"
#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/repo/repo_int.h"
#include "common/text/hex.h"
#include "common/text/str.h"

#define DIGEST_SIZE  32
#define FOLDER_LEN   16      /* timeline and high half name the folder of segments */
#define SMALL_MAX    MIB(16) /* plain bytes of what is no segment, at most */
#define BUFFER_ALIGN 4096

static char *folder_of(const Repo *r, const char *name);
static bool try_read_key(const StoreObject *stored, WalObject *out);
static int compare_names(const void *a, const void *b);
static void store_new(Repo *r, const char *key, const void *bytes, size_t len,
                      const CompressSpec *compress);
static void heal(Repo *r, const WalObject *object, const void *bytes, size_t len,
                 const CompressSpec *wanted);
static const WalObject *first_other(const Array *objects);
static bool has_two_contents(const Array *objects);
static char *get_checked(Repo *r, const WalObject *object, size_t *len);
static char *unpack_checked(Repo *r, const WalObject *object, char *packed, size_t *len);
_Noreturn static void raise_damaged(const WalObject *object, const char *detail);
static bool find_twin(Repo *r, const WalObject *object, WalObject *out);
static bool is_sound(Repo *r, const WalObject *object);
static char *unpack(Repo *r, const WalObject *object, char *packed, size_t *len);
static const void *pack(Repo *r, const void *bytes, size_t len, const CompressSpec *compress,
                        size_t *packed_len);

WalPut wal_object_put(Repo *r, const char *name, const void *bytes, size_t len,
                      const CompressSpec *compress)
{
    uint8_t digest[DIGEST_SIZE_MAX];
    char hex[2 * DIGEST_SIZE + 1];
    const WalObject *damaged = NULL;
    Array found;

    digest_bytes(DIGEST_SHA256, bytes, len, digest);
    hex_write(digest, DIGEST_SIZE, hex);

    array_init(&found, sizeof(WalObject));
    wal_object_find(r, name, &found);
    array_foreach(WalObject, object, &found) {
        if (memcmp(object->digest, digest, DIGEST_SIZE) != 0)
            continue;
        if (is_sound(r, object)) {
            store_settle(repo_store(r), object->key);
            return has_two_contents(&found) ? WAL_PUT_CONFLICT : WAL_PUT_SAME;
        }
        damaged = object;
    }
    if (damaged != NULL)
        heal(r, damaged, bytes, len, compress);
    else
        store_new(r, mem_printf("%s/%s-%s", folder_of(r, name), name, hex), bytes, len, compress);

    array_clear(&found);
    wal_object_find(r, name, &found);
    return has_two_contents(&found) ? WAL_PUT_CONFLICT : WAL_PUT_NEW;
}

void wal_object_find(Repo *r, const char *name, Array *objects)
{
    Array stored;

    array_init(&stored, sizeof(StoreObject));
    store_list(repo_store(r), folder_of(r, name), mem_printf("%s-", name), &stored);
    array_foreach(StoreObject, s, &stored) {
        WalObject object;

        if (try_read_key(s, &object) && str_equal(object.name, name))
            *(WalObject *)array_push(objects) = object;
    }
}

bool wal_object_try_find(Repo *r, const char *name, WalObject *out)
{
    Array found;

    array_init(&found, sizeof(WalObject));
    wal_object_find(r, name, &found);
    if (found.count == 0)
        return false;
    *out = *(WalObject *)array_at(&found, 0);
    if (has_two_contents(&found))
        err_raise(SQLSTATE_ARCHIVE_CONFLICT,
                  .message = err_fmt("the archive has different contents of \"%s\"", name),
                  .detail = err_fmt("Two of them are \"%s\" and \"%s\".", out->key,
                                    first_other(&found)->key),
                  .hint = "Two clusters may archive here, or one was restored and went on under "
                          "the same timeline. Find out which content is right, and move the other "
                          "object away.");
    return true;
}

char *wal_object_get(Repo *r, const WalObject *object, size_t *len)
{
    WalObject twin;
    char *volatile bytes = NULL;

    ERR_TRY() {
        bytes = get_checked(r, object, len);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_DATA_CORRUPTED || !find_twin(r, object, &twin))
            err_raise_again();
        err_log(ERR_WARNING, .message = err_caught()->message, .detail = err_caught()->detail);
    }
    ERR_END();
    return bytes != NULL ? bytes : get_checked(r, &twin, len);
}

void wal_object_list(Repo *r, Array *objects)
{
    Array folders, stored;

    array_init(&folders, sizeof(char *));
    array_init(&stored, sizeof(StoreObject));
    store_list(repo_store(r), repo_key(r, "wal"), "", &stored);
    store_list_folders(repo_store(r), repo_key(r, "wal"), &folders);
    array_foreach(char *, folder, &folders)
        store_list(repo_store(r), path_join(repo_key(r, "wal"), *folder), "", &stored);
    array_foreach(StoreObject, s, &stored) {
        WalObject object;

        if (try_read_key(s, &object))
            *(WalObject *)array_push(objects) = object;
    }
    array_sort(objects, compare_names);
}

/* Timeline histories lie in wal/ itself, all else in the folder of its first sixteen digits. */
static char *folder_of(const Repo *r, const char *name)
{
    switch (wal_name_kind(name)) {
    case WAL_NAME_SEGMENT:
    case WAL_NAME_PARTIAL:
    case WAL_NAME_BACKUP:
        return repo_key(r, mem_printf("wal/%.*s", FOLDER_LEN, name));
    case WAL_NAME_HISTORY:
        return repo_key(r, "wal");
    case WAL_NAME_OTHER:
        break;
    }
    err_raise(SQLSTATE_INVALID_NAME,
              .message =
                  err_fmt("\"%s\" is not the name of a file that PostgreSQL archives", name));
}

/* False for a key that is none of ours. */
static bool try_read_key(const StoreObject *stored, WalObject *out)
{
    const char *base = path_base(stored->key);
    const char *dash = strchr(base, '-');
    const char *suffix;

    if (dash == NULL || (size_t)(dash - base) >= sizeof out->name ||
        strlen(dash + 1) < 2 * DIGEST_SIZE || !hex_try_read(dash + 1, out->digest, DIGEST_SIZE))
        return false;
    memset(out->name, 0, sizeof out->name);
    memcpy(out->name, base, (size_t)(dash - base));
    out->key = stored->key;
    out->stored_size = stored->size;
    suffix = dash + 1 + 2 * DIGEST_SIZE;
    out->method = compress_method_of_name(suffix);
    return str_equal(suffix, compress_method_suffix(out->method)) &&
           wal_name_kind(out->name) != WAL_NAME_OTHER;
}

static int compare_names(const void *a, const void *b)
{
    const WalObject *left = a;
    const WalObject *right = b;
    int order = strcmp(left->name, right->name);

    return order != 0 ? order : strcmp(left->key, right->key);
}

/* Store an object whose name up to the suffix is key. */
static void store_new(Repo *r, const char *key, const void *bytes, size_t len,
                      const CompressSpec *compress)
{
    size_t packed_len;
    const void *packed = pack(r, bytes, len, compress, &packed_len);

    store_put(repo_store(r), mem_printf("%s%s", key, compress_method_suffix(compress->method)),
              packed, packed_len);
}

/*
 * Give an object that no longer has the content of its name that content again, in one step: a
 * reader finds the damaged object or the whole one. Its key, and so its compression, stays.
 */
static void heal(Repo *r, const WalObject *object, const void *bytes, size_t len,
                 const CompressSpec *wanted)
{
    CompressSpec compress =
        object->method == wanted->method ? *wanted : compress_spec(object->method);
    size_t packed_len;
    const void *packed = pack(r, bytes, len, &compress, &packed_len);

    store_replace(repo_store(r), object->key, packed, packed_len);
}

/* The first object whose content is another than the first one's, or NULL. */
static const WalObject *first_other(const Array *objects)
{
    const WalObject *first = array_at(objects, 0);

    array_foreach(const WalObject, object, objects)
        if (memcmp(object->digest, first->digest, DIGEST_SIZE) != 0)
            return object;
    return NULL;
}

static bool has_two_contents(const Array *objects)
{
    return objects->count > 1 && first_other(objects) != NULL;
}

static char *get_checked(Repo *r, const WalObject *object, size_t *len)
{
    uint8_t digest[DIGEST_SIZE_MAX];
    char *bytes = store_get(repo_store(r), object->key, WAL_SEG_SIZE_MAX, len);

    if (object->method != COMPRESS_NONE)
        bytes = unpack_checked(r, object, bytes, len);
    digest_bytes(DIGEST_SHA256, bytes, *len, digest);
    if (memcmp(digest, object->digest, sizeof object->digest) != 0)
        raise_damaged(object, "Its content does not match the SHA-256 in its name.");
    return bytes;
}

static char *unpack_checked(Repo *r, const WalObject *object, char *packed, size_t *len)
{
    char *volatile bytes = NULL;

    ERR_TRY() {
        bytes = unpack(r, object, packed, len);
    }
    ERR_CATCH() {
        SqlState state = err_caught()->sqlstate;

        /* What unpacks to more than it can have been is damaged, too. */
        if (state != SQLSTATE_DATA_CORRUPTED && state != SQLSTATE_PROGRAM_LIMIT_EXCEEDED)
            err_raise_again();
        raise_damaged(object, mem_printf("It cannot be unpacked: %s.", err_caught()->message));
    }
    ERR_END();
    return bytes;
}

static void raise_damaged(const WalObject *object, const char *detail)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("archived file \"%s\" is damaged", object->key), .detail = detail,
              .hint = "Where the file still exists, as in pg_wal of a standby, push it again: "
                      "that replaces the damaged object.");
}

/* Two programs that stored the same at once, compressed differently, left two objects of it. */
static bool find_twin(Repo *r, const WalObject *object, WalObject *out)
{
    Array found;

    array_init(&found, sizeof(WalObject));
    wal_object_find(r, object->name, &found);
    array_foreach(const WalObject, other, &found)
        if (memcmp(other->digest, object->digest, DIGEST_SIZE) == 0 &&
            !str_equal(other->key, object->key)) {
            *out = *other;
            return true;
        }
    return false;
}

/* Does the object still give the content that its name promises? */
static bool is_sound(Repo *r, const WalObject *object)
{
    volatile bool sound = false;

    ERR_TRY() {
        size_t len;

        mem_free(get_checked(r, object, &len));
        sound = true;
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_DATA_CORRUPTED)
            err_raise_again();
        err_log(ERR_WARNING, .message = err_caught()->message, .detail = err_caught()->detail);
    }
    ERR_END();
    return sound;
}

static const void *pack(Repo *r, const void *bytes, size_t len, const CompressSpec *compress,
                        size_t *packed_len)
{
    size_t room;
    void *packed;

    *packed_len = len;
    if (compress->method == COMPRESS_NONE)
        return bytes;
    room = compress_bound(compress, len);
    packed = mem_alloc_aligned(room, BUFFER_ALIGN);
    *packed_len = compress_bytes(repo_codec(r), compress, bytes, len, packed, room);
    return packed;
}

/* The plain content of a stored object of *len bytes, which are freed; *len becomes its size. */
static char *unpack(Repo *r, const WalObject *object, char *packed, size_t *len)
{
    RepoIdentity identity = {.segment_size = WAL_SEG_SIZE_DEFAULT};
    bool is_segment = strlen(object->name) >= WAL_SEG_NAME_LEN;
    size_t room;
    char *bytes;

    repo_try_identity(r, &identity);
    room = is_segment ? identity.segment_size : SMALL_MAX;
    bytes = mem_alloc_aligned(room + 1, BUFFER_ALIGN);
    *len = decompress_bytes(repo_codec(r), object->method, packed, *len, bytes, room);
    bytes[*len] = '\0';
    mem_free(packed);
    return bytes;
}
