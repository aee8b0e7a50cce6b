/*
 * repo.h - a backup repository: one store, one cluster's folder in it
 *
 *     holdfast-repo.json                      the repository's format version
 *     CLUSTER/cluster.json                    which PostgreSQL cluster this is; written once
 *     CLUSTER/wal/00000002.history-DIGEST     see wal_object.h
 *     CLUSTER/wal/0000000100000000/SEGMENT-DIGEST.zst
 *     CLUSTER/backup/LABEL/...                base backups, see backup_set.h
 *
 * Everything but leases and indexes is immutable. Nothing needs Holdfast to be opened again: zstd,
 * tar and a text viewer do.
 */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include "common/base/base.h"

#include "common/store/store.h"

#define REPO_FORMAT_VERSION 1

typedef struct Repo Repo;

/* What makes a cluster this one and no other; constant over its life. */
typedef struct RepoIdentity {
    uint64_t system_id;
    unsigned version;      /* PostgreSQL's major version */
    uint32_t segment_size; /* bytes of a WAL segment */
} RepoIdentity;

/*
 * Open the cluster's part of the repository at url; both may be empty yet. Raises 0A000 when the
 * repository has a newer format, 42602 for a cluster name that is no safe file name.
 */
Repo *repo_open(const char *url, const char *cluster);

Store *repo_store(const Repo *r);
const char *repo_cluster(const Repo *r);

/* "CLUSTER/rest", in the current context. */
char *repo_key(const Repo *r, const char *rest);

/* False when nothing was stored for the cluster yet. */
bool repo_try_identity(Repo *r, RepoIdentity *out);

/* The same for one who needs it: raises 42704 when nothing was stored for the cluster. */
RepoIdentity repo_identity(Repo *r);

/*
 * Make sure that the repository belongs to this cluster: the first caller writes the identity, for
 * later ones a different system identifier, version or segment size raises 55000.
 */
void repo_check_identity(Repo *r, const RepoIdentity *identity);

#endif
