/*
 * server_version.h - the version of PostgreSQL that the server answers for
 */
#ifndef CONFIG_SERVER_VERSION_H
#define CONFIG_SERVER_VERSION_H

#include "common/base/base.h"

#define SERVER_MAJOR (SERVER_VERSION_NUM / 10000)

#endif
