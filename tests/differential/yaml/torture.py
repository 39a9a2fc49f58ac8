"""Made-up YAML: scalars in every spelling and place, odd structures, and real files with one thing broken."""
import random

SCALARS = """
y Y yes Yes YES yEs n N no No NO on On ON off Off OFF true True TRUE tRUE false False FALSE null Null NULL nULL ~ ~~
0 00 007 0644 08 09 0o17 0O17 0o8 0x1F 0X1f 0xG 0x 0b11 0B1 0b2 0b 0b-1 0b+1 -0b1 -0b-1 0o-7 -0o7 +0o7 1_000 1__0 _1 1_ 0x_1F
+12 -12 +-1 - + . .. .5 -.5 +.5 5. 5.e3 .e5 1e3 1E3 1e+3 1e-3 1e 1e400 -1e400 1e-400 .1e400 1.5 1.0 -0 -0.0 +0.0 0.0
9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615
18446744073709551616 +18446744073709551615 0xFFFFFFFFFFFFFFFF 0x10000000000000000 99999999999999999999999
.inf .Inf .INF -.inf +.inf .nan .NaN +.nan -.nan inf nan Infinity 0x1p-2 1_0.5 ._5 .5_0 1.7976931348623157e308 5e-324 2.5e-324
2001-01-01 2001-1-1 2001-13-01 2001-02-29 2000-02-29 2001-01-01T00:00:00Z 2001-01-01t1:2:3.5Z 2001-01-01T1:2:3,5Z
2001-01-01T00:00:00+02:00 2001-01-01T00:00:00-00:00 2001-01-01T25:00:00Z 2001-12-14T21:59:43.10-05:00 20010101 2001- 0000-01-01
1:30 1:30:45 190:20:30.15 1:60 12:30:45.6_7 :1 1: a:b a:b:c ::a -a -- --a --- ---a ... ...a ?a ?? :a << = <
!!str !!str\\x201 !!int\\x201 !!int\\x20a !!float\\x201 !!bool\\x20yes !!null\\x20~ !!null\\x20a !!binary\\x20aGk= !!binary\\x20* !!timestamp\\x202001-01-01 !!timestamp\\x20a !foo\\x20b !\\x201 !!set\\x20a !<tag:yaml.org,2002:int>\\x203
'' 'a' "a" '''' "\\"" "\\x41" "\\u00e9" "\\U0001F600" "\\ud800" "\\q" "\\N\\_\\L\\P" "a\\tb" '1' "1" 'yes' "null"
@a `a %a &a *a !a |a >a #a ,a [a {a ]a }a a# a#b a,b a[b a]b a{b a}b a:  a\\x20#b a\\x20:b a:\\x20b a\\tb é 😀 a\\u0085b a\\u2028b \\ufeff \\u007f
{} [] {a} [a] {a:\\x20b} {a:b} [a:\\x20b] {a,b} {,} [,] [a,] {a,} {"a":b} {"a":1} ["a":1] {?\\x20a} {:\\x20a} [:\\x20a] [?\\x20a] {a:} {a:\\x20} [[[]]] {{a}} {{a}:\\x20b}
""".split()

CONTEXTS = ["{s}\n", "a: {s}\n", "- {s}\n", "{s}: a\n", "a:\n  {s}\n", "[{s}]\n", "{{a: {s}}}\n", "{{{s}: a}}\n", "[{s}, b]\n",
            "? {s}\n: {s}\n", "a: {s}\nb: 1\n", "- - {s}\n  - x\n", "a: &x {s}\nb: *x\n", "{s}", "a: {s} # c\n", "a: |\n  {s}\n",
            "a: >\n  {s}\n  {s}\n\n  {s}\n", "a: {s}\n  {s}\n", "a: \"{s}\n  {s}\"\n", "a: '{s}\n  {s}'\n", "--- {s}\n", "a: {s}\r\nb: {s}\r\n"]

