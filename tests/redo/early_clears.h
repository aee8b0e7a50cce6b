/*
 * early_clears.h - bits of the visibility map that a server cleared before it logged why
 *
 * A server clears the bits of a heap page on the map first and logs the update, delete or lock that
 * did it afterwards, holding the heap page but not the map. A VISIBLE record of another heap page
 * that gets in between has an after-image of the map in which those bits are clear already. Such an
 * image is right when a later record clears just these bits, and wrong when none does.
 */
#ifndef REDO_EARLY_CLEARS_H
#define REDO_EARLY_CLEARS_H

#include "common/base/base.h"

#include "common/redo/redo.h"

typedef struct EarlyClears EarlyClears;

EarlyClears *early_clears_new(void);

/*
 * True when theirs, the after-image of a map page, lacks bits that ours has, and nothing else
 * differs: they are expected to be cleared by a later record. Both are BLOCK_SIZE bytes.
 */
bool early_clears_expect(EarlyClears *e, const WalRecord *record, const WalTouch *touch,
                         const uint8_t *ours, const uint8_t *theirs);

/* A record touches a page: what it clears there is expected no longer. */
void early_clears_meet(EarlyClears *e, const RedoEnv *env, const WalRecord *record,
                       const WalTouch *touch);

/* How many were expected in all. */
uint64_t early_clears_count(const EarlyClears *e);

/* At the end of the log: print those that no record explained; returns how many. */
uint64_t early_clears_show_unmet(const EarlyClears *e);

#endif
