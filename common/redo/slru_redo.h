/*
 * slru_redo.h - what a record does to the pages of commit status, multixacts and commit timestamps
 *
 * The counterpart of redo_block() for folders of small pages (format/slru.h): slru_touched() lists
 * the pages that an effect changes, slru_redo_page() changes one of them, a function of its
 * arguments alone. The pages have no LSN, so there is no interlock: an effect is applied whatever
 * the page holds, and applying it once more changes nothing. A page that is absent counts as a page
 * of zeros and is made by applying.
 *
 * Touches are in the order in which readers may see them. The children of a transaction that lie on
 * other pages than itself are marked sub-committed first, then it is committed, then they are; who
 * has no readers gets the same pages in any order.
 *
 * Whole segments go by truncation: slru_drops_segment() is asked for each file that is there.
 *
 * Source: files of PostgreSQL 15.20 before and after replay.
 */
#ifndef REDO_SLRU_REDO_H
#define REDO_SLRU_REDO_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/slru.h"
#include "common/walrec/effects.h"
#include "common/walrec/record.h"

/* What replay has to know of the cluster, as of the record. */
typedef struct SlruEnv {
    bool keeps_commit_ts; /* track_commit_timestamp is on */
    Xid next_xid;         /* the next to be given out */
} SlruEnv;

typedef enum SlruChange {
    SLRU_MAKE_ZERO,  /* the page begins here: zeros, whatever it held */
    SLRU_MAKE_FIRST, /* the page is to be there from now on, with what it held */
    SLRU_SUB_COMMIT, /* xids of the list: sub-committed, unless they are committed already */
    SLRU_SET,        /* write what the effect says */
} SlruChange;

typedef struct SlruTouch {
    const SlruKind *kind;
    uint32_t page;
    SlruChange change;
    bool has_parent; /* pages by xid: the transaction itself is on it, not only children */
    uint32_t first;  /* the part of the effect's list (subxacts, members) that is on the page */
    uint32_t count;
} SlruTouch;

/*
 * Append the pages that the record's effect touches (SlruTouch); most records touch none. Raises
 * SQLSTATE_DATA_CORRUPTED for a page or multixact that cannot be.
 */
void slru_touched(const SlruEnv *env, const WalRecord *record, const WalEffect *effect,
                  Array *touches);

/*
 * Apply a touch to its page, which is there from then on. Raises SQLSTATE_DATA_CORRUPTED when the
 * record has what no page can hold, with part of it done.
 */
void slru_redo_page(const WalRecord *record, const WalEffect *effect, const SlruTouch *touch,
                    uint8_t *page);

/* True when the effect may remove segments of that kind: then ask for each that is there. */
bool slru_drops(const SlruEnv *env, const WalEffect *effect, const SlruKind *kind);
bool slru_drops_segment(const SlruEnv *env, const WalEffect *effect, const SlruKind *kind,
                        uint32_t segment);

/* Bring env behind the record, whose touches have been applied. */
void slru_env_follow(SlruEnv *env, const WalRecord *record, const WalEffect *effect);

#endif
