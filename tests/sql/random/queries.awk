# queries.awk - queries and changes by chance, all of them right, over the tables of tables.sql
#
#     awk -v seed=1 -v count=1000 -f queries.awk
#
# An expression is made for a type: i integer, l bigint, t text, n numeric, d date, f boolean. What is in scope is a
# stack of columns with their types; a query leaves those that it gives in `gives`. The answer to a query is how many
# rows there are and a digest of them, in an order of their own, so that no plan shows through; what is not decided by
# SQL (the order of equal rows, sums of floats) is never asked.

function pick(list,    n, a)
{
    n = split(list, a, "|")
    return a[1 + int(rand() * n)]
}

function chance(p)
{
    return rand() < p
}

# ---- Columns in scope ----

function push(columns,    n, i, a, b)
{
    n = split(columns, a, " ")
    for (i = 1; i <= n; i++) {
        split(a[i], b, ":")
        scope_name[++depth_of_scope] = b[1]
        scope_type[depth_of_scope] = b[2]
    }
}

# The newer, the likelier; NULL when there is none of the type.
function column(type,    i, found, tries)
{
    for (tries = 0; tries < 12; tries++) {
        i = depth_of_scope - int(rand() * rand() * depth_of_scope)
        if (i > 0 && scope_type[i] == type)
            return scope_name[i]
    }
    return constant(type)
}

function constant(type)
{
    if (chance(0.06))
        return "null::" type_name(type)
    if (has_parameters && type ~ /[it]/ && chance(0.4))
        return type == "i" ? "$1" : "$2"
    if (type == "i")
        return pick("0|0|1|2|3|-4|7|10|20")
    if (type == "l")
        return pick("0|1|5|12|-3") "::bigint"
    if (type == "t")
        return pick("'a'|'b'|'ab'|''|'ca'|'gb'|'B'") "::text"
    if (type == "n")
        return pick("0|1.5|-2.25|10.00|24.75") "::numeric"
    if (type == "d")
        return "date '2020-" pick("02-28|02-29|03-01|03-05|03-09") "'"
    return pick("true|false")
}

function type_name(type)
{
    return type == "i" ? "int" : type == "l" ? "bigint" : type == "t" ? "text" : type == "n" ? "numeric" : type == "d" ? "date" : "bool"
}

function any_type()
{
    return pick("i|i|l|t|t|n|d|f")
}

# ---- Expressions ----

function expr(type, depth,    r)
{
    if (depth <= 0)
        return chance(0.75) ? column(type) : constant(type)
    r = rand()
    if (r < 0.25)
        return column(type)
    if (r < 0.33)
        return "case when " test(depth - 1) " then " expr(type, depth - 1) pick("| when " test(0) " then " expr(type, 0)) pick("| else " expr(type, depth - 1)) " end"
    if (r < 0.40)
        return "coalesce(" expr(type, depth - 1) ", " expr(type, depth - 1) ")"
    if (r < 0.45 && type != "f")
        return pick("greatest|least") "(" expr(type, depth - 1) ", " expr(type, depth - 1) ")"
    if (r < 0.49)
        return "nullif(" expr(type, depth - 1) ", " expr(type, 0) ")"
    if (r < 0.56)
        return scalar(type, depth - 1)
    if (r < 0.62)
        return seldom(type, depth - 1)
    if (type == "i")
        return number(depth)
    if (type == "l")
        return pick("(" expr("i", depth - 1) ")::bigint|(" expr("l", depth - 1) " + " expr("i", 0) ")|(" expr("l", 0) " - " expr("l", 0) ")|abs(" expr("l", depth - 1) ")")
    if (type == "t")
        return text(depth)
    if (type == "n")
        return pick("(" expr("n", depth - 1) " + " expr("n", 0) ")|(" expr("n", 0) " * " expr("i", 0) ")|round(" expr("n", depth - 1) ", 1)|(" expr("i", depth - 1) ")::numeric|-" expr("n", 0) "|trunc(" expr("n", 0) ")|(" expr("n", 0) " / 4)")
    if (type == "d")
        return pick("(" expr("d", depth - 1) " + " pick("1|7|-2") ")|(" expr("d", 0) " - " column("i") ")|date_trunc('month', " expr("d", 0) ")::date|(" expr("d", 0) " + interval '1 month')::date")
    return "(" test(depth) ")"
}

