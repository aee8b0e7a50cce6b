/*
 * guc_stack.c - levels of transactions: what SET and SET LOCAL did is undone or handed on
 *
 * A record has an entry for each level that changed it, the innermost first. When a level ends, its
 * entry goes:
 *
 *   abort, or STACK_SAVE          the value from before comes back
 *   commit of level 1             SET stays, SET_LOCAL gives the masked SET back, LOCAL is undone
 *   commit of a deeper level      the entry goes over to the level around: it becomes that one's,
 *                                 or is merged with the one that is there
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/config/guc_int.h"

static void end_level(GucRecord *record, bool is_commit);
static void hand_on(GucRecord *record, GucStack *entry);
static void merge(GucRecord *record, GucStack *entry, GucStack *outer);
static void restore(GucRecord *record, GucSaved saved);
static void drop(GucRecord *record, GucSaved saved);

unsigned guc_nest_begin(void)
{
    return ++guc.level;
}

unsigned guc_nest_level(void)
{
    return guc.level;
}

/* Before the value of a record changes: keep it for the end of the level. */
void guc_stack_note(GucRecord *record, GucAction action)
{
    GucStack *entry = record->stack;

    if (guc.level == 0)
        return;
    if (entry != NULL && entry->level == guc.level) {
        if (action == GUC_SET) {
            if (entry->state == STACK_SET_LOCAL)
                drop(record, entry->masked);
            entry->state = STACK_SET;
        } else if (action == GUC_LOCAL && entry->state == STACK_SET) {
            entry->masked = record->now;
            guc_value_keep(record, record->now.value);
            entry->state = STACK_SET_LOCAL;
        }
        return;
    }

    if (entry == NULL) {
        record->next_open = guc.opened;
        guc.opened = record;
    }
    MEM_SCOPE(guc.mem) {
        entry = mem_new(GucStack);
    }
    *entry = (GucStack){
        .outer = record->stack,
        .level = guc.level,
        .state = action == GUC_SET     ? STACK_SET
                 : action == GUC_LOCAL ? STACK_LOCAL
                                       : STACK_SAVE,
        .before = record->now,
    };
    guc_value_keep(record, record->now.value);
    record->stack = entry;
}

void guc_nest_end(unsigned level, bool is_commit)
{
    while (guc.level >= level && guc.level > 0) {
        GucRecord **place = &guc.opened;

        while (*place != NULL) {
            GucRecord *record = *place;

            if (record->stack->level == guc.level)
                end_level(record, is_commit);
            if (record->stack == NULL)
                *place = record->next_open;
            else
                place = &record->next_open;
        }
        guc.level--;
    }
}

/* The innermost entry of a record is of the level that ends. */
static void end_level(GucRecord *record, bool is_commit)
{
    GucStack *entry = record->stack;

    if (is_commit && entry->state != STACK_SAVE && guc.level > 1) {
        hand_on(record, entry);
        return;
    }
    record->stack = entry->outer;
    if (!is_commit || entry->state == STACK_SAVE || entry->state == STACK_LOCAL) {
        restore(record, entry->before);
        if (entry->state == STACK_SET_LOCAL)
            drop(record, entry->masked);
    } else {
        if (entry->state == STACK_SET_LOCAL)
            restore(record, entry->masked);
        drop(record, entry->before);
    }
    mem_free(entry);
}

static void hand_on(GucRecord *record, GucStack *entry)
{
    GucStack *outer = entry->outer;

    if (outer == NULL || outer->level < entry->level - 1) {
        entry->level--;
        return;
    }
    merge(record, entry, outer);
    record->stack = outer;
    mem_free(entry);
}

/* outer keeps its value from before; what its own SET gave may become the masked value. */
static void merge(GucRecord *record, GucStack *entry, GucStack *outer)
{
    GucStackState state = outer->state;

    switch (entry->state) {
    case STACK_SAVE:
        break;
    case STACK_SET:
        drop(record, entry->before);
        if (state == STACK_SET_LOCAL)
            drop(record, outer->masked);
        outer->state = STACK_SET;
        break;
    case STACK_LOCAL:
        if (state == STACK_SET) {
            outer->masked = entry->before;
            outer->state = STACK_SET_LOCAL;
        } else {
            drop(record, entry->before);
        }
        break;
    case STACK_SET_LOCAL:
        drop(record, entry->before);
        if (state == STACK_SET_LOCAL)
            drop(record, outer->masked);
        outer->masked = entry->masked;
        outer->state = STACK_SET_LOCAL;
        break;
    }
}

/* Takes over the reference. Hooks do not hear of what is the same. */
static void restore(GucRecord *record, GucSaved saved)
{
    if (guc_value_equal(record, saved.value, record->now.value)) {
        drop(record, record->now);
        record->now = saved;
        if (record->def.kind == GUC_STRING && record->field != NULL)
            *(const char **)record->field = saved.value.s;
        return;
    }
    guc_put(record, saved);
}

static void drop(GucRecord *record, GucSaved saved)
{
    guc_value_drop(record, saved.value);
}
