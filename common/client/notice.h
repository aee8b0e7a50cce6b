/* notice.h - how a report shows that a server said it. */
#ifndef CLIENT_NOTICE_H
#define CLIENT_NOTICE_H

/* ErrReport.file of what a server said: the report is logged with the server's own texts. */
extern const char client_notice_place[];

#endif