STRUCTURES = [
    "", "\n", "#c\n", "---\n", "---\n---\n", "...\n", "--- a\n--- b\n", "a: 1\n---\nb: 2\n", "a: 1\n...\nb: 2\n", "a: 1\n...\n---\nb: 2\n",
    "%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n", "%TAG ! !a\n---\n!b c\n", "%TAG !e! tag:e,1:\n---\n!e!b c\n", "%FOO\n---\n", "%YAML 1.1\n%YAML 1.1\n---\n",
    "a: 1\na: 2\n", "a: 1\n'a': 2\n", "1: a\n0x1: b\n", "yes: a\ntrue: b\n", "a: {b: 1, b: 2}\n",
    "<<: {a: 1}\na: 2\n", "a: 2\n<<: {a: 1}\n", "x: &x {a: 1, b: 2}\ny: &y {a: 3, c: 4}\nz:\n  <<: [*x, *y]\n  d: 5\n", "z:\n  <<: [a]\n", "<<: a\n",
    "x: &x {a: 1}\ny: &y\n  <<: *x\n  b: 2\nz:\n  <<: *y\n", "x: &x [1]\n<<: *x\n", "x: &x {a: 1}\nz:\n  '<<': *x\n", "x: &x {a: 1}\nz:\n  !!merge <<: *x\n", "<<: {}\n<<: {a: 1}\n",
    "a: &x 1\nb: &x 2\nc: *x\n", "a: *x\n", "a: &x\n  b: *x\n", "&a a: b\nc: *a\n", "a: &x\nb: *x\n", "*a : b\n", "a: &x b\n*x : c\n", "a: &x 1\n---\nb: *x\n", "- &a b\n- *a\n- *a\n",
    "a: !!map\n  b: c\n", "a: !!seq\n- b\n", "!!map {a: b}\n", "!foo\na: b\n", "a: !!str\nb: !!null\n", "a: !!int\n", "!<x\n", "!a!b c\n", "a: !b!c d\n", "a: !!\n", "a: !%41 b\n", "a: !%zz b\n",
    "a:\n- b\n-c\n", "a:\n - b\n- c\n", "a:\n  - b\n - c\n", "- a\nb: c\n", "a: b\n- c\n", "a:\n  b: c\n d: e\n", "a: b\n  c: d\n", "a\nb: c\n", "a: b: c\n", "a: - b\n", "- - a\n - b\n", "a: [b\n", "a: {b\n", "a: [b}\n", "a: 'b\n", "a: \"b\n", "a: ]\n", "a: }\n",
    "\ta: b\n", "a:\tb\n", "a: b\t\n", "a:\n\tb\n", "a:\n  \tb\n", "-\ta\n", "-\ta: b\n  c: d\n", "- a:\tb\n\tc: d\n", "[\ta,\tb]\n", "[\n\ta\n]\n", "{\n\ta: b\n}\n", "a: |\n\tb\n", "a: |\n  \tb\n", "a: >\n  b\n\tc\n", "? \ta\n: b\n", "a: 'b\n\tc'\n", "a: b\n\tc\n", "a: b\n \tc\n",
    "? a\n", "? a\n: b\n? c\n", "? |\n  a\n: - b\n", "? [a]\n: b\n", "? {a: b}\n: c\n", ": a\n", "? a\n? b\n", "- ? a\n  : b\n", "[? a : b]\n", "[? a, b]\n", "[? : b]\n", "{? a : b, c}\n", "? - a\n: b\n", "a: ? b\n",
    "a: |\n", "a: |", "a: |\n  b", "a: |-\n  b\n\n\n", "a: |+\n  b\n\n\n", "a: |2\n    b\n", "a: |1-\n  b\n", "a: |-1\n  b\n", "a: |0\n b\n", "a: |22\n b\n", "a: | # c\n  b\n", "a: |c\n  b\n", "a: |\n\n\n  b\n", "a: |\n    \n  b\n", "a: |\n  b\n c\n", "a: |\nb\n", "|\na\n", "--- |\na\n", "--- |\n a\n", "- |\n a\n- >\n b\n",
    "a: >\n  b\n  c\n\n  d\n   e\n  f\n\n   g\n\n  h\n", "a: >-\n  b\n\n\n  c\n", "a: >+\n\n  b\n\n", "a: >\n  b\n  \n  c\n", "a: >\n\n\n", "a: |+\n\n\n", "a: |\n  b\n# c\nd: e\n", "a: |\n  b\n  # c\n", "a: |\n  b\n---\nc: d\n", "a: |\n  b\n...\n",
    "a: b\n   c\n\n   d\n", "a: b # c\n  d\n", "a:\n  b\n  c\n", "a: \"b\n\n  c \\\n  d\"\n", "a: 'b\n\n\n  c'\n", "a: \"b \\\n\n  c\"\n", "\"a\nb\": c\n", "a: \"\\\n  b\"\n", "a: ' b '\n", "a: '  \n  b'\n", "a: \"b\n---\n\"\n", "a: b\n--- c\n",
    "a: {b: c,\nd: e}\n", "a: {\n  b: c\n  }\n", "a: [b,\nc]\n", "{a: b\n}\n", "[a\n]\n", "{a: [b, {c: d}], e}\n", "{a: b, c: d,}\n", "{a:b}\n", "{a: b}c\n", "[a]: b\n", "{a: b}: c\n", "[a, b]: c\nd: e\n", "{'a':b}\n", "{'a': b}\n", "{\"a\":b,'c':d}\n", "{a: 'b'c}\n", "[a: b, c: d]\n", "[a b: c]\n", "{a: &x b, c: *x}\n", "{a: *x }\n", "[*x]\n", "{a: , b: }\n", "[a, , b]\n", "{a: |\n b}\n", "{a: # c\n b}\n", "{a: b #c\n}\n", "{a: b#c\n}\n", "{a?b: c}\n", "[a?b]\n", "{-}\n", "[-]\n", "[- a]\n", "[-a]\n", "{a: -}\n", "a: [\n]\n", "a:\n[\n]\n", "a: {\n}\nb: c\n", "[a,\n#c\nb]\n",
    "\ufeffa: b\n", "a: b\n\ufeffc: d\n", "---\n\ufeffa: b\n", "a: \x01\n", "a: \x7f\n", "a: b\n\x00", "a: '\ud7ff'\n", "a: \ufffd\n", "a\rb: c\r", "a: b\r\n\r\nc: d\r\n", "a: |\r\n  b\r\n  c\r\n", "a: \"b\r\n  c\"\r\n", "a: b\u0085c: d\u0085", "a: |\u2028  b\u2028", "# \u0085a: b\n",
    "k" * 1023 + ": a\n", "k" * 1025 + ": a\n", "é" * 1000 + ": a\n", "'" + "k" * 1030 + "': a\n", "? " + "k" * 1030 + "\n: a\n", "{" + "k" * 1030 + ": a}\n", "a: " + "b " * 500 + "\n", "a: " + "b" * 200 + " c\n", "a: '" + "it''s: " * 60 + "'\n",
    "a: " + "[" * 300 + "]" * 300 + "\n", "- " * 300 + "a\n", "{{ a }}\n", "a: {{ b }}\n", "{{- if }}\na: b\n{{ end }}\n", "a: \"{{ b }}\"\n", "a: {{ b }}{{ c }}\n", "{{ a }}: b\n", "a: '{{ b'\n", "a: %b\n", "a:\n%b\n", "%\n", "a: `b`\n", "a: @b\n", "a: b\n c\nd: e\n", "- a\n  b\n- c\n", "a: b\n\n\n  c\nd: e\n",
    "a: \"" + "word " * 40 + "\"\n", "a: \"" + "word  " * 40 + "\"\n", "a: \"" + "wörd " * 40 + "é\"\n", "a: \" " + "word " * 40 + "\"\n", "a: \"" + "# : " * 40 + "x\"\n", "a: \"\\t" + "word  " * 40 + "x\"\n", "- - - \"" + "word " * 40 + "x\"\n",
    "a: \"x\\n y\"\n", "a: \"x \\ny\"\n", "a: \"\\n\"\n", "a: \"\\n\\n\"\n", "a: \" \\nx\"\n", "a: \"x\\n\\n\\ny\"\n", "a: \"x\\r\\ny\"\n", "a: \"\\tx\\ny\"\n", "a: \"x\\u2028y\"\n", "a: \"x\\u2028 y\"\n", "a: \"it's\\u2028y\"\n", "a: \"\\ufeffxy\"\n", "\"x\\ny\": a\n", "\"x\\u2028y\": a\n",
    "{\"a10\": 1, \"a9\": 1, \"a\": 1, \"A\": 1, \"1a\": 1, \"2a\": 1, \"a_b\": 1, \"a-b\": 1, \"a.b\": 1, \"a/b\": 1, \"ab\": 1, \"\": 1, \"a01\": 1, \"a1\": 1, \"a001\": 1, \"a100\": 1, \"é\": 1, \"ä\": 1, \"z\": 1, \"日\": 1}\n",
]


