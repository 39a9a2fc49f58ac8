"""Made-up input for the differential test against Flux' libraries; the same for the same seed.

Each function of KINDS makes one request of that kind; what its fields mean is told in oracle/.
"""
import random

import generate_build
import generate_health

NAMES = ["a", "b", "empty", "name", "path", "V1", "_x", "größe", "multi", "unset", "UNSET_TOO", "a1"]
VARS = {"a": "x", "b": "Hello World", "empty": "", "name": "taut", "path": "/usr/local/lib/x.tar.gz", "V1": "1.2.3-rc.1",
        "_x": "AbC", "größe": "ÄÖÜ straße", "multi": "line one\nline two", "a1": "a*b?[c]", "dollar": "$a ${a}", "num": "123"}
OPERATORS = ["=", ":=", ":-", ":?", ":+", "-", "+", "?", ":", "#", "##", "%", "%%", "^", "^^", ",", ",,", "/", "//", "/#", "/%", "~", "@", "!"]
GLOBS = ["*", "?", "/*", "*/", "*.gz", "*.*", "[a-z]*", "[^a]*", "[!a]*", "\\*", "[", "[]", "[a", "x*y", "H*o", "", "*o", "/", "\\", "**", "[a-", "\\[", "l?b", "/usr/*/", "Ä*", "*ße"]


def envsubst_text(rng, depth=0):
    parts = []
    for _ in range(rng.randint(1, 4 if depth == 0 else 2)):
        pick = rng.random()
        if pick < 0.62 and depth < 4:
            parts.append(expression(rng, depth))
        elif pick < 0.75:
            parts.append(rng.choice(["$", "$$", "$${a}", "$a", "\\", "\\$", "}", "{", "${", "$$$", "$$$${a}", "${}", "$ {a}", "\\}", "$}", "\0", "\\/", "\\\\"]))
        else:
            parts.append(rng.choice(["text", " ", "a: b\n", "é", "#", ":", "/", "%", "日本", "x=y", "\t", "'q'", '"', "1", "-"]))
    return "".join(parts)


def expression(rng, depth):
    name = rng.choice(NAMES + ["dollar", "num"])
    pick = rng.random()
    if pick < 0.2:
        inside = name
    elif pick < 0.27:
        inside = "#" + name
    elif pick < 0.45:
        inside = name + ":" + number(rng) + (":" + number(rng) if rng.random() < 0.5 else "")
    elif pick < 0.6:
        inside = name + rng.choice(["#", "##", "%", "%%"]) + (rng.choice(GLOBS) if rng.random() < 0.8 else argument(rng, depth))
    elif pick < 0.75:
        inside = (name + rng.choice(["/", "//", "/#", "/%"]) + argument(rng, depth) + rng.choice(["/", "/", "/", "", "//", "\\/"]) + argument(rng, depth))
    else:
        inside = name + rng.choice(OPERATORS) + argument(rng, depth)
    if rng.random() < 0.05:
        at = rng.randrange(len(inside) + 1)
        inside = inside[:at] + rng.choice([" ", "$", "{", "}", ":", "-", ".", "é", "/", "\\", "#", "\n"]) + inside[at:]
    return "${" + inside + ("}" if rng.random() < 0.96 else "")


def number(rng):
    return rng.choice(["0", "1", "2", "3", "5", "10", "100", "-1", "-2", "-100", "+1", "x", "", " 1", "0x2", "1_0", "9223372036854775807", "9223372036854775808",
                       "-9223372036854775808", "${num}", "--1", "1.5", "007"])


def argument(rng, depth):
    pick = rng.random()
    if pick < 0.3:
        return envsubst_text(rng, depth + 1)
    return rng.choice(["", "x", "default", "l", "o", "a b", "1", "/", "\\/", "\\\\/", ".", "d:e", "d=e", "é", "-", "?", "#", "%", "$a", "$$", "'s'", "l/o", "\\}", "usr"])


def envsubst(rng):
    text = envsubst_text(rng) if rng.random() < 0.97 else "".join(rng.choice("${}ab:=-/#%^,\\ \n$") for _ in range(rng.randint(1, 14)))
    return {"text": text, "vars": VARS, "strict": rng.random() < 0.5}


