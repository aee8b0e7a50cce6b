# random_statements.awk - statements by chance, many of them wrong
#
#     awk -v seed=1 -v count=1000 -f random_statements.awk
#
# Tables, columns and functions are those of objects.sql. Whether a statement is right is for the
# real server to say.

function pick(list,    n, a)
{
    n = split(list, a, "|")
    return a[1 + int(rand() * n)]
}

function chance(p)
{
    return rand() < p
}

function column()
{
    if (chance(0.03))
        return pick("nosuch|aa|bb|t.zz|x.a|ctid|tableoid")
    if (chance(0.4))
        return pick("x1|x2|t|u") "." pick("a|b|c|d|e|f|g|x|y|z|k|p")
    return pick("a|b|c|d|e|f|g|x|y|z|k|p|arr|dt|ia")
}

function constant()
{
    return pick("1|2|0|-5|1.5|1e3|99999999999|'a'|'1'|'xyz'|null|true|false|'2020-01-01'|'{1,2}'|date '2020-01-01'|interval '1 day'|$1|$2|'x'::text|5::bigint|2.5::float8|'a'::varchar(3)|1::posint|'1'::name|array[1,2]|array['a','b']|row(1,'x')|'{\"a\":1}'::jsonb")
}

function operator()
{
    return pick("+|-|*|/|%|^|=|<>|<|>|<=|>=|||~|!~|~~|and|or|is distinct from|->|->>|@>|&&|===")
}

function type()
{
    return pick("int|text|numeric(10,2)|bigint|float8|date|timestamptz|varchar(5)|char(3)|bool|int[]|text[]|pair|posint|dtext|regclass|interval|oid|jsonb|name")
}

function call(depth)
{
    return pick("lower|upper|length|abs|f1|fdef|coalesce|greatest|least|max|min|count|sum|avg|string_agg|array_agg|generate_series|fvar|fout|fpoly|now|nullif|concat|round|substr|to_char|array_length|array_append|unnest|jsonb_array_elements|mod|fset|bool_and|row_number|rank|lag|first_value|date_trunc|extract|nosuch|int4|text|position") "(" args(depth) ")" tail(depth)
}

function args(depth,    n, s)
{
    n = int(rand() * 3)
    s = expr(depth - 1)
    while (n-- > 0)
        s = s ", " expr(depth - 1)
    if (chance(0.03))
        return "*"
    if (chance(0.03))
        return "distinct " s
    if (chance(0.03))
        return s " order by " expr(depth - 1)
    if (chance(0.03))
        return "a => " s
    return chance(0.04) ? "" : s
}

function tail(depth)
{
    if (chance(0.06))
        return " over (" (chance(0.5) ? "partition by " expr(depth - 1) : "") (chance(0.5) ? " order by " expr(depth - 1) : "") pick("||| rows 1 preceding| range between unbounded preceding and 1 following| groups 2 preceding") ")"
    if (chance(0.03))
        return " filter (where " expr(depth - 1) ")"
    return ""
}

function expr(depth,    r)
{
    if (depth <= 0)
        return chance(0.6) ? column() : constant()
    r = rand()
    if (r < 0.25)
        return expr(depth - 1) " " operator() " " expr(depth - 1)
    if (r < 0.35)
        return "(" expr(depth - 1) ")::" type()
    if (r < 0.52)
        return call(depth)
    if (r < 0.57)
        return "case when " expr(depth - 1) " then " expr(depth - 1) " else " expr(depth - 1) " end"
    if (r < 0.60)
        return "case " expr(depth - 1) " when " expr(depth - 1) " then " expr(depth - 1) " end"
    if (r < 0.64)
        return expr(depth - 1) pick(" in | not in ") "(" expr(depth - 1) ", " expr(depth - 1) ")"
    if (r < 0.67)
        return expr(depth - 1) pick(" = any | <> all | in | not in ") "(" query(depth - 1) ")"
    if (r < 0.70)
        return pick("exists |array||") "(" query(depth - 1) ")"
    if (r < 0.73)
        return "(" expr(depth - 1) ")" pick("[1]|[1:2]|[:2]|.x|.y|.nosuch|['a']")
    if (r < 0.76)
        return expr(depth - 1) pick(" is null| is not null| is true| is not false| isnull")
    if (r < 0.79)
        return expr(depth - 1) pick(" between | not between | between symmetric ") expr(0) " and " expr(0)
    if (r < 0.81)
        return "not " expr(depth - 1)
    if (r < 0.84)
        return "array[" expr(depth - 1) ", " expr(depth - 1) "]"
    if (r < 0.87)
        return "(" expr(depth - 1) ", " expr(depth - 1) ")" pick(" = | < | <> | is distinct from ") "(" expr(depth - 1) ", " expr(depth - 1) ")"
    if (r < 0.89)
        return expr(depth - 1) " collate " pick("\"C\"|\"POSIX\"|\"default\"|nosuch")
    if (r < 0.91)
        return expr(depth - 1) " at time zone 'utc'"
    if (r < 0.93)
        return expr(depth - 1) pick(" like | ilike | similar to ") expr(depth - 1)
    if (r < 0.95)
        return "row(" expr(depth - 1) ", " expr(depth - 1) ")"
    return chance(0.5) ? column() : constant()
}