# The table or subquery that a column in scope is of; NULL when there is none.
function whole_row(    c)
{
    c = column("i")
    return c ~ /^x[0-9]+\./ ? substr(c, 1, index(c, ".") - 1) : "null::r1"
}

# One of a query's values that is sure to be the same, whatever the plan.
function first_of(type, depth)
{
    return "(select q.c from (" query(type, depth) ") q(c) order by 1" pick("| desc| nulls first") " limit 1" pick("| offset 1") ")"
}

function seldom(type, depth,    r, other)
{
    r = rand()
    other = any_type()
    if (r < 0.3)
        return "case " expr(other, depth) " when " constant(other) " then " expr(type, 0) " when " expr(other, 0) " then " expr(type, depth) pick("| else " expr(type, 0)) " end"
    if (r < 0.55)
        return first_of(type, depth)
    if (r < 0.75)
        return "(array[" expr(type, depth) ", " expr(type, 0) "])[" pick("1|2|3|" expr("i", 0)) "]"
    if (type == "i")
        return "cardinality(array(" query(other, depth) "))"
    if (type == "t")
        return "(" whole_row() ")::text"
    if (type == "f")
        return "(" whole_row() pick(" is null| is not null| is distinct from null") ")"
    return "(select " row_of(type) ")"
}

function number(depth)
{
    return pick("(" expr("i", depth - 1) pick(" + | - | * ") constant("i") ")|abs(" expr("i", depth - 1) ")|length(" expr("t", depth - 1) ")|(" expr("i", 0) " % 5)|(" expr("i", 0) " / 3)|extract(day from " expr("d", 0) ")::int|(" expr("d", 0) " - date '2020-03-01')|sign(" expr("n", 0) ")::int|position('a' in " expr("t", 0) ")|ascii(" expr("t", 0) ")|floor(" expr("n", 0) ")::int")
}

function text(depth)
{
    return pick("upper(" expr("t", depth - 1) ")|(" expr("t", depth - 1) " CAT " expr("t", 0) ")|substr(" expr("t", depth - 1) ", " pick("1|2") ", 1)|(" expr(pick("i|n|d|l"), 0) ")::text|left(" expr("t", 0) ", 1)|replace(" expr("t", 0) ", 'a', 'xy')|lpad(" expr("t", 0) ", 3, '*')|concat(" expr("i", 0) ", " expr("t", 0) ")|reverse(" expr("t", 0) ")")
}

function compare(type, depth)
{
    return expr(type, depth) pick(" = | = | <> | < | <= | > | >= | is distinct from | is not distinct from ") expr(type, 0)
}

function test(depth,    r, type)
{
    type = any_type()
    if (depth <= 0)
        return compare(type, 0)
    if (chance(0.07))
        return seldom_test(type, depth - 1)
    r = rand()
    if (r < 0.30)
        return compare(type, depth - 1)
    if (r < 0.36)
        return expr(type, depth - 1) pick(" is null| is not null")
    if (r < 0.52)
        return "(" test(depth - 1) pick(" and | or ") test(depth - 1) ")"
    if (r < 0.56)
        return "not (" test(depth - 1) ")"
    if (r < 0.62)
        return expr(type, depth - 1) pick(" in | not in ") "(" constant(type) ", " expr(type, 0) ", " constant(type) ")"
    if (r < 0.66)
        return expr(type, 0) pick(" between | not between | between symmetric ") expr(type, 0) " and " constant(type)
    if (r < 0.70)
        return expr("t", 0) pick(" like | not like | ~ ") pick("'a%'|'%b'|'_b'|'a'|'%'|'[ab]'")
    if (r < 0.73)
        return "(" test(depth - 1) ")" pick(" is true| is not true| is false| is unknown")
    if (r < 0.77)
        return expr(type, 0) pick(" = any (| <> all (| < any (| = all (") "array[" constant(type) ", " constant(type) "])"
    if (r < 0.83)
        return pick("|not ") "exists (" query(any_type(), depth - 1) ")"
    if (r < 0.90)
        return expr(type, 0) pick(" in | not in | = any | < all | >= any | <> all ") "(" query(type, depth - 1) ")"
    if (r < 0.94)
        return "(" expr("i", 0) ", " expr("t", 0) ")" pick(" = | < | >= | is distinct from | <> ") "(" expr("i", 0) ", " expr("t", 0) ")"
    if (r < 0.96)
        return "(" expr("i", 0) ", " expr("t", 0) ")" pick(" in | not in ") "(" query("i t", depth - 1) ")"
    return column("f")
}

