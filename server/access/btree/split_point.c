/*
 * split_point.c - where to part a full page
 *
 * Every place between two items, the new one among them, is a candidate if both halves hold what
 * they get, the left one with the longest high key that the place may need. A candidate is the
 * better the nearer the free space of its halves is to the wanted share: equal, or, where items are
 * added at the end, such that the left half is left as full as the fillfactor says.
 *
 * Among those that are about as near, the one wins whose items differ in the fewest columns, since
 * its pivot is the shortest. When none of them would do without a heap TID the page is full of
 * duplicates: then any place between two keys is better than the best one inside a key, and when
 * there is no such place, rows are added to the end of one key, so the left half stays nearly full.
 *
 * Which candidates there are and which wins is PostgreSQL 15's choice, as far as it depends on the
 * page alone.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"

#define UPPER_FILLFACTOR   70
#define ONE_KEY_FILLFACTOR 96
#define LEAF_NEAR          0.05 /* share of the items' bytes that near candidates may differ by */
#define UPPER_NEAR         0.075
#define TINY_ITEM          64 /* bytes; the rows of a posting tuple that short are not reckoned */
#define FEW_ITEMS          9
#define LOCAL_ITEM_MAX     (24 + PAGE_ITEM_ID_SIZE) /* two int8 */

typedef struct Candidate {
    int left_free, right_free; /* bytes */
    int distance;              /* from the wanted share */
    unsigned order;            /* on the page */
    BtreeSplitPoint point;
} Candidate;

typedef struct Chooser {
    const BtreeIndex *index;
    uint8_t *page;
    bool is_leaf, is_rightmost;
    OffsetNo first, count; /* line pointers of data */
    OffsetNo new_offnum;
    const IndexTuple *tuple; /* new */
    int new_size;            /* with its line pointer, as all sizes here */
    int items_size;          /* of all items that are there */
    int left_space, right_space;
    int smallest; /* first item of a right half, over all candidates */
    Candidate *candidates;
    unsigned candidate_count;
} Chooser;

static void begin(Chooser *c);
static void list_candidates(Chooser *c);
static void consider(Chooser *c, OffsetNo first_right, bool new_is_left, int size_before);
static bool follows_its_neighbour(const Chooser *c, bool *leave_full);
static void sort_by_share(Chooser *c, double left_share);
static unsigned count_near(const Chooser *c);
static BtreeSplitPoint choose_upper(const Chooser *c, unsigned near);
static BtreeSplitPoint choose_leaf(Chooser *c, unsigned near, const Candidate *leftmost,
                                   const Candidate *rightmost);

static double share_of(unsigned fillfactor)
{
    return fillfactor / 100.0;
}

#define HALF (-1.0) /* a share: as much to the left as to the right, in whole bytes */

BtreeSplitPoint btree_choose_split(const BtreeIndex *index, uint8_t *page, OffsetNo new_offnum,
                                   const IndexTuple *tuple)
{
    unsigned fillfactor = index->fillfactor == 0 ? BTREE_FILLFACTOR : index->fillfactor;
    Chooser c = {.index = index, .page = page, .new_offnum = new_offnum, .tuple = tuple};
    Candidate leftmost, rightmost;
    BtreeSplitPoint point;
    double share = HALF;
    bool leave_full;

    begin(&c);
    list_candidates(&c);
    if (c.candidate_count == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find a feasible split point for index \"%s\"",
                                     index->keys.index_name));
    if (c.is_rightmost) {
        share = share_of(c.is_leaf ? fillfactor : UPPER_FILLFACTOR);
    } else if (c.is_leaf && follows_its_neighbour(&c, &leave_full)) {
        for (unsigned i = 0; !leave_full && i < c.candidate_count; i++) {
            point = c.candidates[i].point;
            if (point.new_is_left && point.first_right == new_offnum) {
                mem_free(c.candidates);
                return point;
            }
        }
        if (leave_full)
            share = share_of(fillfactor);
    }
    leftmost = c.candidates[0];
    rightmost = c.candidates[c.candidate_count - 1];
    sort_by_share(&c, share);
    point = c.is_leaf ? choose_leaf(&c, count_near(&c), &leftmost, &rightmost)
                      : choose_upper(&c, count_near(&c));
    mem_free(c.candidates);
    return point;
}

static int item_size(const Chooser *c, OffsetNo offnum)
{
    return (int)(size_align_up(page_item_id(c->page, offnum).len, PAGE_ALIGN) + PAGE_ITEM_ID_SIZE);
}

