/*
 * unknown.h - refuse what cannot be dumped yet
 *
 * A dump that leaves something out without a word is worse than none: a database with an object of
 * a kind that is no row of kind.def is refused, by name, if the dump would have to have it.
 */
#ifndef PGDUMP_UNKNOWN_H
#define PGDUMP_UNKNOWN_H

#include "common/base/base.h"

#include "pgdump/dump.h"

/* Raise 0A000 when there is such an object. All objects that are known have been read. */
void unknown_refuse(Dump *d);

#endif
