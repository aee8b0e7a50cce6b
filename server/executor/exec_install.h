/* exec_install.h - what lower rooms ask of this one; once, by main. */
#ifndef EXECUTOR_EXEC_INSTALL_H
#define EXECUTOR_EXEC_INSTALL_H

#include "common/base/base.h"

void exec_install(void);

#endif
