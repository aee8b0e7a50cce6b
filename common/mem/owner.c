/*
 * owner.c - resource owners: who has to give back pins, locks, snapshots, files and the like
 *
 * Most things are given back soon after they were taken, and few are held at a time, so the newest
 * stand in a short array that is searched from its end. When it is full, its items move to a hash
 * table that grows. Release sorts what there is in place, since it must not need memory: from
 * then on nothing can be noted any more.
 */
#include "common/base/base.h"

#include "common/mem/owner.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"

#define NEWEST_MAX 32
#define TABLE_MIN  128
#define TEXT_SIZE  256

typedef struct OwnerItem {
    const OwnerKind *kind; /* NULL in an empty place of the table */
    uintptr_t item;
} OwnerItem;

struct Owner {
    const char *name;
    Owner *parent, *children; /* children: the newest */
    Owner *older, *newer;     /* children of the same parent */
    MemContext *mem;
    bool is_sorted; /* release has begun: all items stand in sorted, in order of release */
    unsigned newest_count;
    OwnerItem *table;  /* NULL: none so far */
    size_t table_size; /* a power of two */
    size_t table_count;
    OwnerItem *sorted; /* the last is released first */
    size_t sorted_count;
    OwnerItem newest[NEWEST_MAX];
};

static void link_to(Owner *o, Owner *parent);
static void unlink_from_parent(Owner *o);
static void make_room(Owner *o);
static void move_newest(Owner *o);
static void table_grow(Owner *o);
static size_t table_place(const Owner *o, const OwnerKind *kind, uintptr_t item);
static void table_add(Owner *o, OwnerItem item);
static bool table_remove(Owner *o, const OwnerKind *kind, uintptr_t item);
static bool try_forget(Owner *o, const OwnerKind *kind, uintptr_t item);
static bool sorted_remove(Owner *o, const OwnerKind *kind, uintptr_t item);
static void sort_items(Owner *o);
static int compare_release(const void *a, const void *b);
static void complain(const Owner *o, const OwnerItem *left);
static const char *describe(const OwnerKind *kind, uintptr_t item, char *text);

Owner *owner_new(Owner *parent, const char *name)
{
    MemContext *mem = mem_context_new(NULL, "resource owner");
    Owner *o = mem_alloc_in(mem, sizeof *o);

    o->name = name;
    o->mem = mem;
    link_to(o, parent);
    return o;
}

/* As the newest child. */
static void link_to(Owner *o, Owner *parent)
{
    o->parent = parent;
    o->newer = NULL;
    o->older = parent != NULL ? parent->children : NULL;
    if (o->older != NULL)
        o->older->newer = o;
    if (parent != NULL)
        parent->children = o;
}

static void unlink_from_parent(Owner *o)
{
    if (o->older != NULL)
        o->older->newer = o->newer;
    if (o->newer != NULL)
        o->newer->older = o->older;
    else if (o->parent != NULL)
        o->parent->children = o->older;
}

void owner_free(Owner *o)
{
    while (o->children != NULL)
        owner_free(o->children);
    ASSERT(o->newest_count == 0 && o->table_count == 0 && o->sorted_count == 0);
    unlink_from_parent(o);
    if (owner_current() == o)
        owner_switch(o->parent);
    mem_delete(o->mem);
}

Owner *owner_current(void)
{
    return err_unwind[ERR_UNWIND_OWNER];
}

Owner *owner_switch(Owner *o)
{
    Owner *before = owner_current();

    err_unwind[ERR_UNWIND_OWNER] = o;
    return before;
}

Owner *owner_parent(const Owner *o)
{
    return o->parent;
}

void owner_set_parent(Owner *o, Owner *parent)
{
    unlink_from_parent(o);
    link_to(o, parent);
}

/* ---- to note and to forget ---- */

void owner_room(const OwnerKind *kind)
{
    Owner *o = owner_current();

    if (UNLIKELY(o == NULL || o->is_sorted))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("there is no resource owner for a %s", kind->name));
    if (UNLIKELY(o->newest_count == NEWEST_MAX))
        make_room(o);
}

/* Move the newest to the table, which then has room for as many again: release takes no memory. */
static void make_room(Owner *o)
{
    if ((o->table_count + 2 * NEWEST_MAX) * 4 > o->table_size * 3)
        table_grow(o);
    move_newest(o);
}

static void move_newest(Owner *o)
{
    for (unsigned i = 0; i < o->newest_count; i++)
        table_add(o, o->newest[i]);
    o->newest_count = 0;
}

static void table_grow(Owner *o)
{
    OwnerItem *old = o->table;
    size_t old_size = o->table_size;
    size_t size = old == NULL ? TABLE_MIN : size_mul(old_size, 2);

    o->table = mem_alloc_in(o->mem, size_mul(size, sizeof(OwnerItem)));
    o->table_size = size;
    o->table_count = 0;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].kind != NULL)
            table_add(o, old[i]);
    mem_free(old);
}

void owner_note(const OwnerKind *kind, uintptr_t item)
{
    Owner *o = owner_current();

    ASSERT(o->newest_count < NEWEST_MAX && !o->is_sorted);
    o->newest[o->newest_count++] = (OwnerItem){.kind = kind, .item = item};
}

