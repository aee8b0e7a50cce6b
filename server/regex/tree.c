/*
 * tree.c - the shape of trees: what must be matched part by part, and in which order
 *
 * A branch is a sequence of atoms. Atoms that hold no parentheses or references, and do not differ
 * in what they prefer, make one leaf: nobody asks where in it one ends and the next begins. Any
 * other atom parts the branch: what is before it takes as much (or as little) as it likes, then the
 * atom, then the rest.
 *
 * What a part prefers is what the first thing in it prefers that has a preference; alternatives
 * prefer much.
 */
#include "common/base/base.h"

#include "server/regex/regex_int.h"

#define PARTED (PREFERS_BOTH | HAS_CAPTURE | HAS_BACKREF)

Node *regex_node(NodeKind kind)
{
    Node *n = mem_new(Node);

    n->kind = kind;
    n->is_leaf = true;
    return n;
}

/* What a part that holds something with these flags has, besides its own preference. */
static unsigned flags_above(unsigned flags)
{
    unsigned above = flags & ~(unsigned)PREFERENCE;

    return (flags & PREFERENCE) == PREFERENCE ? above | PREFERS_BOTH : above;
}

static unsigned combine(unsigned first, unsigned second)
{
    unsigned preference = first & PREFERENCE;

    return flags_above(first | second) | (preference != 0 ? preference : second & PREFERENCE);
}

static Node *concat(Node *left, Node *right)
{
    Node *n = regex_node(NODE_CONCAT);

    left->next = right;
    right->next = NULL;
    n->first = left;
    n->is_leaf = false;
    n->flags = combine(left->flags, right->flags);
    return n;
}

/* A node that holds another, which may have a place of its own elsewhere. */
static Node *repeat(Node *atom, uint32_t min, uint32_t max, unsigned flags)
{
    Node *n = regex_node(NODE_REPEAT);

    n->first = atom;
    n->min = min;
    n->max = max;
    n->flags = flags;
    return n;
}

/*
 * An atom with its quantifier, of which parts matter. Of what repeats, only the last round counts:
 * where rounds are needed at all and no reference looks at them, the others become a leaf before
 * the last.
 */
static Node *parted_item(const Node *item)
{
    Node *atom = item->first, *n;
    unsigned kind = atom->flags & (PREFERENCE | PREFERS_BOTH);
    unsigned flags = combine(item->flags, atom->flags);

    if (item->number == 1) {
        atom->min = item->min;
        atom->max = item->max;
        atom->flags = flags;
        return atom;
    }
    if (item->min == 1 && item->max == 1 && (item->flags == 0 || kind == 0 || item->flags == kind))
        return atom;
    if ((atom->flags & (HAS_CAPTURE | HAS_BACKREF)) == 0)
        return repeat(atom, item->min, item->max, flags);
    if (item->min > 0 && (atom->flags & HAS_BACKREF) == 0) {
        uint32_t max = item->max == REGEX_INFINITE ? REGEX_INFINITE : item->max - 1;

        n = concat(repeat(atom, item->min - 1, max, flags & PREFERENCE), atom);
        n->flags = flags;
        return n;
    }
    n = repeat(atom, item->min, item->max, flags);
    n->is_leaf = false;
    return n;
}

/* Atoms of a list that are matched as one. */
static Node *leaf(Node *first, unsigned flags)
{
    Node *n = regex_node(NODE_CONCAT);

    n->first = first;
    n->flags = flags;
    return n;
}

Node *regex_branch(Node *atoms)
{
    Node *first = NULL, **last = &first, *following, *parted;
    unsigned flags = 0;

    for (Node *item = atoms; item != NULL; item = following) {
        unsigned with = flags | item->flags | item->first->flags;

        following = item->next;
        if (item->max == 0)
            continue;
        if ((flags_above(with) & PARTED) == 0) {
            *last = item;
            last = &item->next;
            item->next = NULL;
            flags = with;
            continue;
        }
        parted = parted_item(item);
        if (following != NULL)
            parted = concat(parted, regex_branch(following));
        return first == NULL ? parted : concat(leaf(first, flags), parted);
    }
    return leaf(first, flags);
}

Node *regex_alternatives(Node *branches)
{
    Node *n;

    if (branches->next == NULL)
        return branches;
    n = regex_node(NODE_ALTERNATIVES);
    n->first = branches;
    n->flags = PREFERS_LONG;
    for (const Node *b = branches; b != NULL; b = b->next)
        n->flags |= flags_above(b->flags);
    n->is_leaf = (n->flags & PARTED) == 0;
    return n;
}
