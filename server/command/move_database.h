/*
 * move_database.h - a database goes to another tablespace
 */
#ifndef COMMAND_MOVE_DATABASE_H
#define COMMAND_MOVE_DATABASE_H

#include "common/base/base.h"

/*
 * By their names; what has a tablespace of its own stays. Ends the transaction and begins another
 * one.
 */
void database_move(const char *name, const char *tablespace);

#endif
