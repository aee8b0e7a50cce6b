# style.awk - the rules that need no compiler, over layers.txt, words.txt, exceptions.txt, then all files of the tree
#
# style.sh runs it in the root of the tree, with LC_ALL=C, and says what the rules are. Written for POSIX awk.

FNR == 1 {
    if (is_source)
        file_end()
    file_begin()
}

FILENAME ~ /tidy\/(layers|words|exceptions)\.txt$/ {
    if ($0 ~ /^#/ || NF == 0)
        next
    if (FILENAME ~ /layers/)
        layer_read()
    else if (FILENAME ~ /words/)
        word_read()
    else
        exception_read()
    next
}

FILENAME ~ /local\.mk$/ || FILENAME ~ /Makefile\.am$/ { make_line(); next }
FILENAME ~ /README$/ { readme_line(); next }
FILENAME ~ /\.sh$/ { shell_line(); next }
{ source_line() }

END {
    if (is_source)
        file_end()
    tree_end()
    exit found > 0
}

# ---- reports ----

# Report that rule does not hold in file (at line, 0: the file as a whole) for item, unless exceptions.txt has it.
function report(file, line, rule, item, text,   i) {
    for (i = 1; i <= exceptions; i++) {
        if (exception_rule[i] != rule || (exception_item[i] != "" && exception_item[i] != item))
            continue
        if (exception_path[i] == file ||
            (exception_path[i] ~ /\/$/ && index(file, exception_path[i]) == 1)) {
            exception_used[i] = 1
            return
        }
    }
    found++
    printf "%s:%s %s [%s]\n", file, line ? line ":" : "", text, rule
}

# ---- the three tables ----

function layer_read(   i, name) {
    for (i = 1; $i != ":"; i++)
        ;
    for (i++; i <= NF; i++) {
        if ($i == "<")
            continue
        name = $1 == "common" || $1 == "server" ? $1 "/" $i : $i
        layer_kind[name] = $1
        layer_rank[name] = ++ranks
    }
}

function word_read() {
    word_kind[$2] = $1
    word_home[$2] = $3
    word_regex = word_regex (word_regex == "" ? "" : "|") $2
}

function exception_read(   colon, part) {
    colon = index($0, ": ")
    split(substr($0, 1, colon - 1), part, " ")
    exceptions++
    exception_rule[exceptions] = part[1]
    exception_path[exceptions] = part[2]
    exception_item[exceptions] = part[3]
    exception_row[exceptions] = $0
    if (colon == 0 || part[2] == "")
        report(FILENAME, FNR, "exception", "", "a row is RULE PATH [ITEM]: reason")
}

# ---- one file ----

function file_begin() {
    files[FILENAME] = 1
    is_source = FILENAME ~ /\.(c|h|def)$/
    in_comment = in_function = directives = includes = 0
    signature = include_last = include_stage = ""
    def_columns = ""
    split("", def_last)
    make_last_var = ""
    readme_lines = 0
    readme_heading = 1
    if (FILENAME ~ /\.c$/)
        source_folders[folder_of(FILENAME)] = 1
}

function file_end() {
    if (last_name ~ /\.c$/ && includes == 0)
        report(last_name, 0, "include", "", "does not include common/base/base.h")
    if (last_name ~ /\.h$/ && directives < 2)
        report(last_name, 0, "guard", "", "has no include guard")
}

function folder_of(path) {
    sub(/\/[^\/]*$/, "", path)
    return path
}

function base_of(path) {
    sub(/.*\//, "", path)
    return path
}

# The folder that layers.txt knows: two levels in common, server, tools and tests.
function module_of(path,   part) {
    split(path, part, "/")
    return part[1] ~ /^(common|server|tools|tests)$/ ? part[1] "/" part[2] : part[1]
}

# The row of layers.txt for a module.
function layer_of(module) {
    if (module in layer_kind)
        return module
    sub(/\/.*/, "", module)
    return module in layer_kind ? module : ""
}

function source_line(   code, columns) {
    last_name = FILENAME
    if (FNR <= 2)
        top_comment()
    if (index($0, "\t"))
        report(FILENAME, FNR, "tab", "", "tab")
    if ($0 ~ / $/)
        report(FILENAME, FNR, "space", "", "space at the end of the line")
    if (length($0) > 100) {
        columns = $0
        gsub(/[\200-\277]/, "", columns)
        if (length(columns) > 100)
            report(FILENAME, FNR, "columns", "", length(columns) " columns, the limit is 100")
    }
    if (FILENAME ~ /\.def$/)
        def_comment()

    code = strip($0)
    if (FILENAME ~ /\.def$/ && code ~ /^[A-Z_0-9]+\(/)
        def_row()
    if (code ~ /^[ ]*#/)
        directive(code)
    function_line(code)
    if (code ~ word_regex)
        words(code)
}

# The line without comments, and with empty strings; keeps in_comment.
function strip(line,   out, quote) {
    while (1) {
        if (in_comment) {
            if (!index(line, "*/"))
                return out
            line = substr(line, index(line, "*/") + 2)
            in_comment = 0
        }
        if (!match(line, /["']|\/[*\/]/))
            return out line
        out = out substr(line, 1, RSTART - 1)
        quote = substr(line, RSTART, 1)
        line = substr(line, RSTART)
        if (quote == "/") {
            if (line ~ /^\/\//) {
                report(FILENAME, FNR, "comment", "", "// comment")
                return out
            }
            in_comment = 1
            line = substr(line, 3)
            continue
        }
        if (!match(line, quote == "\"" ? "^\"([^\"\\\\]|\\\\.)*\"" : "^'([^'\\\\]|\\\\.)*'"))
            return out
        out = out quote quote
        line = substr(line, RLENGTH + 1)
    }
}

# The file-top comment names the file and says what it is.
function top_comment(   name) {
    name = base_of(FILENAME)
    if (FNR == 1) {
        if ($0 !~ /^\/\*/)
            report(FILENAME, FNR, "top", "", "no comment at the top of the file")
        has_title = index($0, "/* " name " - ") == 1
    } else if (!has_title && index($0, " * " name " - ") != 1)
        report(FILENAME, 1, "top", "", "the comment at the top does not begin with \"" name " - \"")
}

function directive(code,   name, part) {
    sub(/^[ ]*#[ ]*/, "", code)
    directives++
    if (FILENAME ~ /\.h$/ && directives <= 2) {
        name = folder_of(FILENAME)
        name = toupper(base_of(name) "_" base_of(FILENAME))
        gsub(/[^A-Z0-9]/, "_", name)
        split(code, part, /[ ]+/)
        if (part[1] != (directives == 1 ? "ifndef" : "define") || part[2] != name)
            report(FILENAME, FNR, "guard", "", "the include guard should be " name)
    }
    if (code ~ /^include/)
        include_line()
}

# ---- includes ----

function include_line(   target, is_own) {
    if (!match($0, /["<][^">]+[">]/))
        return
    target = substr($0, RSTART + 1, RLENGTH - 2)
    includes++
    if (substr($0, RSTART, 1) == "<") {
        if (include_stage == "ours" && $0 ~ /^#include/)
            report(FILENAME, FNR, "include", target, "<" target "> comes after an include of ours")
        include_stage = "system"
        include_order("<" target)
    } else {
        include_allowed(target)
        if (target ~ /\.def$/)
            return
        is_own = FILENAME ~ /\.c$/ && target == substr(FILENAME, 1, length(FILENAME) - 1) "h"
        if (includes == 1 && FILENAME ~ /\.c$/ && target != "common/base/base.h")
            report(FILENAME, FNR, "include", target, "the first include is not common/base/base.h")
        if (is_own && includes != 2 && target != "common/base/base.h")
            report(FILENAME, FNR, "include", target, "the own header is not the second include")
        if (includes > 1 && !is_own && target != "common/base/base.h")
            include_stage = "ours"
        if (!is_own)
            include_order("\"" target)
    }
    if (includes == 1)
        include_first_line = FNR
}

# Includes on lines that follow each other are sorted.
function include_order(key) {
    if (FNR == include_last_line + 1 && substr(key, 1, 1) == substr(include_last, 1, 1) &&
        key < include_last)
        report(FILENAME, FNR, "include", "", "includes are not sorted")
    include_last = key
    include_last_line = FNR
}

function include_allowed(target,   from, to, from_layer, to_layer, kind) {
    if (target == "config.h") {
        if (FILENAME != "common/base/base.h")
            report(FILENAME, FNR, "include", target, "config.h is for common/base/base.h alone")
        return
    }
    if (target !~ /\//) {
        report(FILENAME, FNR, "include", target, "the path of \"" target "\" should start at the root")
        return
    }
    if (target ~ /_int\.h$/ && folder_of(target) != folder_of(FILENAME))
        report(FILENAME, FNR, "layer", target, target " is private to its folder")
    from = module_of(FILENAME)
    to = module_of(target)
    if (from == to)
        return
    from_layer = layer_of(from)
    to_layer = layer_of(to)
    if (from_layer == "" || to_layer == "") {
        report(FILENAME, FNR, "layer", target, (from_layer == "" ? from : to) " is not in layers.txt")
        return
    }
    kind = layer_kind[from_layer]
    if (layer_kind[to_layer] == "common" && kind != "common")
        return
    if (kind == "tests" && (to == "tests/lib" || layer_kind[to_layer] == "server"))
        return
    if (kind == "tests" && to == "tests/unit" && target == "tests/unit/unit.h")
        return
    if ((kind == "common" || kind == "server") && kind == layer_kind[to_layer] &&
        layer_rank[to_layer] < layer_rank[from_layer])
        return
    report(FILENAME, FNR, "layer", target, from " may not include " target)
}

# ---- functions and words ----

# A body begins with a brace in the first column, and so it ends.
function function_line(code,   name) {
    if (code ~ /^[A-Za-z_].*\(/ && code !~ /;[ ]*$/) {
        name = code
        gsub(/__attribute__ *\(\([^)]*\)+/, "", name)
        if (match(name, /[A-Za-z_0-9]+\(/))
            signature = substr(name, RSTART, RLENGTH - 1)
    }
    if (code ~ /^\{/) {
        in_function = 1
        function_start = FNR
    } else if (code ~ /^\}/ && in_function) {
        in_function = 0
        if (FNR - function_start - 1 > 100)
            report(FILENAME, function_start, "length", signature, signature " has " \
                FNR - function_start - 1 " lines; over 100 needs a reason")
    }
}

function words(code,   before, word, after) {
    while (match(code, /[A-Za-z_][A-Za-z_0-9]*/)) {
        word = substr(code, RSTART, RLENGTH)
        before = substr(code, 1, RSTART - 1)
        after = substr(code, RSTART + RLENGTH)
        code = after
        if (!(word in word_kind) || index(FILENAME, word_home[word] "/") == 1)
            continue
        if (word_kind[word] == "call" && (after !~ /^ *\(/ || before ~ /(\.|->)$/))
            continue
        report(FILENAME, FNR, "word", word, word " is for " \
            (word_home[word] == "-" ? "nobody" : word_home[word] " alone"))
    }
}

# ---- tables ----

# The comment at the top may say by which columns the rows are sorted: "sorted by columns 2 to 6". The first is usual.
function def_comment() {
    if (def_columns == "" && match($0, /sorted by columns? [0-9]+( to [0-9]+)?/))
        def_columns = substr($0, RSTART + length("sorted by "), RLENGTH - length("sorted by "))
}

function def_row(   macro, part, column, from, to, order, row) {
    macro = substr($0, 1, index($0, "(") - 1)
    row = substr($0, index($0, "(") + 1)
    split(row, part, /,/)
    split(def_columns, column, " ")
    from = def_columns == "" ? 1 : column[2]
    to = column[4] == "" ? from : column[4]
    order = (macro in def_last) ? def_compare(def_last[macro], row, from, to) : -1
    if (order >= 0)
        report(FILENAME, FNR, "order", macro, order ? "row is not in order" : "key was there before")
    def_last[macro] = row
}

function def_compare(row, other, from, to,   a, b, i, x, y) {
    split(row, a, /,/)
    split(other, b, /,/)
    for (i = from; i <= to; i++) {
        x = def_key(a[i])
        y = def_key(b[i])
        if (x ~ /^[0-9]+$/ && y ~ /^[0-9]+$/) {
            if (x + 0 != y + 0)
                return x + 0 < y + 0 ? -1 : 1
        } else if (x "" != y "")
            return x "" < y "" ? -1 : 1
    }
    return 0
}

function def_key(text) {
    gsub(/^[ ]+|[ )]+$/, "", text)
    return text
}

# ---- README, scripts, local.mk ----

function readme_line() {
    readme_lines++
    readme[FILENAME] = readme_lines
    if (readme_heading <= headings && $0 == heading[readme_heading]) {
        readme_heading++
        readme_found[FILENAME] = readme_heading - 1
    }
}

function shell_line() {
    if (FNR == 1)
        has_title = index($0, "# " base_of(FILENAME) " - ") == 1
    else if (FNR == 2 && !has_title && index($0, "# " base_of(FILENAME) " - ") != 1)
        report(FILENAME, FNR, "top", "", "does not begin with \"# " base_of(FILENAME) " - \"")
}

# Every source (headers need none) and script is a row of some local.mk, and rows of a variable are sorted.
function make_line(   i) {
    if ($1 == "include")
        make_included[$2] = 1
    if (FILENAME !~ /local\.mk$/ || $0 ~ /^[#\t]/ || NF < 3 || $2 !~ /^\+?=$/)
        return
    for (i = 3; i <= NF; i++)
        make_row[$i] = 1
    if ($2 == "+=") {
        if ($1 in make_files && make_files[$1] == FILENAME && make_last[$1] >= $3)
            report(FILENAME, FNR, "order", $3, "rows are not sorted")
        make_files[$1] = FILENAME
        make_last[$1] = $3
    }
}

# ---- the tree as a whole ----

function tree_end(   file, folder, i, readme_name) {
    for (file in files) {
        if (file ~ /\.c$/ && !(file in make_row))
            report(file, 0, "row", "", "is in no local.mk")
        if (file ~ /^tests\/(scenario|redo|crash)\/.*\.sh$/ && base_of(file) !~ /_lib\.sh$/ && !(file in make_row))
            report(file, 0, "row", "", "is in no local.mk: nobody runs it")
        if (file ~ /local\.mk$/ && !(file in make_included))
            report(file, 0, "row", "", "is not included by Makefile.am")
    }
    for (folder in source_folders) {
        if (folder ~ /^tests\/unit\//)
            continue
        readme_name = folder "/README"
        if (!(readme_name in readme))
            report(readme_name, 0, "readme", "", "is missing")
    }
    for (file in readme) {
        if (file == "README")
            continue
        if (readme[file] > 40)
            report(file, 0, "readme", "", readme[file] " lines, the limit is 40")
        if (readme_found[file] < headings)
            report(file, 0, "readme", "", "no heading \"" heading[readme_found[file] + 1] "\" where it should be")
    }
    for (i = 1; i <= exceptions; i++) {
        if (!exception_used[i])
            report("tests/tidy/exceptions.txt", 0, "exception", "", "nothing needs: " exception_row[i])
    }
}

BEGIN {
    headings = split("Here,Not here,Flow,Promises,Handle with care", heading, ",")
}