function table()
{
    return pick("t|u|w|dt|gen|vw|parent|t|u|s2.t|zero|uq|nosuch")
}

function from_item(depth,    r)
{
    r = rand()
    if (r < 0.45)
        return table() pick("|| x1| x2| as x1(a, q)")
    if (r < 0.58)
        return "(" query(depth - 1) ") " pick("x1|x2|x3")
    if (r < 0.66)
        return pick("generate_series(1, 3)|unnest(array[1,2])|fout(1)|fouts(2)|ft()|fset()|unnest(array[1], array['a'])|current_date|jsonb_each('{}')") pick("| x1| x2(a)| with ordinality")
    if (r < 0.72)
        return "lateral (" query(depth - 1) ") " pick("x1|x2|x4")
    return from_item(depth - 1) pick(" join | left join | full join | right join | cross join | natural join ") from_item(depth - 1) pick(" using (a)| using (a, b)| on true| on x1.a = x2.a| on t.a = u.a||")
}

function targets(depth,    n, s)
{
    n = int(rand() * 3)
    s = target(depth)
    while (n-- > 0)
        s = s ", " target(depth)
    return s
}

function target(depth)
{
    if (chance(0.1))
        return pick("*|t.*|x1.*|u.*")
    return expr(depth) (chance(0.2) ? " as " pick("a|b|q") : "")
}

function query(depth,    s)
{
    if (chance(0.08) && depth > 0)
        return query(depth - 1) pick(" union | union all | intersect | except | except all ") query(depth - 1) (chance(0.3) ? " order by " pick("1|a|b + 1|2") : "")
    if (chance(0.04))
        return "values (" expr(0) ", " expr(0) "), (" expr(0) ", " expr(0) ")"
    s = "select " pick("||||distinct |distinct on (a) ") targets(depth)
    if (chance(0.9))
        s = s " from " from_item(depth) (chance(0.3) ? ", " from_item(depth) : "")
    if (chance(0.4))
        s = s " where " expr(depth)
    if (chance(0.2))
        s = s " group by " pick("a|b|1|a, b|rollup(a, b)|grouping sets ((a), (b), ())|cube(a)|" expr(1))
    if (chance(0.08))
        s = s " having " expr(depth)
    if (chance(0.25))
        s = s " order by " pick("a|b|1|2|a desc nulls last|q|" expr(1)) pick("|| desc|, b")
    if (chance(0.1))
        s = s pick(" limit 5| offset 2| limit $3| limit a| fetch first 2 rows with ties")
    if (chance(0.05))
        s = s pick(" for update| for share of t| for no key update nowait")
    return s
}

function assignment(depth)
{
    return pick("a|b|c|d|e|f|g|e[1]|g.x|nosuch|k|p|p.x|z") " = " (chance(0.1) ? "default" : expr(depth))
}

function statement(depth,    r, with)
{
    with = chance(0.07) ? "with " pick("||recursive ") "c" pick("|(a)|(a, b)") " as (" query(1) ") " : ""
    r = rand()
    if (r < 0.7)
        return with query(depth) (with != "" && chance(0.5) ? " union select * from c" : "")
    if (r < 0.82)
        return with "insert into " pick("t|u|w|dt|gen|dv|vw|uq") pick("|| (a, b)| (b, a)| (a)| (a, g.x)| (e[1], e[2])| (nosuch)") " " (chance(0.6) ? "values (" expr(1) ", " expr(1) ")" (chance(0.3) ? ", (" expr(1) ", default)" : "") : query(depth)) (chance(0.15) ? pick(" on conflict do nothing| on conflict (a) do update set b = excluded.b| on conflict (a, b) do nothing") : "") (chance(0.2) ? " returning " targets(1) : "")
    if (r < 0.92)
        return with "update " pick("t|u|w|dt|gen|dv|uq|ve") pick("|| x1| as x2") " set " assignment(depth) (chance(0.3) ? ", " assignment(1) : "") (chance(0.2) ? ", (a, b) = " pick("(1, 'x')|(select a, b from u)|(select 1)|row(b, a)") : "") (chance(0.3) ? " from " from_item(1) : "") (chance(0.6) ? " where " expr(depth) : "") (chance(0.2) ? " returning " targets(1) : "")
    return with "delete from " pick("t|u|w|dt|dv|only parent") (chance(0.3) ? " using " from_item(1) : "") (chance(0.7) ? " where " expr(depth) : "") (chance(0.2) ? " returning " targets(1) : "")
}

BEGIN {
    srand(seed)
    for (i = 0; i < count; i++)
        print statement(1 + int(rand() * 3)) ";"
}