static void begin(Chooser *c)
{
    const BtreeSpecial *special = btree_special(c->page);

    c->is_leaf = btree_page_is_leaf(special);
    c->is_rightmost = btree_page_is_rightmost(special);
    c->first = btree_first_data(special);
    c->count = page_item_count(c->page);
    c->new_size = (int)(index_tuple_size(c->tuple) + PAGE_ITEM_ID_SIZE);
    c->left_space = c->right_space = BLOCK_SIZE - PAGE_HEADER_SIZE - (int)sizeof(BtreeSpecial);
    if (!c->is_rightmost)
        c->right_space -= item_size(c, BTREE_HIGH_KEY);
    c->items_size = c->right_space - (int)page_hole_size(c->page);
    c->smallest = INT32_MAX;
    c->candidates = mem_new_array(Candidate, c->count + 2U);
}

static void list_candidates(Chooser *c)
{
    int size_before = 0;

    for (OffsetNo offnum = c->first; offnum <= c->count; offnum++) {
        if (offnum <= c->new_offnum)
            consider(c, offnum, false, size_before);
        if (offnum >= c->new_offnum)
            consider(c, offnum, true, size_before);
        size_before += item_size(c, offnum);
    }
    if (c->new_offnum > c->count)
        consider(c, c->new_offnum, false, c->items_size);
}

/* Bytes of rows that the high key made of an item will not have. */
static int rows_size(const Chooser *c, OffsetNo offnum, int size)
{
    const IndexTuple *tuple;

    if (!c->is_leaf || size <= TINY_ITEM)
        return 0;
    tuple = btree_item(c->index, c->page, offnum);
    return btree_tuple_is_posting(tuple)
               ? (int)(index_tuple_size(tuple) - btree_posting_offset(tuple))
               : 0;
}

/*
 * The first item on the right is on both sides: as the high key, on leaves with a heap TID, and,
 * above the leaves without its key, as itself.
 */
static void consider(Chooser *c, OffsetNo first_right, bool new_is_left, int size_before)
{
    bool new_is_first = first_right == c->new_offnum && !new_is_left;
    int size = new_is_first ? c->new_size : item_size(c, first_right);
    int left_free = c->left_space - size_before - size;
    int right_free = c->right_space - (c->items_size - size_before);

    if (c->is_leaf)
        left_free -= BTREE_PIVOT_TID_SIZE - (new_is_first ? 0 : rows_size(c, first_right, size));
    else
        right_free += size - (int)(sizeof(IndexTuple) + PAGE_ITEM_ID_SIZE);
    if (new_is_left)
        left_free -= c->new_size;
    else
        right_free -= c->new_size;
    if (left_free < 0 || right_free < 0)
        return;
    if (size < c->smallest)
        c->smallest = size;
    c->candidates[c->candidate_count] =
        (Candidate){.left_free = left_free,
                    .right_free = right_free,
                    .order = c->candidate_count,
                    .point = {.first_right = first_right, .new_is_left = new_is_left}};
    c->candidate_count++;
}

/* ---- Rows that are added to the end of a group ---- */

/* Does the row lie right behind the other, in the table? */
static bool is_adjacent(const Tid *low, const Tid *high)
{
    return tid_block(*low) == tid_block(*high) ||
           (tid_block(*low) + 1 == tid_block(*high) && high->offset == 1);
}

/*
 * In an index of several columns of fixed width: is the new item one more of those that begin with
 * the same value, each inserted behind the one before? Then the page is split behind it, so that
 * there is room for the next ones; *leave_full: it is so near the end that the page is best split
 * as a rightmost one.
 */
static bool follows_its_neighbour(const Chooser *c, bool *leave_full)
{
    const BtreeKeys *keys = &c->index->keys;
    unsigned fillfactor = c->index->fillfactor == 0 ? BTREE_FILLFACTOR : c->index->fillfactor;
    const IndexTuple *before;
    unsigned columns;

    *leave_full = true;
    if (keys->key_count == 1 || c->new_offnum == BTREE_FIRST_KEY || c->new_size != c->smallest ||
        c->new_size > LOCAL_ITEM_MAX || c->new_size * (c->count - 1) != c->items_size)
        return false;
    before = btree_item(c->index, c->page,
                        c->new_offnum > c->count ? c->count : (OffsetNo)(c->new_offnum - 1));
    if (c->new_offnum <= c->count &&
        (btree_tuple_is_posting(before) || !is_adjacent(&before->tid, &c->tuple->tid)))
        return false;
    columns = btree_columns_to_part(keys, before, c->tuple);
    if (columns == 1 || columns > keys->key_count)
        return false;
    if (c->new_offnum <= c->count)
        *leave_full = (double)c->new_offnum / (c->count + 1.0) > share_of(fillfactor);
    return true;
}

/* ---- Choosing ---- */

