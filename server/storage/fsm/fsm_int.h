/* fsm_int.h - the tree on a page of the free space map, for fsm.c and fsm_tree.c. */
#ifndef FSM_FSM_INT_H
#define FSM_FSM_INT_H

#include "common/base/base.h"

#define FSM_SLOT_NONE (-1)
#define FSM_SLOT_BAD  (-2) /* an inner node promises what no leaf has: mend the page */

/* Set a leaf and the nodes above it; false when nothing changed. */
bool fsm_tree_set(uint8_t *page, unsigned slot, uint8_t value);
uint8_t fsm_tree_get(const uint8_t *page, unsigned slot);
uint8_t fsm_tree_best(const uint8_t *page); /* the largest of all leaves */

/*
 * A leaf of that value at least, from where the page's hint says; the hint moves on to it, or
 * behind it. Needs no more than a shared lock, since the hint may be anything.
 */
int fsm_tree_search(uint8_t *page, uint8_t value, bool goes_behind);
void fsm_tree_reset_hint(uint8_t *page);
void fsm_tree_mend(uint8_t *page);

#endif
