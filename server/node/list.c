/* list.c - lists of pointers, numbers and object ids. */
#include "common/base/base.h"

#include "server/node/list.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"

static List *list_grown(List *list, NodeTag tag);
static void list_reserve(List *list, int extra);

List *list_new(NodeTag tag)
{
    List *list = mem_new(List);

    list->tag = tag;
    list->room = LIST_INLINE;
    list->items = list->first;
    return list;
}

List *list_add(List *list, void *pointer)
{
    list = list_grown(list, NODE_List);
    list->items[list->count++].pointer = pointer;
    return list;
}

List *list_add_int(List *list, int number)
{
    list = list_grown(list, NODE_IntList);
    list->items[list->count++].number = number;
    return list;
}

List *list_add_oid(List *list, Oid oid)
{
    list = list_grown(list, NODE_OidList);
    list->items[list->count++].oid = oid;
    return list;
}

List *list_add_first(void *pointer, List *list)
{
    list = list_grown(list, NODE_List);
    memmove(list->items + 1, list->items, (size_t)list->count * sizeof(ListItem));
    list->items[0].pointer = pointer;
    list->count++;
    return list;
}

List *list_concat(List *a, const List *b)
{
    if (b == NULL)
        return a;
    if (a == NULL)
        a = list_new(b->tag);
    ASSERT(a->tag == b->tag);
    list_reserve(a, b->count);
    memcpy(a->items + a->count, b->items, (size_t)b->count * sizeof(ListItem));
    a->count += b->count;
    return a;
}

List *list_of(void *a)
{
    return list_add(NULL, a);
}

List *list_of2(void *a, void *b)
{
    return list_add(list_of(a), b);
}

List *list_of3(void *a, void *b, void *c)
{
    return list_add(list_of2(a, b), c);
}

/* list, or a new one of that tag, with room for one more item. */
static List *list_grown(List *list, NodeTag tag)
{
    if (list == NULL)
        return list_new(tag);
    ASSERT(list->tag == tag);
    if (list->count == list->room)
        list_reserve(list, 1);
    return list;
}

static void list_reserve(List *list, int extra)
{
    ListItem *items;
    int64_t room = list->room;

    while (room < (int64_t)list->count + extra)
        room *= 2;
    if (room == list->room)
        return;
    if (room > INT32_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "a list has too many items");
    if (list->items == list->first) {
        items = mem_new_array(ListItem, (size_t)room);
        memcpy(items, list->first, (size_t)list->count * sizeof(ListItem));
    } else {
        items = mem_realloc(list->items, size_mul((size_t)room, sizeof(ListItem)));
    }
    list->items = items;
    list->room = (int)room;
}
