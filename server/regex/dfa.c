/*
 * dfa.c - run an automaton over a text, by way of a deterministic one that is made as it is needed
 *
 * A state of it is the set of places where the automaton may be once characters so far are read:
 * all that empty states lead to, up to constraints. Whether those hold depends on the characters at
 * both sides, so they are looked at when the next one is known: a state remembers what matters of
 * the character before it (its context), and accepts or not together with the next color.
 *
 * One that searches may begin anew at each character. Its states hold only places that were reached
 * by reading; a state without any says that no match has begun before.
 *
 * Constraints that look at more than a character (lookahead, lookbehind) are asked each time, and
 * steps from states with such are not kept.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/fmgr/hash_any.h"
#include "server/ipc/interrupt.h"
#include "server/regex/regex_int.h"

#define STATES_MAX 4000 /* kept; then all are made anew */

enum { CONTEXT_BEGIN = 1, CONTEXT_NEWLINE = 2, CONTEXT_WORD = 4, CONTEXT_COUNT = 8 };

typedef struct DfaState DfaState;

typedef struct DfaStep {
    DfaState *to; /* NULL: nothing can match any more */
    bool is_known, accepts;
} DfaStep;

struct DfaState {
    DfaState *next_same_hash;
    uint32_t hash;
    uint32_t count;
    uint8_t context;
    bool has_final; /* all was matched, if no constraint is in the way */
    bool has_constraints, has_looks;
    DfaStep *steps; /* by color + 1; 0: the end of the text */
    size_t step_room;
    uint32_t places[]; /* sorted */
};

/* A set of places under way. */
typedef struct PlaceSet {
    uint32_t *marks, stamp; /* marks[n] == stamp: n is in it */
    uint32_t *places, count;
    bool has_final;
} PlaceSet;

struct Dfa {
    Regex *re;
    MemContext *mem; /* of states */
    uint32_t begin, end;
    bool is_search, starts_with_constraint, starts_with_look;
    PlaceSet now, after;
    uint32_t *stack;
    DfaState **buckets;
    size_t bucket_count, state_count;
    DfaState *starts[CONTEXT_COUNT];
    unsigned generation; /* of the states */

    /* How far a lookbehind has read the text of that run. */
    uint64_t run;
    int64_t at;
    DfaState *at_state;
};

static const NfaState *place(const Dfa *d, uint32_t n)
{
    return (const NfaState *)d->re->states.items + n;
}

/* ---- Sets of places ---- */

static void set_init(PlaceSet *s, size_t count)
{
    s->marks = mem_new_array(uint32_t, count);
    s->places = mem_new_array(uint32_t, count);
}

static void set_clear(PlaceSet *s)
{
    s->stamp++;
    s->count = 0;
    s->has_final = false;
}

/* A place with all that it leads to without a character. */
static void set_add(const Dfa *d, PlaceSet *s, uint32_t from)
{
    uint32_t depth = 0;

    d->stack[depth++] = from;
    while (depth > 0) {
        uint32_t n = d->stack[--depth];
        const NfaState *p;

        if (n == 0 || s->marks[n] == s->stamp)
            continue;
        s->marks[n] = s->stamp;
        if (n == d->end) {
            s->has_final = true;
            continue;
        }
        p = place(d, n);
        if (p->kind != STATE_EMPTY) {
            s->places[s->count++] = n;
            continue;
        }
        d->stack[depth++] = p->out;
        d->stack[depth++] = p->out2;
    }
}

static void note_constraints(const Dfa *d, const PlaceSet *s, bool *has_constraints,
                             bool *has_looks)
{
    for (uint32_t i = 0; i < s->count; i++) {
        uint8_t kind = place(d, s->places[i])->kind;

        *has_constraints |= kind != STATE_SET;
        *has_looks |= kind == STATE_LOOK;
    }
}

/* ---- States ---- */

