/* handlers.h - give a test process its signals back after a test that had them handled. */
#ifndef LIB_HANDLERS_H
#define LIB_HANDLERS_H

/* Default actions for what interrupt_install() handles, nothing blocked, no alarm. */
void handlers_reset(void);

#endif
