/*
 * oid_range.h - where OIDs come from: what every cluster has begins below, what users make above
 */
#ifndef FORMAT_OID_RANGE_H
#define FORMAT_OID_RANGE_H

/* Below: given by hand to rows of catalogs, the same in every cluster of a major version. */
#define OID_FIRST_GENBKI 10000

/* Below: what a cluster cannot do without, all catalogs and built-in types among it. */
#define OID_FIRST_UNPINNED 12000

/* Below: given while a cluster is made. */
#define OID_FIRST_NORMAL 16384

#endif
