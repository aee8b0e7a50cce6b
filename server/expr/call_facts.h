/*
 * call_facts.h - tell fmgr what a call's expression says, and how other functions are found
 */
#ifndef EXPR_CALL_FACTS_H
#define EXPR_CALL_FACTS_H

/* Once, by main. */
void call_facts_install(void);

#endif
