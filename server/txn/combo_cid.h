/*
 * combo_cid.h - which commands of a transaction made and deleted a row: two numbers in one field
 *
 * A row version has room for one command number. When the transaction that made it deletes it too,
 * the field takes a number that stands for the pair, known to this process until the transaction
 * ends. (A flag in the row's header says which of the two it is.)
 */
#ifndef TXN_COMBO_CID_H
#define TXN_COMBO_CID_H

#include "common/base/base.h"

/* The number for the pair, the same again for the same pair. */
Cid combo_cid_make(Cid cmin, Cid cmax);

Cid combo_cid_min(Cid combo);
Cid combo_cid_max(Cid combo);

void combo_cid_at_end_of_transaction(void);

#endif