void owner_forget(const OwnerKind *kind, uintptr_t item)
{
    owner_forget_in(owner_current(), kind, item);
}

void owner_forget_in(Owner *o, const OwnerKind *kind, uintptr_t item)
{
    char text[TEXT_SIZE];

    if (UNLIKELY(!try_forget(o, kind, item)))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s %s does not belong to the resource owner \"%s\"",
                                     kind->name, describe(kind, item, text), o->name));
}

static bool try_forget(Owner *o, const OwnerKind *kind, uintptr_t item)
{
    for (unsigned i = o->newest_count; i > 0; i--) {
        OwnerItem *at = &o->newest[i - 1];

        if (at->item == item && at->kind == kind) {
            *at = o->newest[--o->newest_count];
            return true;
        }
    }
    if (UNLIKELY(o->is_sorted))
        return sorted_remove(o, kind, item);
    return o->table_count > 0 && table_remove(o, kind, item);
}

/* ---- the table: linear probing, equal items may stand in it several times ---- */

static size_t table_place(const Owner *o, const OwnerKind *kind, uintptr_t item)
{
    uint64_t mixed = ((uint64_t)item ^ ((uint64_t)(uintptr_t)kind >> 3)) * 0x9E3779B97F4A7C15u;

    return (size_t)(mixed >> 32) & (o->table_size - 1);
}

static void table_add(Owner *o, OwnerItem item)
{
    size_t place = table_place(o, item.kind, item.item);

    while (o->table[place].kind != NULL)
        place = (place + 1) & (o->table_size - 1);
    o->table[place] = item;
    o->table_count++;
}

static bool table_remove(Owner *o, const OwnerKind *kind, uintptr_t item)
{
    size_t mask = o->table_size - 1;
    size_t hole = table_place(o, kind, item);

    while (o->table[hole].kind != kind || o->table[hole].item != item) {
        if (o->table[hole].kind == NULL)
            return false;
        hole = (hole + 1) & mask;
    }
    /* What follows moves up, unless it would come before its own place. */
    for (size_t next = (hole + 1) & mask; o->table[next].kind != NULL; next = (next + 1) & mask) {
        size_t home = table_place(o, o->table[next].kind, o->table[next].item);

        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        o->table[hole] = o->table[next];
        hole = next;
    }
    o->table[hole].kind = NULL;
    o->table_count--;
    return true;
}

/* ---- release ---- */

void owner_release(Owner *o, OwnerPhase phase, bool is_commit)
{
    for (Owner *child = o->children; child != NULL; child = child->older)
        owner_release(child, phase, is_commit);
    if (!o->is_sorted)
        sort_items(o);
    while (o->sorted_count > 0) {
        OwnerItem last = o->sorted[o->sorted_count - 1];

        ASSERT(last.kind->phase >= phase);
        if (last.kind->phase != phase)
            break;
        if (is_commit && phase != OWNER_LOCKS)
            complain(o, &last);
        o->sorted_count--;
        if (is_commit && o->parent != NULL && last.kind->inherit != NULL)
            last.kind->inherit(last.item, o->parent);
        else
            last.kind->release(last.item);
    }
}

/* All items to one place, sorted; where there is a table, it has room for the newest too. */
static void sort_items(Owner *o)
{
    size_t count = 0;

    if (o->table_count == 0) {
        o->sorted = o->newest;
        count = o->newest_count;
    } else {
        move_newest(o);
        o->sorted = o->table;
        for (size_t i = 0; i < o->table_size; i++)
            if (o->table[i].kind != NULL)
                o->sorted[count++] = o->table[i];
    }
    o->newest_count = 0;
    o->table_count = 0;
    o->sorted_count = count;
    o->is_sorted = true;
    if (count > 1)
        qsort(o->sorted, count, sizeof(OwnerItem), compare_release);
}

/* Last first. */
static int compare_release(const void *a, const void *b)
{
    const OwnerItem *x = a, *y = b;

    if (x->kind->phase != y->kind->phase)
        return x->kind->phase > y->kind->phase ? -1 : 1;
    if (x->kind->order != y->kind->order)
        return x->kind->order > y->kind->order ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static bool sorted_remove(Owner *o, const OwnerKind *kind, uintptr_t item)
{
    for (size_t i = o->sorted_count; i > 0; i--) {
        if (o->sorted[i - 1].kind != kind || o->sorted[i - 1].item != item)
            continue;
        for (; i < o->sorted_count; i++)
            o->sorted[i - 1] = o->sorted[i];
        o->sorted_count--;
        return true;
    }
    return false;
}

static void complain(const Owner *o, const OwnerItem *left)
{
    char text[TEXT_SIZE];

    err_log(ERR_WARNING,
            .message = err_fmt("%s was not given back: %s", left->kind->name,
                               describe(left->kind, left->item, text)),
            .detail = err_fmt("The resource owner \"%s\" had it.", o->name));
}

static const char *describe(const OwnerKind *kind, uintptr_t item, char *text)
{
    if (kind->describe != NULL)
        kind->describe(item, text, TEXT_SIZE);
    else
        snprintf(text, TEXT_SIZE, "%" PRIuPTR, item);
    return text;
}
