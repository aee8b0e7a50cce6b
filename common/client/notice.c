/* notice.c - the mark of what a server said; apart, for log sinks of programs without a server. */
#include "common/base/base.h"

#include "common/client/notice.h"

const char client_notice_place[] = "server";
