/* target.h - what a fuzz target defines; README says the rest */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "common/base/base.h"

/*
 * Take one input of any bytes. It runs in a frame and a memory context of its own: a raise is a
 * fine outcome, and what it allocated goes. What must not be is an abort().
 */
void fuzz_take(const uint8_t *data, size_t size);

#endif