static void forget_states(Dfa *d)
{
    mem_reset(d->mem);
    memset(d->starts, 0, sizeof d->starts);
    d->state_count = 0;
    d->bucket_count = 256;
    d->at_state = NULL;
    d->generation++;
    MEM_SCOPE(d->mem) {
        d->buckets = mem_new_array(DfaState *, d->bucket_count);
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static bool is_sorted(const uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (numbers[i - 1] > numbers[i])
            return false;
    }
    return true;
}

static void grow_buckets(Dfa *d)
{
    size_t count = d->bucket_count * 4;
    DfaState **buckets;

    MEM_SCOPE(d->mem) {
        buckets = mem_new_array(DfaState *, count);
        for (size_t i = 0; i < d->bucket_count; i++) {
            for (DfaState *s = d->buckets[i], *next; s != NULL; s = next) {
                next = s->next_same_hash;
                s->next_same_hash = buckets[s->hash & (count - 1)];
                buckets[s->hash & (count - 1)] = s;
            }
        }
        d->buckets = buckets;
        d->bucket_count = count;
    }
}

static DfaState *state_new(Dfa *d, const PlaceSet *set, uint8_t context, uint32_t hash)
{
    size_t size = set->count * sizeof(uint32_t);
    DfaState *s;

    check_interrupts();
    if (d->state_count >= d->bucket_count)
        grow_buckets(d);
    s = mem_alloc_in(d->mem, sizeof *s + size);
    s->hash = hash;
    s->count = set->count;
    s->context = context;
    s->has_final = set->has_final;
    s->has_constraints = d->starts_with_constraint;
    s->has_looks = d->starts_with_look;
    note_constraints(d, set, &s->has_constraints, &s->has_looks);
    memcpy(s->places, set->places, size);
    s->next_same_hash = d->buckets[hash & (d->bucket_count - 1)];
    d->buckets[hash & (d->bucket_count - 1)] = s;
    d->state_count++;
    return s;
}

/* The state of a set; where nothing depends on the context, it is left out. */
static DfaState *state_of(Dfa *d, PlaceSet *set, uint8_t context)
{
    size_t size = set->count * sizeof(uint32_t);
    bool has_constraints = d->starts_with_constraint, has_looks = false;
    uint32_t hash;

    note_constraints(d, set, &has_constraints, &has_looks);
    if (!has_constraints)
        context = 0;
    if (!is_sorted(set->places, set->count))
        qsort(set->places, set->count, sizeof(uint32_t), by_number);
    hash = hash_any(set->places, size) + context * 2U + set->has_final;
    for (DfaState *s = d->buckets[hash & (d->bucket_count - 1)]; s != NULL; s = s->next_same_hash) {
        if (s->hash == hash && s->count == set->count && s->context == context &&
            s->has_final == set->has_final && memcmp(s->places, set->places, size) == 0)
            return s;
    }
    if (d->state_count >= STATES_MAX)
        forget_states(d);
    return state_new(d, set, context, hash);
}

Dfa *dfa_new(Regex *re, uint32_t begin, uint32_t end, bool is_search)
{
    Dfa *d;

    MEM_SCOPE(re->mem) {
        d = mem_new(Dfa);
        d->re = re;
        d->begin = begin;
        d->end = end;
        d->mem = mem_context_new(re->mem, "regex states");
        set_init(&d->now, re->states.count);
        set_init(&d->after, re->states.count);
        d->stack = mem_new_array(uint32_t, 2 * re->states.count + 2);
    }
    forget_states(d);
    if (is_search) {
        set_clear(&d->now);
        set_add(d, &d->now, begin);
        note_constraints(d, &d->now, &d->starts_with_constraint, &d->starts_with_look);
        d->is_search = true;
    }
    return d;
}

/* ---- Steps ---- */

static uint8_t context_of(const Color *color)
{
    return (uint8_t)((color->is_newline ? CONTEXT_NEWLINE : 0) |
                     (color->is_word ? CONTEXT_WORD : 0));
}

static uint8_t context_at(const Dfa *d, const MatchText *t, int64_t at)
{
    Colors *c = &d->re->colors;

    return at == 0 ? CONTEXT_BEGIN : context_of(colors_at(c, colors_of(c, t->chars[at - 1])));
}

static bool assertion_holds(AssertKind kind, uint8_t before, const Color *next)
{
    bool was_word = (before & CONTEXT_WORD) != 0, is_word = next != NULL && next->is_word;

    switch (kind) {
    case ASSERT_TEXT_BEGIN:
        return (before & CONTEXT_BEGIN) != 0;
    case ASSERT_LINE_BEGIN:
        return (before & (CONTEXT_BEGIN | CONTEXT_NEWLINE)) != 0;
    case ASSERT_TEXT_END:
        return next == NULL;
    case ASSERT_LINE_END:
        return next == NULL || next->is_newline;
    case ASSERT_WORD_BEGIN:
        return !was_word && is_word;
    case ASSERT_WORD_END:
        return was_word && !is_word;
    case ASSERT_WORD_EDGE:
        return was_word != is_word;
    default:
        return was_word == is_word;
    }
}

static bool look_holds(const Dfa *d, uint32_t number, const MatchText *t, int64_t at)
{
    Look *look = array_at(&d->re->looks, number);
    bool matches;

    if (look->dfa == NULL)
        look->dfa = dfa_new(d->re, look->root->begin, look->root->end, look->is_behind);
    matches = look->is_behind ? dfa_ends_at(look->dfa, t, at)
                              : dfa_shortest(look->dfa, t, at, at, t->len) >= 0;
    return matches != look->is_negative;
}

/* All places before the next character, behind the constraints that hold. */
static void open_state(Dfa *d, const DfaState *s, const MatchText *t, int64_t at, const Color *next)
{
    PlaceSet *now = &d->now;

    set_clear(now);
    now->has_final = s->has_final;
    for (uint32_t i = 0; i < s->count; i++) {
        now->marks[s->places[i]] = now->stamp;
        now->places[now->count++] = s->places[i];
    }
    if (d->is_search)
        set_add(d, now, d->begin);
    if (!s->has_constraints)
        return;
    for (uint32_t i = 0; i < now->count; i++) {
        const NfaState *p = place(d, now->places[i]);

        if ((p->kind == STATE_ASSERT && assertion_holds((AssertKind)p->number, s->context, next)) ||
            (p->kind == STATE_LOOK && look_holds(d, p->number, t, at)))
            set_add(d, now, p->out);
    }
}

static void keep_step(Dfa *d, DfaState *s, size_t index, DfaStep step)
{
    if (s->step_room <= index) {
        size_t room = size_max(index + 1, d->re->colors.colors.count + 2);

        MEM_SCOPE(d->mem) {
            s->steps = mem_realloc(s->steps, room * sizeof(DfaStep));
        }
        s->step_room = room;
    }
    s->steps[index] = step;
}

/* A step that is not known yet; index is color + 1, or 0 at the end. */
static DfaStep make_step(Dfa *d, DfaState *s, const MatchText *t, int64_t at, size_t index)
{
    const Color *color = index == 0 ? NULL : colors_at(&d->re->colors, (unsigned)index - 1);
    DfaStep step = {.is_known = true};
    unsigned generation = d->generation;
    bool can_keep = !s->has_looks;

    open_state(d, s, t, at, color);
    step.accepts = d->now.has_final;
    if (color != NULL) {
        set_clear(&d->after);
        for (uint32_t i = 0; i < d->now.count; i++) {
            const NfaState *p = place(d, d->now.places[i]);

            if (p->kind == STATE_SET && color_is_in(color, p->number))
                set_add(d, &d->after, p->out);
        }
        if (d->is_search || d->after.count > 0 || d->after.has_final)
            step.to = state_of(d, &d->after, context_of(color));
    }

    /* When room was made for a new state, the old one is gone. */
    if (can_keep && generation == d->generation)
        keep_step(d, s, index, step);
    return step;
}

static ALWAYS_INLINE DfaStep take_step(Dfa *d, DfaState *s, const MatchText *t, int64_t at)
{
    size_t index = at < t->len ? colors_of(&d->re->colors, t->chars[at]) + (size_t)1 : 0;

    if (LIKELY(index < s->step_room && s->steps[index].is_known))
        return s->steps[index];
    return make_step(d, s, t, at, index);
}

static DfaState *start_state(Dfa *d, const MatchText *t, int64_t at)
{
    uint8_t context = context_at(d, t, at);

    if (d->starts[context] == NULL) {
        DfaState *s;

        set_clear(&d->after);
        if (!d->is_search)
            set_add(d, &d->after, d->begin);
        s = state_of(d, &d->after, context);
        d->starts[context] = s;
    }
    return d->starts[context];
}

/* ---- Runs ---- */

int64_t dfa_longest(Dfa *d, const MatchText *t, int64_t start, int64_t limit)
{
    DfaState *s = start_state(d, t, start);
    int64_t found = -1;

    for (int64_t at = start;; at++) {
        DfaStep step = take_step(d, s, t, at);

        if (step.accepts)
            found = at;
        if (at >= limit || step.to == NULL)
            return found;
        s = step.to;
    }
}

int64_t dfa_shortest(Dfa *d, const MatchText *t, int64_t start, int64_t min, int64_t limit)
{
    DfaState *s = start_state(d, t, start);

    for (int64_t at = start;; at++) {
        DfaStep step = take_step(d, s, t, at);

        if (step.accepts && at >= min)
            return at;
        if (at >= limit || step.to == NULL)
            return -1;
        s = step.to;
    }
}

int64_t dfa_find(Dfa *d, const MatchText *t, int64_t start, int64_t *from)
{
    DfaState *s = start_state(d, t, start);

    *from = start;
    for (int64_t at = start;; at++) {
        DfaStep step;

        if (s->count == 0 && !s->has_final)
            *from = at;
        step = take_step(d, s, t, at);
        if (step.accepts)
            return at;
        if (at >= t->len)
            return -1;
        s = step.to;
    }
}

/* Places are mostly asked for from left to right: what was read once is not read again. */
bool dfa_ends_at(Dfa *d, const MatchText *t, int64_t place)
{
    DfaState *s = d->at_state;
    int64_t at = d->at;
    DfaStep step;

    if (s == NULL || d->run != d->re->run || at > place) {
        s = start_state(d, t, 0);
        at = 0;
    }
    for (; at < place; at++)
        s = take_step(d, s, t, at).to;
    step = take_step(d, s, t, at);

    /* Making that step may have taken the state away. */
    d->at_state = d->state_count > 0 && step.to != NULL && at < t->len ? step.to : NULL;
    d->at = at + 1;
    d->run = d->re->run;
    return step.accepts;
}
