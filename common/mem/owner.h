/*
 * owner.h - resource owners: who has to give back pins, locks, snapshots, files and the like
 *
 * An owner is a place in a tree (transaction > subtransaction > portal). What is taken is noted
 * with the current owner and crossed out when it is given back; what is left when the owner ends is
 * given back then, kind by kind in the order of release. A raise puts the current owner back to the
 * one of its frame, and whoever ends the transaction releases the rest.
 *
 *     owner_room(&pin_kind);           may raise: before the thing is taken
 *     buffer = take();
 *     owner_note(&pin_kind, buffer);   cannot fail
 *     ...
 *     owner_forget(&pin_kind, buffer);
 */
#ifndef MEM_OWNER_H
#define MEM_OWNER_H

#include "common/base/base.h"

typedef struct Owner Owner;

/* Kinds are given back from low to high; those of a phase together, children's before parents'. */
typedef enum OwnerPhase {
    OWNER_BEFORE_LOCKS, /* what others may wait for: pins, references to caches */
    OWNER_LOCKS,
    OWNER_AFTER_LOCKS, /* what is ours alone: files, memory, snapshots */
} OwnerPhase;

typedef struct OwnerKind {
    const char *name; /* "buffer pin", for warnings */
    OwnerPhase phase;
    int order; /* in the phase, low first */
    void (*release)(uintptr_t item);
    void (*describe)(uintptr_t item, char *text, size_t size); /* NULL: the number */

    /*
     * For locks: in place of release when the owner commits into a parent, which has noted an item
     * of the kind as well. NULL: release.
     */
    void (*inherit)(uintptr_t item, Owner *parent);
} OwnerKind;

/* parent may be NULL. Lives in memory of its own until owner_free(). */
Owner *owner_new(Owner *parent, const char *name);
void owner_free(Owner *o); /* and those below; must own nothing any more */

Owner *owner_current(void); /* NULL: there is none, as in a supervisor */
Owner *owner_switch(Owner *o);
Owner *owner_parent(const Owner *o);

/* It belongs to another from now on, and lives on when the one before ends; with those below. */
void owner_set_parent(Owner *o, Owner *parent);

void owner_room(const OwnerKind *kind);
void owner_note(const OwnerKind *kind, uintptr_t item);
void owner_forget(const OwnerKind *kind, uintptr_t item);

/* In the owner given, not the current one. */
void owner_forget_in(Owner *o, const OwnerKind *kind, uintptr_t item);

/*
 * Release what is left of a phase, below o first; phases in their order. At a commit there should
 * be nothing but locks: each thing that is found is reported as a warning. Locks of one that has a
 * parent are the parent's then, if their kind knows how to inherit. Once it has begun nothing more
 * can be noted; release functions may forget what else they give back.
 */
void owner_release(Owner *o, OwnerPhase phase, bool is_commit);

#endif
