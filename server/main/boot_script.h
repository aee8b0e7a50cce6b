/*
 * boot_script.h - statements that fill template1 of a new cluster, run by the process that makes it
 *
 * There is no client and no other process: the superuser's session is this process, system tables
 * may be changed, and what a statement raises ends it all.
 */
#ifndef MAIN_BOOT_SCRIPT_H
#define MAIN_BOOT_SCRIPT_H

#include "common/base/base.h"

/* Open template1 as the superuser. The log has begun; the process is attached. */
void boot_script_begin(const char *superuser);

/* Statements, as one transaction. */
void boot_script_run(const char *text);

/* Each in a transaction of its own, for those that take no others. */
void boot_script_run_alone(const char *text);

void boot_script_end(void);

#endif
