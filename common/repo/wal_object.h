/*
 * wal_object.h - archived WAL files as objects of a repository
 *
 * The key of a WAL file is its folder, its name, the SHA-256 of its plain content in hexadecimal,
 * and a suffix for the compression:
 *
 *     main/wal/0000000100000000/00000001000000000000002A-5feceb66...3c7d.zst
 *     main/wal/00000002.history-6b86b273...b4b
 *
 * So two contents of one name never collide: both are kept, and whoever asks is told. The digest is
 * of what `zstd -dc` prints, so sha256sum checks an object by hand.
 */
#ifndef REPO_WAL_OBJECT_H
#define REPO_WAL_OBJECT_H

#include "common/base/base.h"

#include "common/compress/spec.h"
#include "common/ds/array.h"
#include "common/format/wal_seg_name.h"
#include "common/repo/repo.h"

typedef struct WalObject {
    char *key;
    char name[WAL_FILE_NAME_MAX + 1]; /* of the WAL file, e.g. 00000001000000000000002A.partial */
    uint8_t digest[32];               /* SHA-256 of the plain content */
    CompressMethod method;
    uint64_t stored_size; /* bytes in the store */
} WalObject;

typedef enum WalPut {
    WAL_PUT_NEW,      /* stored */
    WAL_PUT_SAME,     /* the same content is there already, and its object is sound */
    WAL_PUT_CONFLICT, /* other content is there under that name; both are kept now */
} WalPut;

/*
 * Store a WAL file (a segment, .partial, .history or .backup file); durable when it returns.
 * Raises 42602 for a name that is none of these. An object of the same content that has become
 * unreadable is replaced.
 */
WalPut wal_object_put(Repo *r, const char *name, const void *bytes, size_t len,
                      const CompressSpec *compress);

/* All objects (WalObject) of that name: none, one, or several in a conflict. */
void wal_object_find(Repo *r, const char *name, Array *objects);

/* As above for one who needs exactly one: false when there is none, raises HF002 in a conflict. */
bool wal_object_try_find(Repo *r, const char *name, WalObject *out);

/* The plain content, checked against the digest; raises XX001 when the object is damaged. */
char *wal_object_get(Repo *r, const WalObject *object, size_t *len);

/* Every WAL object of the cluster, sorted by name; conflicts stand next to each other. */
void wal_object_list(Repo *r, Array *objects);

#endif
