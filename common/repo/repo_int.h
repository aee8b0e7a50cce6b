/* repo_int.h - what the files of common/repo share. */
#ifndef REPO_REPO_INT_H
#define REPO_REPO_INT_H

#include "common/base/base.h"

#include "common/compress/whole.h"
#include "common/mem/mem.h"
#include "common/repo/repo.h"

struct Repo {
    MemContext *mem; /* that the repository lives in */
    Store *store;
    char *cluster;
    bool has_format; /* the root object is there */
    bool has_identity;
    RepoIdentity identity; /* valid when has_identity */
    WholeCodec *codec;     /* made at first use */
};

/* The codec for whole objects; one thread at a time. */
WholeCodec *repo_codec(Repo *r);

#endif