function seldom_test(type, depth,    r)
{
    r = rand()
    if (r < 0.2)
        return expr(type, 0) pick(" = any | <> all | > any | = all ") "(array(" query(type, depth) "))"
    if (r < 0.35)
        return expr(type, 0) pick(" = any | <> all ") "(array[" expr(type, 0) ", " expr(type, 0) ", " constant(type) "])"
    if (r < 0.5)
        return "(" row_of("i t") ")" pick(" = any | <> all | = all | < any | >= all ") "(" query("i t", depth) ")"
    if (r < 0.6)
        return "(" row_of("i " type) ") = " scalar("i " type, depth)
    if (r < 0.75)
        return "(" row_of("i " type) ")" pick(" in | not in ") "((" row_of("i " type) "), (" row_of("i " type) "))"
    if (r < 0.85)
        return "row(" row_of("i " type) ")" pick(" is null| is not null| is distinct from row(" row_of("i " type) ")")
    return "(" row_of("d i " type) ")" pick(" < | <= | > | >= ") "(" row_of("d i " type) ")"
}

# A query that gives one value, or one of the first type and one of the second.
function scalar(type, depth,    s, was, what, a)
{
    was = depth_of_scope
    s = from(depth)
    if (split(type, a, " ") == 2)
        what = aggregate(a[1]) ", " aggregate(a[2])
    else
        what = type == "l" && chance(0.5) ? pick("count(*)|count(distinct " expr(any_type(), 0) ")|sum(" expr("i", 0) ")") : aggregate(type)
    s = "(select " what s (chance(0.7) ? " where " test(depth) : "") ")"
    depth_of_scope = was
    return s
}

function aggregate(type,    s)
{
    if (type == "f")
        s = pick("bool_and(|bool_or(|every(") expr("f", 0) ")"
    else if (type == "l")
        s = pick("count(*)|count(" pick("|distinct ") expr(any_type(), 0) ")|rank(" constant("i") ") within group (order by " expr("i", 0) ")|sum(" pick("|distinct ") expr("i", 0) ")|max(" expr("l", 0) ")")
    else if (type == "n")
        s = pick("sum(|avg(|min(|max(") expr("n", 0) ")"
    else if (chance(0.1))
        s = pick("percentile_disc(" pick("0|0.3|0.5|1") ")|mode()") " within group (order by " expr(type, 0) pick("| desc") ")"
    else if (type == "t" && chance(0.2))
        s = "array_agg(" pick("|distinct ") "x.s order by x.s" pick("|| nulls first") ")"
    else if (type == "t" && chance(0.4))
        s = "string_agg(" pick("|distinct ") "x.s, ',' order by x.s)"
    else
        s = pick("min|max") "(" expr(type, 0) ")"
    if (s ~ /x\.s/) {
        type = column("t")
        gsub(/x\.s/, type, s)
    }
    return s (chance(0.12) ? " filter (where " test(0) ")" : "") (s ~ /^array_agg/ ? "::text" : "")
}

# ---- What is read ----

function base_columns(name)
{
    return name ".id:i " name ".a:i " name ".b:l " name ".t:t " name ".n:n " name ".d:d " name ".f:f"
}

