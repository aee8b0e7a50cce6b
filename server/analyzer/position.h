/*
 * position.h - where in a statement's text an error is
 *
 * Nodes know locations: bytes from the text's start, NODE_NO_LOCATION where there is none. Clients
 * are told positions: characters from 1, 0 where it is not known.
 */
#ifndef ANALYZER_POSITION_H
#define ANALYZER_POSITION_H

#include "common/base/base.h"

/* text may be NULL: 0 then. */
int text_position(const char *text, int location);

/* What fn raises gets that position, unless it has one or is a cancel. */
void text_call_at(const char *text, int location, void (*fn)(void *arg), void *arg);

#endif
