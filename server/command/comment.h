/*
 * comment.h - comments on objects: pg_description and pg_shdescription
 */
#ifndef COMMAND_COMMENT_H
#define COMMAND_COMMENT_H

#include "common/base/base.h"

#include "server/command/object.h"

/* Set it; NULL or nothing takes it away. */
void comment_set(const ObjectAddress *object, const char *text);

/* NULL: there is none; in the current context. */
char *comment_get(const ObjectAddress *object);

/* Those of an object, its columns' too when it is a whole. */
void comment_forget(const ObjectAddress *object);

#endif