def scalars():
    return [s.encode().decode("unicode_escape").encode("latin-1", "surrogatepass").decode("utf-8", "replace")
            if "\\x20" in s else s.replace("\\tb", "\tb").replace("\\u0085", "\u0085").replace("\\u2028", "\u2028")
            .replace("\\ufeff", "\ufeff").replace("\\u007f", "\x7f") for s in SCALARS]


def mutate(text, rng):
    """One thing broken, as an editor or a template would."""
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(9)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + rng.choice("\t -:?,[]{}#&*!|>'\"%@`\n\r~<=0a") + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1:]
    if kind == 3:
        lines[i] = " " + lines[i]
    elif kind == 4:
        lines[i] = lines[i][1:]
    elif kind == 5:
        lines.insert(i, lines[i])
    elif kind == 6:
        del lines[i]
    elif kind == 7:
        lines[i] += rng.choice([" # c", ": x", " |", " >-", " &a", " *a", "\t", " '", ' "', " {", " [", "]", "}", ",", "\r"])
    else:
        j = rng.randrange(len(lines))
        lines[i], lines[j] = lines[j], lines[i]
    return "\n".join(lines)


def write(folder, mutations, files):
    texts = list(STRUCTURES)
    for scalar in scalars():
        texts += [context.replace("{{", "{").replace("}}", "}").replace("{s}", scalar) for context in CONTEXTS]
    rng = random.Random(20261123)
    small = [f for f in files if 0 < f.stat().st_size < 4000]
    for _ in range(mutations if small else 0):
        text = rng.choice(small).read_text("utf-8", "replace")
        for _ in range(rng.choice([1, 1, 2])):
            text = mutate(text, rng)
        texts.append(text)
    for number, text in enumerate(texts):
        with open(folder / f"{number:05}.yaml", "wb") as out:
            out.write(text.encode("utf-8", "surrogatepass"))