static int compare_candidates(const void *x, const void *y)
{
    const Candidate *a = x, *b = y;

    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* left_share: how much of the space that is used should be on the left; or HALF. */
static void sort_by_share(Chooser *c, double left_share)
{
    for (unsigned i = 0; i < c->candidate_count; i++) {
        Candidate *candidate = &c->candidates[i];

        if (left_share < 0)
            candidate->distance = candidate->left_free - candidate->right_free;
        else
            candidate->distance = (int)(left_share * candidate->left_free -
                                        (1.0 - left_share) * candidate->right_free);
        candidate->distance = abs(candidate->distance);
    }
    qsort(c->candidates, c->candidate_count, sizeof(Candidate), compare_candidates);
}

/* How many of the sorted candidates are about as good as the first. */
static unsigned count_near(const Chooser *c)
{
    const Candidate *best = &c->candidates[0];
    int near = (int)(c->items_size * (c->is_leaf ? LEAF_NEAR : UPPER_NEAR));
    unsigned i;

    for (i = 1; i < c->candidate_count; i++) {
        const Candidate *other = &c->candidates[i];

        if (abs(other->left_free - best->left_free) > near ||
            abs(other->right_free - best->right_free) > near)
            break;
    }
    return i;
}

/* Above the leaves the pivot that goes up is an item as it is: the shortest is the best. */
static BtreeSplitPoint choose_upper(const Chooser *c, unsigned near)
{
    const Candidate *best = NULL;
    int best_size = INT32_MAX;

    for (unsigned i = 0; i < near && best_size > c->smallest; i++) {
        const BtreeSplitPoint *point = &c->candidates[i].point;
        int size = point->first_right == c->new_offnum && !point->new_is_left
                       ? c->new_size
                       : item_size(c, point->first_right);

        if (size < best_size) {
            best_size = size;
            best = &c->candidates[i];
        }
    }
    return best->point;
}

static const IndexTuple *last_left(const Chooser *c, const Candidate *candidate)
{
    OffsetNo first_right = candidate->point.first_right;

    if (candidate->point.new_is_left && first_right == c->new_offnum)
        return c->tuple;
    return btree_item(c->index, c->page, (OffsetNo)(first_right - 1));
}

static const IndexTuple *first_right(const Chooser *c, const Candidate *candidate)
{
    if (!candidate->point.new_is_left && candidate->point.first_right == c->new_offnum)
        return c->tuple;
    return btree_item(c->index, c->page, candidate->point.first_right);
}

/* Columns that a pivot between the last item before one and the first item behind another needs. */
static unsigned columns_between(const Chooser *c, const Candidate *left, const Candidate *right)
{
    return btree_columns_to_part(&c->index->keys, last_left(c, left), first_right(c, right));
}

/* The one of the first count candidates that needs the fewest columns; enough is enough. */
static const Candidate *best_of(const Chooser *c, unsigned count, unsigned enough)
{
    const Candidate *best = NULL;
    unsigned best_columns = UINT32_MAX;

    for (unsigned i = 0; i < count && best_columns > enough; i++) {
        const Candidate *candidate = &c->candidates[i];
        unsigned columns = columns_between(c, candidate, candidate);

        if (columns < best_columns) {
            best_columns = columns;
            best = candidate;
        }
    }
    return best;
}

static const Candidate *edge_of(const Chooser *c, unsigned count, bool is_right)
{
    const Candidate *edge = &c->candidates[0];

    for (unsigned i = 1; i < count; i++) {
        if ((c->candidates[i].order > edge->order) == is_right)
            edge = &c->candidates[i];
    }
    return edge;
}

/* Is the page the last one with its key, which fills all of it? */
static bool is_end_of_key(const Chooser *c)
{
    const BtreeKeys *keys = &c->index->keys;
    const IndexTuple *high_key;

    if (c->is_rightmost)
        return true;
    high_key = btree_item(c->index, c->page, BTREE_HIGH_KEY);
    return btree_columns_to_part(keys, high_key, c->tuple) <= keys->key_count;
}

static BtreeSplitPoint choose_leaf(Chooser *c, unsigned near, const Candidate *leftmost,
                                   const Candidate *rightmost)
{
    unsigned key_count = c->index->keys.key_count;
    unsigned enough = columns_between(c, edge_of(c, near, false), edge_of(c, near, true));
    const Candidate *best;

    if (enough <= key_count)
        return best_of(c, near, enough)->point;
    enough = columns_between(c, leftmost, rightmost);
    if (enough > key_count) {
        if (!is_end_of_key(c))
            return best_of(c, near, enough)->point;
        sort_by_share(c, share_of(ONE_KEY_FILLFACTOR));
        return c->candidates[0].point;
    }

    /*
     * Beside the group of duplicates that the best place lies in. But not just before an item that
     * is new, or pages with little on them would pile up when more come to the same place.
     */
    best = best_of(c, c->candidate_count, key_count);
    if (!c->is_rightmost && !best->point.new_is_left && best->point.first_right >= c->new_offnum &&
        best->point.first_right < c->new_offnum + FEW_ITEMS)
        best = &c->candidates[0];
    return best->point;
}
