/*
 * listener.h - the sockets that the supervisor listens on
 */
#ifndef POSTMASTER_LISTENER_H
#define POSTMASTER_LISTENER_H

#include "common/base/base.h"

#include "common/ds/array.h"

/* Open all that listen_addresses and unix_socket_directories name; raises when there is none. */
void listener_open(void);
void listener_close(void); /* no new connections; also in each child */

/* The sockets (int). */
const Array *listener_sockets(void);

#endif
