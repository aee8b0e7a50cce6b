/*
 * nfa.c - the automaton of a tree
 *
 * Each node becomes states between a begin and an end of its own, and nothing leads from within to
 * elsewhere but from its end: so a node's part of the automaton serves alone, too, when its end is
 * taken for the last state.
 */
#include "common/base/base.h"

#include "server/regex/regex_int.h"

#include "common/err/err.h"

typedef struct Part {
    uint32_t begin, end; /* end is an empty state that leads nowhere yet */
} Part;

static NfaState *state_at(const Regex *re, uint32_t n)
{
    return array_at(&re->states, n);
}

static uint32_t state_new(Regex *re, StateKind kind, uint32_t number, uint32_t out)
{
    NfaState *s;

    if (re->states.count >= REGEX_NODES_MAX)
        regex_raise(REGEX_TOO_BIG);
    s = array_push(&re->states);
    *s = (NfaState){.kind = (uint8_t)kind, .number = number, .out = out};
    return (uint32_t)(re->states.count - 1);
}

static uint32_t empty_new(Regex *re)
{
    return state_new(re, STATE_EMPTY, 0, 0);
}

/* An empty state that leads to one place more. */
static void lead(Regex *re, uint32_t from, uint32_t to)
{
    NfaState *s = state_at(re, from);
    uint32_t between;

    if (s->out == 0) {
        s->out = to;
        return;
    }
    if (s->out2 != 0) {
        between = empty_new(re);
        s = state_at(re, from);
        state_at(re, between)->out = s->out2;
        state_at(re, between)->out2 = to;
        s->out2 = between;
        return;
    }
    s->out2 = to;
}

static Part build(Regex *re, Node *node);

static Part single(Regex *re, StateKind kind, uint32_t number)
{
    Part p;

    p.end = empty_new(re);
    p.begin = state_new(re, kind, number, p.end);
    return p;
}

static Part sequence(Regex *re, Node *first)
{
    Part all;

    all.begin = all.end = empty_new(re);
    for (Node *n = first; n != NULL; n = n->next) {
        Part p = build(re, n);

        lead(re, all.end, p.begin);
        all.end = p.end;
    }
    return all;
}

static Part alternatives(Regex *re, Node *first)
{
    Part all = {.begin = empty_new(re)};

    all.end = empty_new(re);
    for (Node *n = first; n != NULL; n = n->next) {
        Part p = build(re, n);

        lead(re, all.begin, p.begin);
        lead(re, p.end, all.end);
    }
    return all;
}

/* As often as must be in a row, then as often as may be with ways out. */
static Part repetition(Regex *re, Node *inner, uint32_t min, uint32_t max)
{
    Part all;
    uint32_t at, loop;

    all.begin = at = empty_new(re);
    for (uint32_t i = 0; i < min; i++) {
        Part p = build(re, inner);

        lead(re, at, p.begin);
        at = p.end;
    }
    all.end = empty_new(re);
    if (max == REGEX_INFINITE) {
        Part p = build(re, inner);

        loop = empty_new(re);
        lead(re, at, loop);
        lead(re, loop, p.begin);
        lead(re, loop, all.end);
        lead(re, p.end, loop);
        return all;
    }
    for (uint32_t i = min; i < max; i++) {
        Part p = build(re, inner);
        uint32_t fork = empty_new(re);

        lead(re, at, fork);
        lead(re, fork, p.begin);
        lead(re, fork, all.end);
        at = p.end;
    }
    lead(re, at, all.end);
    return all;
}

/*
 * What a reference will match is not known: whatever the part that it names may match, constraints
 * aside, which held at another place.
 */
static Part reference(Regex *re, const Node *node)
{
    const Node *named = *(Node **)array_at(&re->groups, node->number - 1);
    bool was_copying = re->is_copying;
    Part p;

    re->is_copying = true;
    p = repetition(re, named->first, node->min, node->max);
    re->is_copying = was_copying;
    return p;
}

static Part constraint(Regex *re, StateKind kind, uint32_t number)
{
    Part p;

    if (!re->is_copying)
        return single(re, kind, number);
    p.begin = p.end = empty_new(re);
    return p;
}

static Part build_kind(Regex *re, Node *node)
{
    switch (node->kind) {
    case NODE_SET:
        return single(re, STATE_SET, node->number);
    case NODE_ASSERT:
        return constraint(re, STATE_ASSERT, node->number);
    case NODE_LOOK:
        return constraint(re, STATE_LOOK, node->number);
    case NODE_BACKREF:
        return reference(re, node);
    case NODE_ALTERNATIVES:
        return alternatives(re, node->first);
    case NODE_REPEAT:
        return repetition(re, node->first, node->min, node->max);
    case NODE_CAPTURE: {
        Part all = {.begin = empty_new(re)}, p = build(re, node->first);

        all.end = empty_new(re);
        lead(re, all.begin, p.begin);
        lead(re, p.end, all.end);
        return all;
    }
    default:
        return sequence(re, node->first);
    }
}

/* A node may be built several times; any of the copies tells what it matches. */
static Part build(Regex *re, Node *node)
{
    Part p = build_kind(re, node);

    if (!re->is_copying) {
        node->begin = p.begin;
        node->end = p.end;
    }
    return p;
}

/* Do all ways in pass the begin of the text? */
static bool needs_text_begin(const Regex *re, uint32_t at, unsigned depth)
{
    const NfaState *s = state_at(re, at);

    if (depth > 50)
        return false;
    if (s->kind == STATE_ASSERT)
        return s->number == ASSERT_TEXT_BEGIN;
    if (s->kind != STATE_EMPTY || s->out == 0)
        return false;
    return needs_text_begin(re, s->out, depth + 1) &&
           (s->out2 == 0 || needs_text_begin(re, s->out2, depth + 1));
}

void regex_build(Regex *re)
{
    array_push(&re->states);
    for (size_t i = 0; i < re->looks.count; i++)
        build(re, ((Look *)array_at(&re->looks, i))->root);
    build(re, re->root);
    re->needs_text_begin = needs_text_begin(re, re->root->begin, 0);
}
