/*
 * library_faults.h - make calls of zlib, liblz4 and libzstd fail, as they do when memory runs out
 *
 * The functions of library_faults.c stand before those of the libraries, and call them.
 */
#ifndef COMPRESS_LIBRARY_FAULTS_H
#define COMPRESS_LIBRARY_FAULTS_H

#include "common/base/base.h"

/* The function that fails from now on, "inflate" say; NULL for none. */
void library_faults_set(const char *function);

#endif