# Leaves the item's columns in `item_columns`.
function from_item(depth,    name, types, s, n, i, a)
{
    name = "x" ++names
    if (depth <= 0 || chance(0.68)) {
        item_columns = base_columns(name)
        if (with_name != "" && chance(0.5)) {
            item_columns = with_columns
            gsub(/WITH/, name, item_columns)
            return with_name " " name
        }
        return pick("r1|r2|r3|r4|r1|r2|r3|r0|v1|v2") " " name
    }
    if (chance(0.12)) {
        item_columns = name ".c1:i " name ".c2:t " name ".c3:d"
        return "(values (" row_of("i t d") "), (" row_of("i t d") ")" pick("|, (null, null, null)") ") " name "(c1, c2, c3)"
    }
    if (chance(0.15)) {
        item_columns = name ".g:i"
        return "generate_series(" pick("1|0|3") ", " pick("4|2|5") ") " name "(g)"
    }
    types = any_type() " " any_type() (chance(0.5) ? " " any_type() : "")
    s = "(" query(types, depth - 1) ") " name
    n = split(types, a, " ")
    item_columns = ""
    s = s "("
    for (i = 1; i <= n; i++) {
        item_columns = item_columns " " name ".c" i ":" a[i]
        s = s (i > 1 ? ", " : "") "c" i
    }
    return s ")"
}

# " from ...", whose columns are in scope then.
function from(depth,    s, kind, columns, item, type, left, here, before, has_comma)
{
    before = depth_of_scope
    s = from_item(depth)
    columns = item_columns
    while (chance(0.38)) {
        # Behind a comma, ON knows nothing of what stands before it.
        kind = has_comma ? pick(", |, lateral ") : pick(" join | join | left join | right join | full join | cross join |, |, lateral | left join lateral ")
        has_comma = kind ~ /,/
        if (kind ~ /lateral/) {
            push(columns)
            item = lateral_item(depth)
            depth_of_scope = before
            s = s kind item (kind ~ /left/ ? " on true" : "")
            columns = columns " " item_columns
            continue
        }
        item = from_item(depth - 1)
        if (kind ~ /,/ || kind ~ /cross/) {
            s = s kind item
            columns = columns " " item_columns
            continue
        }
        # Of each side, a column of one type.
        type = pick("i|i|t|l|d")
        here = depth_of_scope
        push(columns)
        left = column(type)
        depth_of_scope = here
        here = depth_of_scope
        push(item_columns)
        right = column(type)
        columns = columns " " item_columns
        depth_of_scope = here
        if (kind ~ /full/) {
            if (left ~ /^x/ && right ~ /^x/)
                s = s kind item " on " left " = " right
            else
                s = s " cross join " item
            continue
        }
        push(columns)
        s = s kind item " on " (chance(0.85) ? left " = " right : test(depth > 0 ? pick("0|0|1") : 0)) (chance(0.25) ? " and " test(depth > 0 ? pick("0|1") : 0) : "")
        depth_of_scope = before
    }
    push(columns)
    return " from " s
}

function lateral_item(depth,    name, types, s)
{
    name = "x" ++names
    types = any_type()
    s = "(" query(types, depth - 1) ") " name "(c1)"
    item_columns = name ".c1:" types
    return s
}

# ---- Queries: types are those of the columns, with blanks between them ----

function query(types, depth)
{
    if (depth > 0 && chance(0.12))
        return "(" query(types, depth - 1) ")" pick(" union | union all | intersect | except | intersect all | except all ") "(" query(types, depth - 1) ")"
    if (chance(0.04))
        return "values (" row_of(types) "), (" row_of(types) ")"
    return chance(0.25) ? grouped(types, depth) : plain(types, depth)
}

function row_of(types,    n, a, i, s)
{
    n = split(types, a, " ")
    for (i = 1; i <= n; i++)
        s = s (i > 1 ? ", " : "") expr(a[i], 0)
    return s
}

function plain(types, depth,    n, a, i, s, was, f, list, w)
{
    was = depth_of_scope
    f = from(depth)
    n = split(types, a, " ")
    for (i = 1; i <= n; i++) {
        s = s (i > 1 ? ", " : "") (chance(0.07) ? windowed(a[i]) : expr(a[i], depth - 1))
        list = list (i > 1 ? ", " : "") i
    }
    w = chance(0.65) ? " where " test(depth) : ""
    depth_of_scope = was
    if (chance(0.04))
        return "select distinct on (" pick("1|" (n > 1 ? "2, 1" : "1")) ") " s f w " order by " list
    s = "select " pick("|||distinct ") s f w
    return chance(0.15) ? s " order by " list pick("| limit 3| limit 7 offset 2| offset 4| limit 0") : s
}

