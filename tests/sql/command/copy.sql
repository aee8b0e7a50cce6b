-- COPY: tables, rights to files, errors with their contexts, indexes and constraints
\set SHOW_CONTEXT always
create table copy_plain (a int, b text);
copy copy_plain from stdin;
1	one
2	\N
3	tab\there, \\ and \x41\102
\.
copy copy_plain to stdout;
copy copy_plain (b) to stdout with (format csv, header, null 'NULL', force_quote *);
copy copy_plain to stdout csv delimiter ';' quote '''';
copy copy_plain from stdin csv header;
b,a
4,"a ""quoted"" one"
5,"two
lines"
\.
copy copy_plain (b, a) from stdin (format csv, header match);
a,b
\.
copy copy_plain (b, a) from stdin (format csv, header match);
b,a
six,6
\.
copy copy_plain to stdout;
copy copy_plain from stdin;
7	x	y
\.
copy copy_plain from stdin;
7
\.
copy copy_plain from stdin;
7	x
eight	y
\.
copy copy_plain from stdin;
99999999999	y
\.
begin;
copy copy_plain from stdin;
100	in a block
\.
copy copy_plain to stdout;
rollback;
copy copy_plain to stdout;
begin read only;
copy copy_plain to stdout;
copy copy_plain from stdin;
\.
rollback;

-- options
copy copy_plain from stdin (format 'x');
\.
copy copy_plain from stdin (delimiter 'ab');
\.
copy copy_plain from stdin (format csv, quote ',');
\.
copy copy_plain from stdin (force_null (a));
\.
copy copy_plain from stdin (format csv, force_null (c));
\.
copy copy_plain (a) from stdin (format csv, force_null (b));
\.
copy copy_plain from stdin (freeze);
\.
copy copy_plain to stdout (header match);
copy copy_plain from stdin (encoding 'none');
\.

-- what is no table
copy nowhere from stdin;
\.
copy no_schema.nowhere from stdin;
\.
copy copy_plain (c) from stdin;
\.
copy copy_plain (a, a) to stdout;
copy copy_plain from '/nonexistent/file';
copy copy_plain to 'relative';
copy copy_plain to '/nonexistent/file';
copy copy_plain from '/tmp';

-- conditions
copy copy_plain from stdin where a > 200;
199	no
201	yes
\.
copy copy_plain from stdin where c > 200;
\.
copy copy_plain from stdin where a;
\.
copy copy_plain from stdin where count(*) > 1;
\.
copy copy_plain from stdin where a in (select 1);
\.
copy copy_plain to stdout;

-- constraints, defaults, indexes
create table copy_full (a int primary key, b text not null default 'none', c numeric check (c > 0),
  d int generated always as (a * 2) stored, e date default '2020-02-29');
create unique index on copy_full (b) where a < 100;
copy copy_full (a, b, c) from stdin;
1	One	1.5
2	two	\N
\.
copy copy_full (a, c) from stdin;
3	7
\.
copy copy_full from stdin;
\.
copy copy_full (a, d) from stdin;
\.
copy copy_full (a, b, c, e) to stdout;
copy copy_full (a, b) from stdin;
4	four
1	once more
\.
copy copy_full (a, b) from stdin;
5	two
\.
copy copy_full (a, b) from stdin;
5	\N
\.
copy copy_full (a, b, c) from stdin;
5	five	5
6	six	-6
\.
copy copy_full (a, b, c) from stdin;
5	five	x
\.
copy copy_full to stdout;
create table copy_long (a text, b text);
copy copy_long from stdin with (delimiter '|');
long text that is repeated|short
\.
copy copy_long to stdout;
-- frozen at once
begin;
create table copy_frozen (a int);
copy copy_frozen from stdin (freeze);
1
2
\.
commit;
copy copy_frozen to stdout;
copy copy_frozen to stdout (format binary);

-- many rows
\copy copy_full (a) from program 'seq 1000 60000'
\copy copy_full (a, b, e) to program 'md5sum'
\copy copy_long from program 'for n in $(seq 1 40); do printf "%s\t%s\n" $n "$(seq $((n * 300)) | tr "\\n" ,)"; done'
\copy copy_long to program 'md5sum'

-- queries
copy (select a, b from copy_plain where a > 3 order by a desc) to stdout;
copy (select a, b, a as a from copy_plain where a > 3 order by a) to stdout (format csv, header, force_quote (b));
copy (select a from copy_plain) to stdout (format csv, force_quote (zz));
copy (insert into copy_plain values (300, 'returned') returning b, a) to stdout csv;
copy (update copy_plain set b = upper(b) where a = 300 returning b) to stdout;
copy (delete from copy_plain where a = 300) to stdout;
copy (delete from copy_plain where a = 300 returning *) to stdout (format csv, null '-');
copy (select 1 as x into copy_into) to stdout;
copy (values (1, 'a', null), (2, E'b\tc', 3.5)) to stdout;
copy (select nothing from nowhere) to stdout;
copy (select 1) to stdout (freeze 3);
copy (select 1) from stdin;
\.
