# schedules.awk - schedules of several sessions by chance, each in a file of its own
#
#     awk -v seed=1 -v first=1 -v count=10 -v dir=DIR -f schedules.awk schedule_grammar.txt
#
# Schedule N of a seed is the same whatever others are made with it. play_schedules.c says what a schedule is, the
# grammar what is in it.

BEGIN {
    MODULUS = 2147483647
}

/^#/ || /^$/ {
    next
}

{
    split_line($0)
}

END {
    for (number = first; number < first + count; number++)
        write_schedule(number)
}

function split_line(line,    at, head, words, n, i, rule)
{
    at = index(line, ":")
    head = substr(line, 1, at - 1)
    n = split(head, words, " ")
    rule = ""
    for (i = 1; words[i] !~ /^[0-9]+$/; i++)
        rule = rule (i > 1 ? " " : "") words[i]
    rules[rule]++
    weight[rule, rules[rule]] = words[i]
    text[rule, rules[rule]] = substr(line, at + 2)
    for (i++; i <= n; i++)
        marks[rule, rules[rule]] = marks[rule, rules[rule]] " " words[i]
}

# ---- Chance: a series of its own, since that of awk differs among its kinds ----

function start_chance(number,    i)
{
    state = (seed * 7919 + number * 104729) % (MODULUS - 1) + 1
    for (i = 0; i < 3; i++)
        below(2)
}

function below(limit)
{
    state = (state * 48271) % MODULUS
    return int(state / MODULUS * limit)
}

# ---- Texts ----

function may_be(rule, i, session,    words, n, k, mark)
{
    n = split(marks[rule, i], words, " ")
    for (k = 1; k <= n; k++) {
        mark = words[k]
        if (mark ~ /^!/ && has[session, substr(mark, 2)])
            return 0
        if (mark ~ /^[a-z]/ && !has[session, mark])
            return 0
    }
    return 1
}

function note_marks(rule, i, session,    words, n, k)
{
    n = split(marks[rule, i], words, " ")
    for (k = 1; k <= n; k++)
        if (words[k] ~ /^[+-]/)
            has[session, substr(words[k], 2)] = words[k] ~ /^\+/
}

# One text of a rule, with those of other rules in their places.
function make(rule, session,    i, total, at, begin, end, out, name)
{
    if (rule == "self")
        return session
    if (!(rule in rules)) {
        print "no rule " rule >"/dev/stderr"
        exit 1
    }
    total = 0
    for (i = 1; i <= rules[rule]; i++)
        total += may_be(rule, i, session) * weight[rule, i]
    at = below(total)
    for (i = 1; at >= may_be(rule, i, session) * weight[rule, i]; i++)
        at -= may_be(rule, i, session) * weight[rule, i]
    note_marks(rule, i, session)
    out = text[rule, i]
    while (match(out, /<[a-z ]+>/)) {
        begin = RSTART
        end = RSTART + RLENGTH
        name = substr(out, begin + 1, end - begin - 2)
        out = substr(out, 1, begin - 1) make(name, session) substr(out, end)
    }
    return out
}

function write_schedule(number,    file, sessions, steps, i, who, out)
{
    start_chance(number)
    split("", has)
    file = dir "/" number
    out = make("setup", "-")
    gsub(/\\n/, "\n", out)
    print out >file
    sessions = 2 + (below(3) > 0) * below(3)
    steps = 12 + below(22)
    who = "a"
    for (i = 0; i < steps; i++) {
        # Often the same one goes on, so that blocks hold more than one step.
        if (below(5) > 1)
            who = substr("abcd", 1 + below(sessions), 1)
        out = make("step", who)
        gsub(/ +/, " ", out)
        sub(/ $/, "", out)
        print who "~ " out >file
    }
    close(file)
}