# Whose answer does not depend on the order of equal rows.
function windowed(type,    over)
{
    over = " over (" pick("|partition by " expr(any_type(), 0)) pick("| order by " expr(any_type(), 0) pick("| desc| nulls first") "| order by " expr("i", 0) frame()) ")"
    if (type == "l")
        return pick("rank()|dense_rank()|count(*)|sum(" expr("i", 0) ")") over
    if (type == "f")
        return "bool_or(" expr("f", 0) ")" over
    return pick("min|max") "(" expr(type, 0) ")" over
}

function frame()
{
    return " " pick("range|groups") " between " pick("unbounded preceding|1 preceding|current row|2 following") " and " pick("unbounded following|2 following|3 following") pick("|| exclude current row| exclude group| exclude ties")
}

function grouped(types, depth,    n, a, i, s, was, f, w, keys, key, rest, having, m, sets)
{
    was = depth_of_scope
    f = from(depth)
    w = chance(0.5) ? " where " test(depth) : ""
    n = split(types, a, " ")
    for (i = 1; i <= n; i++) {
        key = expr(a[i], pick("0|0|1"))
        if (chance(0.5) && key !~ /select/ && key ~ /x[0-9]/) {
            rest = keys == "" ? "" : rest (rest == "" ? "" : ", ") key
            keys = keys (keys == "" ? "" : ", ") key
            m++
        } else {
            key = a[i] == "i" && chance(0.2) ? "GROUPING" : aggregate(a[i])
        }
        s = s (i > 1 ? ", " : "") key
    }
    having = chance(0.2) ? " having " pick("count(*) > 1|max(" column("i") ") > 2|count(*) < 5|bool_or(" column("f") ")") : ""
    depth_of_scope = was
    sets = m > 0 && chance(0.25) ? pick("rollup|cube|grouping sets") : ""
    gsub(/GROUPING/, keys == "" ? "0" : "grouping(" keys ")", s)
    if (sets == "grouping sets")
        keys = "(" keys "), (" rest ")" pick("|, ()|, ()|, rollup (" keys ")")
    return "select " s f w (keys != "" ? " group by " pick("||distinct ") (sets != "" ? sets " (" keys ")" : keys) : "") having
}

# ---- Statements ----

function types_of_query(    s)
{
    s = any_type()
    while (chance(0.6))
        s = s " " any_type()
    return s
}

function digest(q)
{
    return "select count(*), md5(string_agg(q::text, '/' order by q::text collate \"C\")) from (" q ") q;"
}

function with_clause(depth,    types, n, a, i, s)
{
    types = types_of_query()
    s = query(types, depth)
    n = split(types, a, " ")
    with_columns = ""
    for (i = 1; i <= n; i++)
        with_columns = with_columns " WITH.c" i ":" a[i]
    with_name = "w" ++names
    return "with " with_name "(" list_of_names(n) ") as " pick("|materialized |not materialized ") "(" s ") "
}

function list_of_names(n,    i, s)
{
    for (i = 1; i <= n; i++)
        s = s (i > 1 ? ", " : "") "c" i
    return s
}

function change(    s, t, partner)
{
    t = pick("r1|r2|r3|r4|r1|v3|v4")
    depth_of_scope = 0
    partner = query("i i t", 1)
    push(base_columns(t))
    if (chance(0.2)) {
        # Of each row that is changed there is one partner.
        s = " (select c1, max(c2), min(c3) from (" partner ") q(c1, c2, c3) group by c1) x0(k, v, w)"
        if (chance(0.6))
            s = "update " t " set a = x0.v, t = x0.w" pick("|, b = " t ".b + x0.k") " from" s
        else
            s = "delete from " t " using" s
        push("x0.k:i x0.v:i x0.w:t")
        s = s " where " t pick(".a = x0.k|.id = x0.k|.a + 1 = x0.k and " test(1))
    } else if (chance(0.45)) {
        s = "update " t " set " pick("a = " expr("i", 1) "|b = " expr("l", 1) "|t = " expr("t", 1) ", a = " expr("i", 0) "|d = " expr("d", 1) "|f = " expr("f", 1) "|(a, b) = (select " row_of("i l") ")")
        s = s (chance(0.8) ? " where " test(2) : "")
    } else if (chance(0.4)) {
        s = "delete from " t (chance(0.9) ? " where " test(2) : "")
    } else {
        depth_of_scope = 0
        s = "insert into " t " (id, a, b, t, n, d, f) select " pick("5000|10") " + row_number() over (order by q.c1, q.c2, q.c3, q.c4, q.c5, q.c6), q.c1, q.c2, q.c3, (q.c4 % 1000)::numeric(8,2), q.c5, q.c6 from (" query("i l t n d f", 1) ") q(c1, c2, c3, c4, c5, c6)" (t ~ /r1|r4/ ? " on conflict (id) do " pick("nothing|update set a = excluded.a, t = excluded.t CAT 'c'|update set (b, a) = (excluded.a, " t ".b) where " t ".a is distinct from excluded.a") : t == "r2" ? " on conflict do nothing" : "")
        s = "with made as (" s " returning id, a, t) "
        return "begin;\n" s digest_of("made") "\n" digest("select * from " t) "\nrollback;"
    }
    s = "with made as (" s " returning " row_of("i t l") ") "
    return "begin;\n" s digest_of("made") "\n" digest("select * from " t) "\nrollback;"
}