def version(rng, loose=True):
    numbers = [rng.choice(["0", "1", "2", "3", "10", "01", "x", "18446744073709551615", "18446744073709551616"] if rng.random() < 0.06 else ["0", "1", "2", "3", "10"])
               for _ in range(rng.choice([1, 2, 3, 3, 3, 3, 4]) if loose else 3)]
    text = rng.choice(["", "", "", "v", "V", "vv"] if rng.random() < 0.15 else ["", "", "v"]) + ".".join(numbers)
    if rng.random() < 0.3:
        text += "-" + rng.choice(["alpha", "alpha.1", "beta.2", "rc.1", "rc.10", "0", "01", "1a", "a-b", "", "rc..1", "RC1", "x.7.z", "-", "rc_1", "é"])
    if rng.random() < 0.15:
        text += "+" + rng.choice(["build", "1", "001", "a.b", "", "a+b", "sha-1"])
    return text


def bound(rng):
    operator = rng.choice(["", "", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", "==", "><", "!"] if rng.random() < 0.2 else ["", "=", "!=", ">", "<", ">=", "<=", "~", "^"])
    text = version(rng)
    if rng.random() < 0.25:
        text = rng.choice(["*", "x", "X", "1.x", "1.*", "1.2.x", "v1.X", "x.1", "1.x.3", "*.1", "", "latest", "1.x-rc", "1.2.*-0"])
    return operator + rng.choice(["", "", "", " ", "  "]) + text


def semver(rng):
    groups = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if rng.random() < 0.15:
            groups.append(version(rng) + rng.choice([" - ", " - ", "-", " -", "  -  "]) + version(rng))
        else:
            groups.append(rng.choice([", ", ",", " ", ",,", " , "]).join(bound(rng) for _ in range(rng.choice([1, 1, 2, 3]))))
    return {"range": rng.choice([" || ", "||", "|| ", " | "] if rng.random() < 0.1 else [" || ", "||"]).join(groups), "version": version(rng)}


PATTERNS = ["*", "**", "*.yaml", "!*.yaml", "/*", "!/deploy", "/deploy/", "deploy", "deploy/**", "deploy/*", "**/deploy", "**/test/**", "!**/keep.yaml", "a/b", "/a/b", "a/*/c",
            "a/**/c", "*.md ", "trailing\\ ", "#comment", "\\#file", "\\!file", "!", "/", "//", "a//b", "[ab].yaml", "[!a].yaml", "[", "?.txt", "a?", ".git", "!.git", ".*",
            "!.sourceignore", "*.JPG", "*.jpg", "deep/**/x.txt", "**/x.txt", "x.txt/", "**/*.txt", "a**", "**a", "a/**b", "ä.txt", "  spaced", "a\\b", "test", "!test/", "/**", "/**/", "!/a/**", "c/"]
PARTS = ["a", "b", "c", "deploy", "test", "deep", "docs", ".github", "charts", "ä", "a b"]
FILES = ["x.txt", "keep.yaml", "a.yaml", "b.yaml", "README.md", "logo.jpg", "logo.JPG", "x.tar.gz", ".gitignore", ".travis.yml", ".sops.yaml", ".flux.yaml", "#file", "!file", "a", "test",
         "deploy", "trailing ", "ä.txt", ".hidden", "appveyor.yml", ".goreleaser.yml", "a.txt", "a?", "[", "codeship-steps.yml", "a\\b", "c"]


def patterns(rng):
    return rng.choice(["\n", "\n", "\n", "\r\n"]).join(rng.choice(PATTERNS) if rng.random() < 0.9 else "/".join(rng.choice(PATTERNS + PARTS) for _ in range(3)) for _ in range(rng.randint(1, 5))) + "\n"


def ignore(rng):
    files = {}
    for _ in range(rng.randint(3, 14)):
        folders = [rng.choice(PARTS) for _ in range(rng.choice([0, 1, 1, 2, 3, 4]))]
        path = "/".join(folders + [rng.choice(FILES)])
        if any(path.startswith(known + "/") or known.startswith(path + "/") for known in files):
            continue
        files[path] = ""
    for path in list(files):
        if rng.random() < 0.12:
            folder = path.rpartition("/")[0]
            files[(folder + "/" if folder else "") + ".sourceignore"] = patterns(rng)
    return {"files": files, "ignore": patterns(rng) if rng.random() < 0.7 else rng.choice(["", "# nothing\n", "\n\n"])}


TREES = ["a: 1\nb: [1, 2.5, x]\nc:\n  d: {e: null}\n", "a: {b: {c: 1}}\n", "image:\n  tag: v1\n  pullPolicy: Always\n", "", "# only\n", "- a\n", "a: b: c\n", "x", "1: one\ntrue: two\n", "a: 1e3\nb: 012\nc: 0x1F\nd: 1.0\n",
         "list:\n- name: a\n- name: b\n", "a: null\n", "big: 12345678901234567890\nint: 9007199254740993\n", "a: ~\nb: yes\nc: 'yes'\n", "a: 1\na: 2\n", "x: &a {k: 1}\ny: *a\nz:\n  <<: *a\n  m: 2\n", "---\na: 1\n---\nb: 2\n", "a: !!str 1\nt: 2001-01-01\n",
         "s: |\n  one\n  two\n", "\ta: 1\n", "\"q\": \"\\u00e9\"\n", "html: <a & b>\n"]
TARGETS = ["a", "a.b", "a.b.c", "list[0].name", "list[1]", "list[5].x", "a\\.b", "image.tag", "", "a..b", "[0]", "a[", "a[-1]", "a=b", "x,y", "nodes.a b", "a.b[0][1]", "metadata.annotations.example\\.com/x", "c.d.e", "a{b}"]
TEXTS = ["v", "1", "true", "null", "", "1.5", "'1'", '"1"', '"a', "a,b", "a,b=c", "{x,y}", "{1,2}", "[1]", "a\\,b", "line\nline", "a=b", "\"'mixed'\"", "'", "012", "1e3", "0", " x ", "{", "}", "{}", "{\"a\": [1, {\"b\": 2}]}", "a\\b", "12345678901234567890", "é", "''"]


def random_tree(rng, depth=0):
    out = {}
    for _ in range(rng.randint(0, 3)):
        key = rng.choice(["a", "b", "c", "image", "list", "x"])
        out[key] = random_tree(rng, depth + 1) if depth < 3 and rng.random() < 0.5 else rng.choice([1, 2.5, "x", True, None, [], [1, {"a": 2}], 10 ** 15, 1e21, 1e-7, "", "<&>", -1, 0.1])
    return out


def values(rng):
    objects, references = [], []
    for name in ("one", "two", "three"):
        kind = rng.choice(["ConfigMap", "Secret"])
        texts = {key: rng.choice(TREES) for key in ("values.yaml", "other")}
        texts["text"] = rng.choice(TEXTS)
        objects.append({"kind": kind, "metadata": {"name": name}, "data": texts if kind == "ConfigMap" else {k: generate_build.base64_of(v) for k, v in texts.items()}})
        if rng.random() < 0.8:
            references.append(reference(rng, kind, name))
    rng.shuffle(references)
    spec = {"valuesFrom": references}
    if rng.random() < 0.7:
        spec["values"] = random_tree(rng)
    return {"spec": spec, "objects": objects}


def reference(rng, kind, name):
    if rng.random() < 0.05:
        name = "missing"
    if rng.random() < 0.03:
        kind = rng.choice(["Pod", "ConfigMap", "Secret"])
    out = {"kind": kind, "name": name}
    if rng.random() < 0.5:
        out["valuesKey"] = rng.choice(["other", "text", "text", "missing", "values.yaml"])
    if rng.random() < 0.5:
        out["targetPath"] = rng.choice(TARGETS)
        out["valuesKey"] = rng.choice(["text", "text", "text", "other"])
    for flag in ("optional", "literal"):
        if rng.random() < 0.3:
            out[flag] = True
    return out


def cases(counts, seed, corpus):
    """`counts`: how many of each kind. `corpus`: the folder of Flux' samples, or None."""
    kinds = {"envsubst": envsubst, "semver": semver, "ignore": ignore, "values": values,
             "kstatus": generate_health.Maker(corpus).case, "build": generate_build.Maker(corpus).case}
    for what, count in counts.items():
        rng = random.Random(f"{seed} {what}")
        for _ in range(count):
            yield {"what": what, **kinds[what](rng)}
