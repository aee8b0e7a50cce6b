/*
 * list.h - lists of pointers, numbers and object ids, as nodes have them
 *
 * NULL is the empty list. A function that adds returns the list, which is a new one when it was
 * NULL. The first items lie in the list itself, so that a short one is a single allocation. Items
 * that are pointers are nodes, lists or NULL.
 */
#ifndef NODE_LIST_H
#define NODE_LIST_H

#include "common/base/base.h"

#include "server/node/node_gen.h"

#define LIST_INLINE 4

typedef union ListItem {
    void *pointer;
    int64_t number;
    Oid oid;
} ListItem;

typedef struct List {
    NodeTag tag; /* NODE_List, NODE_IntList or NODE_OidList */
    int count;
    int room;
    ListItem *items;
    ListItem first[LIST_INLINE];
} List;

List *list_new(NodeTag tag);

/* Add at the end, in the memory context that is current. */
List *list_add(List *list, void *pointer);
List *list_add_int(List *list, int number);
List *list_add_oid(List *list, Oid oid);

/* Add at the front. */
List *list_add_first(void *pointer, List *list);

/* The items of b behind those of a; b stays as it is. Either may be NULL. */
List *list_concat(List *a, const List *b);

/* Lists of one, two and three pointers. */
List *list_of(void *a);
List *list_of2(void *a, void *b);
List *list_of3(void *a, void *b, void *c);

static inline int list_count(const List *list)
{
    return list == NULL ? 0 : list->count;
}

static inline void *list_at(const List *list, int i)
{
    ASSERT(i >= 0 && i < list_count(list));
    return list->items[i].pointer;
}

static inline int list_int_at(const List *list, int i)
{
    ASSERT(i >= 0 && i < list_count(list));
    return (int)list->items[i].number;
}

static inline Oid list_oid_at(const List *list, int i)
{
    ASSERT(i >= 0 && i < list_count(list));
    return list->items[i].oid;
}

static inline void *list_last(const List *list)
{
    return list_at(list, list->count - 1);
}

/*
 * Walk the pointers of a list, of that type; do not add meanwhile. A break ends the walk: it leaves
 * the inner loop with item_go at 0.
 */
#define list_foreach(type, item, list)                                                             \
 for (int item##_i = 0, item##_go = 1; item##_go && item##_i < list_count(list); item##_i++)       \
  for (type item = (item##_go = 0, (list)->items[item##_i].pointer); !item##_go; item##_go = 1)

#endif