function digest_of(name)
{
    return "select count(*), md5(string_agg(q::text, '/' order by q::text collate \"C\")) from " name " q;"
}

# Back and forth over the rows, as a cursor of which the plan may know how to, or of which the rows are kept.
function cursor(q,    s, n)
{
    s = (chance(0.7) ? pick("scroll|scroll|") " cursor for select q::text from (" q ") q order by q::text collate \"C\"" : "scroll cursor for select q::text from (" q ") q where false")
    s = "begin;\ndeclare c " s " limit 100;"
    for (n = 1 + int(rand() * 6); n > 0; n--)
        s = s "\n" pick("fetch|fetch|move") " " pick("next|prior|first|last|absolute 2|absolute -3|relative 2|relative -1|forward 3|backward 2|forward all|backward all|0") " from c;"
    return s "\nrollback;"
}

# With and without what is known of the parameters; the sixth time it is one plan for all.
function prepared(q)
{
    return "set plan_cache_mode = " pick("force_generic_plan|force_custom_plan|auto|auto") ";\nprepare p(int, text) as " digest(q) "\nexecute p(0, 'a');\nexecute p(2, null);\nexecute p(null, 'b');\nexecute p(7, '');\nexecute p(1, 'ab');\nexecute p(3, 'ca');\nexecute p(null, null);\ndeallocate p;"
}

# Each round finds fewer rows that are new.
function recursive_clause(    s)
{
    s = "select * from (" query("i t", 1) ") q(c1, c2)"
    with_name = "w" ++names
    with_columns = " WITH.c1:i WITH.c2:t"
    push("y.c1:i y.c2:t " base_columns("z"))
    s = s " union select " pick("z.a, y.c2|y.c1, z.t|z.id, z.t|(y.c1 + 1) % 5, y.c2|coalesce(z.a, y.c1), least(z.t, y.c2)") " from " with_name " y " pick("|left ") "join " pick("r1|r2|r3|r0") " z on " pick("z.a = y.c1|z.id = y.c1|z.t = y.c2|z.b = y.c1") pick("| and " test(0)) pick("| where " test(0) "| where z.id < 30")
    depth_of_scope = 0
    return "with recursive " with_name "(c1, c2) as (" s ") "
}

function settings()
{
    return "set enable_" pick("hashjoin|mergejoin|nestloop|seqscan|indexscan|bitmapscan|sort|hashagg|material|memoize|indexonlyscan") " = " pick("off|on|on") ";"
}

function statement(    w, q)
{
    depth_of_scope = 0
    names = 0
    with_name = ""
    if (chance(0.18))
        return change()
    has_parameters = chance(0.08)
    w = chance(0.15) ? with_clause(1) : chance(0.05) ? recursive_clause() : ""
    q = query(types_of_query(), 1 + int(rand() * 3))
    if (has_parameters) {
        has_parameters = 0
        return prepared(w q)
    }
    return chance(0.06) ? cursor(w q) : digest(w q)
}

BEGIN {
    srand(seed)
    for (i = 0; i < count; i++) {
        if (chance(0.15))
            print settings()
        s = statement()
        gsub(/ CAT /, " || ", s) # a bar parts the words that pick() is given
        print s
    }
}
