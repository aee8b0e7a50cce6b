/* user.h - users of the system: who runs this process, and their names. */
#ifndef OS_USER_H
#define OS_USER_H

#include "common/base/base.h"

/* The effective user of this process. */
uint32_t os_user_id(void);
uint32_t os_group_id(void); /* and its group */

/* The name of a user, in the current context; NULL when the system knows none. */
char *os_user_name(uint32_t uid);

#endif
