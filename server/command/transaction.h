/*
 * transaction.h - what others ask of BEGIN, COMMIT and their kin
 */
#ifndef COMMAND_TRANSACTION_H
#define COMMAND_TRANSACTION_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Is the statement one that a failed block takes, too? */
bool command_ends_failed_block(const Node *stmt);

/* Options of a transaction (of TransactionStmt, SET TRANSACTION), for this transaction. */
void command_transaction_modes(const List *options);

#endif
