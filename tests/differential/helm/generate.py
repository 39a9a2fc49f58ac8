"""Makes snippets that call helm's functions with arguments of the kinds they want, and of others."""
import random

VALUES = """i: 1
zero: 0
neg: -7
big: 1000000
huge: 12345678901
f: 1.5
fi: 3.0
small: 0.0000001
s: hello world
num: "42"
empty: ""
uni: "héllo 日本 😀"
ml: "line one\\nline two\\n"
trail: "a \\nb"
t: true
fl: false
nul: null
l: [3, 1, 2]
ls: [b, a, c, a, ""]
lm:
  - name: x
    v: 1
  - name: y
    v: null
ll: [[1], [2, [3]], []]
el: []
em: {}
m:
  b: 2
  a: one
  c: {d: [1, {e: f}], z: null}
deep: {a: {b: {c: "end"}}}
img: {repository: nginx, tag: "1.25", pullPolicy: IfNotPresent}
mode: 0644
quoted: "0644"
keys: {"1": a, "10": b, "2": c, "true": d, "a b": e, "": f, "é": g, "x.y/z": h, "null": i}
words: ["yes", "no", "on", "off", "y", "n", "~", "null", "true", "1e3", "0x1F", "1_000", "12:30:45", "2024-01-01", "=", "<<", "- a", "a: b",
        "a #b", "#a", "!t", "&a", "*a", "|", ">", "%a", "@a", "`a", "a\\tb", "", " lead", "trail ", "\\u0007", "\\u0085", "\\u2028", "\\ufeff", ".5", "5.",
        ".inf", ".nan", "0b11", "0o7", "08", "+1", "-", "?", ":", "{", "[", "]", ",", "a,b", "'q'", '"q"', "back\\\\slash", "..."]
lines: ["a\\nb", "a\\nb\\n", "a\\n\\n", "\\n", "\\na", " a\\nb", "a\\n b", "a \\nb", "a\\n\\n\\nb\\n\\n", "tab\\tx\\ny", "- a\\n- b"]
ver: v1.27.3-gke.100
url: https://user:pw@host.example:8443/p/a?q=1&r=2#frag
tpl: '{{ .Values.s | upper }}'
doc: "a: 1\\nb: [x, 2.5, null]\\n"
global: {g: 1}
"""

STRINGS = ['""', '"a"', '"hello world"', '"a,b,,c"', '"héllo 日本 😀"', '"  pad  "', '"foo\\nbar\\n"', '"42"', '"-7"', '"1.5"', '"0x1F"', '"010"', '"1e3"',
           '"true"', '"null"', '"CamelCaseHTTPServer"', '"snake_case_str"', '"kebab-case-9x"', '"a.b.c"', '"/a/b/../c.txt"', '"it\'s a \\"q\\""', '"\\u00e9\\u0301"',
           '"<a href=\\"x\\">&amp;"', '"a\\tb\\u2028"', '"ÀÉÎ"', '"ß"', '"ǆ"', '"1.2.3-beta.1+build"', '"9223372036854775808"', '"1_000"', '" 5"', '"٣"',
           '.Values.s', '.Values.num', '.Values.empty', '.Values.uni', '.Values.ml', '.Values.quoted', '.Values.ver', '.Values.url', '.Release.Name', '.Chart.Name',
           '(index .Values.ls 1)', '(.Files.Get "files/a.txt")', '.Template.Name', '(index .Values.words 12)', '(index .Values.lines 5)']
INTS = ['0', '1', '-1', '2', '3', '5', '7', '10', '64', '-3', '100', '4096', '0x10', "'a'", '(len "abc")', '(int .Values.i)', '(int .Values.neg)', '(int "5")']
NUMBERS = INTS + ['.Values.i', '.Values.big', '.Values.huge', '.Values.f', '.Values.small', '.Values.neg', '1.5', '-0.0', '1e21', '2.5', '"3"', '"1.9"', '"x"', '9223372036854775807', '(int64 5)',
                  '.Values.zero', '1e400', '.Values.mode', '0.1', '1e-7', '123456789.125', 'true', '(float64 "nan")', '(float64 "inf")', '.Values.fi']
BOOLS = ['true', 'false', '.Values.t', '.Values.fl', '(eq 1 1)', '(not .Values.i)']
LISTS = ['list', '(list)', '.Values.l', '.Values.ls', '.Values.lm', '.Values.el', '.Values.ll', '(list 1 "a" nil 2.5)', '(list "b" "a" "b")', '(until 3)', '(list 1 1.0 "1")', '(tuple nil)',
         '(splitList "," "a,b,,c")', '(list (dict "a" 1) (dict "a" 1))', '.Values.words', '.Values.lines', '(.Values.missing | default list)', '(regexFindAll "[a-z]" "abc" -1)', '(rest (list 1))',
         '(list .Values.m .Values.deep)', '(list true false nil)', '(chunk 2 (list 1 2 3))', '(compact (list 0 1 "" nil))']
MAPS = ['dict', '(dict)', '.Values.m', '.Values.em', '.Values.deep', '.Values.img', '.Values', '.Values.keys', '(dict "a" 1 "b" nil)', '(dict "a" (dict "b" 2 "c" list))', '(dict "odd")',
        '.Release', '(fromYaml .Values.doc)', '(split "," "a,b")', '.Values.global', '(dict 1 2)', '(dict "x" .Values.m "y" .Values.l)', '(fromJson "{\\"k\\":[1,2.5,null]}")', '(deepCopy .Values.m)',
        '(dict "b" (dict) "a" "" "i" 0)', '(pick .Values.m "a" "c")', '(urlParse .Values.url)', '(merge (dict "a" 0) .Values.m)']
# Not here, since they differ in what no chart asks for: structs in JSON (Go's order of fields), the fields of times and
# versions behind odd verbs, slices beyond the length of what append has grown, bytes that are no text before RE2.
OTHERS = ['nil', '.Values.nul', '.Values.missing', '.Capabilities.APIVersions', '.Files', '.Template', '.Subcharts', '(semver "1.2.3" | toString)',
          '(now | typeOf)', '(printf "%v" nil)', '(.Files.Get "none")', '(.Files.GetBytes "files/a.txt")', '(.Files.Glob "files/*")', '(lookup "v1" "Pod" "a" "b")', '(ternary 1 "a" true)',
          '(first list)', '(b64enc "x")', '(.Files.Lines "files/a.txt")', '(atoi "x")', '(until 2)', '(list 1 2 | len)']
PATTERNS = ['"a"', '"[a-z]+"', '"^h"', '"(l+)(o)?"', '"("', '"\\\\d+"', '"(?i)HELLO"', '"[^,]*"', '""', '"x*"', '"\\\\pL"', '"(?P<n>o)"', '"a{2,}"', '"\\\\bw"', '"a{1001}"', '"(?=a)"', '"\\\\1"', '"[[:alpha:]]"', '"."', '"(?s)."', '"\\\\"', '"*"', '"[b-a]"', '"(?P<n"', '"\\\\xZ"']
REPLACEMENTS = ['""', '"X"', '"$1"', '"${1}x"', '"$1x"', '"$n"', '"$$"', '"$0-$2"', '"$"', '"${"', '"é"']
LAYOUTS = ['"2006-01-02"', '"2006-01-02T15:04:05Z07:00"', '"Jan _2 06"', '"Monday, 02-Jan-06 15:04:05 MST"', '"3:04PM"', '"2006-01-02 15:04:05.000 -0700"', '"002"', '""', '"x"', '"15h04"', '".999"', '"January"']
ZONES = ['"UTC"', '"Europe/Berlin"', '"America/New_York"', '"Nowhere/X"', '""', '"Local"', '"Asia/Kolkata"']
TIMES = ['(toDate "2006-01-02" "2024-02-29")', '(toDate "2006-01-02T15:04:05Z07:00" "2024-02-29T13:14:15+02:00")', '(toDate "2006-01-02" "junk")', '(toDate "2006-01-02 15:04:05.999" "1969-12-31 23:59:59.5")',
         '(dateModify "-26h" (toDate "2006-01-02" "2024-03-01"))', '(mustToDate "Jan 2 2006" "Feb 3 1999")']
DURATIONS = ['"95"', '"3600"', '"1h"', '"2h45m"', '"-90m"', '"1.5h"', '"x"', '""', '86400', '(int64 93784)', '"300ms"', '.Values.big', '"1d"', '-5']
SEMVERS = ['"1.2.3"', '"v1.2"', '"1"', '"1.2.3-beta.1"', '"1.2.3+meta"', '.Values.ver', '"01.2.3"', '"1.2.3.4"', '"x"', '""', '"1.27.3-gke.100"', '"0.0.0"', '"1.2.3-01"', '"99999999999999999999.0.0"', '"1.2.3-"', '"1.2.3-a_b"', '" 1.2.3"']
CONSTRAINTS = ['">=1.2.0"', '"^1.2"', '"~1.2.3"', '">=1.19-0"', '"1.x"', '"*"', '"1.2 - 1.4.5"', '"<2 || >3"', '">1, <2"', '"!=1.2.3"', '"=>1"', '"~>1.2"', '"^0.0"', '"^0.2.3-0"', '">= 1.2.3-alpha"', '"x"', '""', '">"', '"1.2.3 ||"', '"> 1 < 2"', '"==1.2.3"', '"^x"', '"~1.x"', '"<=1.2.X"', '">1.2.3-beta.0"']
JSONS = ['"{}"', '"{\\"a\\":1}"', '"[1,2.5,null]"', '"{\\"a\\":"', '"null"', '"1e400"', '"\\"x\\""', '"{\\"a\\":1}x"', '""', '"{\\"a\\":{\\"b\\":[true,\\"\\\\u00e9\\"]}}"', '"[1,"', '"{a:1}"', '"[{\\"k\\":12345678901234567890}]"', '"tru"', '"{\\"a\\":1,\\"a\\":2}"', '"[1 2]"', '"\\u0001"', '"{\\"a\\" 1}"', '"01"', '"-"', '"\\"a\\nb\\""', '"[\\"\\\\x\\"]"']
YAMLS = ['.Values.doc', '"a: 1"', '"- 1\\n- b"', '"a: [1"', '"a: b: c"', '""', '"null"', '"5"', '"a: &x {k: v}\\nb: *x"', '"a: 0644\\nb: 1e3\\nc: yes\\nd: 12:30:45"', '"<<: {a: 1}\\nb: 2"', '"a: !!binary aGk="', '"a: |\\n  x\\n  y"', '"a: 1\\na: 2"', '"\\ta: 1"',
         '"a: *x"', '"---\\na: 1\\n---\\nb: 2"', '"? a\\n: b"', '"a: 2024-01-01"', '"{a: 1, b: [2]}"', '"a: .inf"', '"1: x\\ntrue: y\\n1.5: z"', '"a:\\n  - b\\n c"', '"%YAML 1.1\\n---\\na: 1"', '"a: \\"\\\\x41\\""', '"a: \'it\'\'s\'"', '"key"', '"a: !!int \\"5\\""', '"a: ~\\nb:"', '"- - 1\\n  - 2"', '"a: @x"', '"a: `x"', '"a: %x"', '"[a, b"', '"{a"', '"\\"a"', '"a: 1 # c\\n#d\\nb: 2"', '"!!map {a: 1}"', '"a: !x 5"', '"&a [*a]"', '"a: >-\\n  x\\n  y\\n\\n  z"']
TOMLS = ['"a = 1"', '"[t]\\nk = \\"v\\""', '"a = [1, 2.5]"', '"a ="', '"[[x]]\\nn=1\\n[[x]]\\nn=2"', '"a.b = true"', '""', '"a = \'\'\'x\'\'\'"', '"a = 1\\na = 2"', '"= 1"', '"a = inf"', '"a = 1_0"', '"a = {b = 1}"']
VERBS = list('vTtbcdoOqxXUeEfFgGsp')
EXTRA = {
    'regex': PATTERNS, 'replacement': REPLACEMENTS, 'layout': LAYOUTS, 'zone': ZONES, 'time.Time': TIMES, 'duration': DURATIONS, 'version': SEMVERS, 'constraint': CONSTRAINTS, 'json': JSONS, 'yaml': YAMLS, 'toml': TOMLS,
    # Merged into: nothing that what is merged may hold, since Go does not come back from a cycle.
    'own': ['(dict "a" 0 "m" dict)', '(deepCopy .Values.m)', '(dict)', '(dict "b" (dict "c" "") "a" (list 1))', '(deepCopy .Values.img)'],
    'string': STRINGS, 'int': INTS, 'number': NUMBERS, 'bool': BOOLS, 'list': LISTS, 'map': MAPS, 'kind': ['"map"', '"slice"', '"string"', '"float64"', '"int"', '"invalid"', '"bool"', '"ptr"', '"struct"'],
    'type': ['"string"', '"map[string]interface {}"', '"[]interface {}"', '"float64"', '"*semver.Version"', '"common.Values"', '"[]string"', '"semver.Version"'],
    'path': ['"/a/b/c.tar.gz"', '"a/../.."', '""', '"."', '"/"', '"//x//y/"', '"../a"', '".hidden"', '"a/./b"'], 'url': ['.Values.url', '"http://a.b/c?d=e"', '"a b"', '"//h/p"', '"mailto:x@y"', '":x"', '"http://[::1]:80/%zz"', '"http://h/%41?x=%zz#é"', '"/p"', '""', '"http://u@h:x/"', '"1http://x"'],
    'urlmap': ['(urlParse .Values.url)', '(dict "scheme" "https" "host" "h:1" "path" "/p" "query" "a=b" "fragment" "f" "userinfo" "u:p")', '(dict "host" 1)', '(dict)', '(dict "path" "a b" "scheme" "x")'],
    'key': ['"a"', '"b"', '"c"', '"missing"', '""', '"name"', '"x.y/z"'], 'size': ['0', '1', '3', '8', '-1', '20', '5'], 'sep': ['","', '""', '"-"', '" "', '"l"', '"日"'],
}
# By function: the kinds of its arguments; "..." repeats the last one.
SIGNATURES = """
trim string|upper string|lower string|title string|untitle string|swapcase string|snakecase string|camelcase string|kebabcase string|substr int int string|trunc int string|repeat size string
trimall sep string|trimAll sep string|trimSuffix sep string|trimPrefix sep string|nospace string|initials string|abbrev int string|abbrevboth int int string|wrap size string|wrapWith size sep string
contains sep string|hasPrefix sep string|hasSuffix sep string|quote any ...|squote any ...|cat any ...|indent size string|nindent size string|replace sep sep string|plural string string int|toString any
toStrings list|split sep string|splitn sep size string|splitList sep string|join sep list|sortAlpha list|atoi string|int number|int64 number|float64 number|toDecimal number|seq size ...|until size|untilStep size size size
add1 number|add number ...|sub number number|div number number|mod number number|mul number ...|biggest number ...|max number ...|min number ...|add1f number|addf number ...|subf number ...|divf number ...|mulf number ...
maxf number ...|minf number ...|ceil number|floor number|round number int|list any ...|tuple any ...|append list any|push list any|mustAppend list any|prepend list any|mustPrepend list any|first list|mustFirst list|rest list|mustRest list
last list|mustLast list|initial list|mustInitial list|reverse list|mustReverse list|uniq list|mustUniq list|without list any ...|mustWithout list any ...|has any list|mustHas any list|slice list int|concat list ...|chunk size list|compact list
mustChunk size list|mustCompact list|dict key any|dict key any key any|get map key|set map key any|unset map key|hasKey map key|pluck key map ...|pick map key ...|omit map key ...|dig key any map|dig key key any map|deepCopy any|mustDeepCopy map
merge own map ...|mustMerge own map|mergeOverwrite own map ...|mustMergeOverwrite own map|default any any|empty any|coalesce any ...|all any ...|any any ...|ternary any any bool|required string any|fail string|typeOf any|typeIs type any|typeIsLike type any
kindOf any|kindIs kind any|deepEqual any any|regexMatch regex string|mustRegexMatch regex string|regexFind regex string|mustRegexFind regex string|regexFindAll regex string int|mustRegexFindAll regex string int|regexReplaceAll regex string replacement
mustRegexReplaceAll regex string replacement|regexReplaceAllLiteral regex string replacement|mustRegexReplaceAllLiteral regex string replacement|regexSplit regex string int|mustRegexSplit regex string int|regexQuoteMeta string|semver version|semverCompare constraint version
date layout time.Time|dateInZone layout time.Time zone|date_in_zone layout time.Time zone|dateModify duration time.Time|mustDateModify duration time.Time|duration duration|durationRound duration|htmlDate time.Time|htmlDateInZone time.Time zone
toDate layout string|mustToDate layout string|unixEpoch time.Time|b64enc string|b64dec string|b32enc string|b32dec string|sha1sum string|sha256sum string|sha512sum string|adler32sum string|toYaml any|mustToYaml any|toYamlPretty any|fromYaml yaml
fromYamlArray yaml|toJson any|mustToJson any|toPrettyJson any|mustToPrettyJson any|toRawJson any|mustToRawJson any|fromJson json|mustFromJson json|fromJsonArray json|toToml map|fromToml toml|urlParse url|urlJoin urlmap|base path|dir path|clean path|ext path|isAbs path
osBase path|osDir path|osClean path|osExt path|eq any any|eq any any any|ne any any|lt any any|le any any|gt any any|ge any any|eq number number|lt number number|lt string string|and any any|or any any ...|not any|len any|index list int|index map key|index any any ...
print any ...|println any ...|html any|js any|urlquery any|derivePassword size string string string string|decryptAES string string|include key any|getHostByName string|call any|keys map ...|values map|tpl string any|tpl yaml any|toYaml list|toYaml map|toJson list
toYaml string|toYamlPretty map|toToml any|toStrings any|fromYaml string|mustToYaml list|sortAlpha any|join sep any|semver any
"""
FUNCTIONS = [entry.split() for entry in SIGNATURES.replace("\n", "|").split("|") if entry.strip()]
KINDS = ['string', 'int', 'number', 'bool', 'list', 'map', 'other', 'duration']
UNORDERED = {'keys', 'values'}


def of_kind(r, kind, depth):
    if kind == 'time.Time':
        return r.choice(TIMES)  # anything else is now
    if depth > 0 and r.random() < 0.3:
        return '(' + call(r, depth - 1) + ')'
    if kind == 'any' or r.random() < 0.08:
        kind = r.choice(KINDS)
    return r.choice(EXTRA.get(kind, OTHERS))


def call(r, depth):
    name, *kinds = r.choice(FUNCTIONS)
    if kinds and kinds[-1] == '...':
        kinds = kinds[:-1] + [kinds[-2]] * r.choice([0, 0, 1, 2])
    if r.random() < 0.02:
        kinds = kinds[:-1] if r.random() < 0.5 else kinds + ['any']
    arguments = [of_kind(r, kind, depth) for kind in kinds]
    if name in UNORDERED:
        return ' '.join(['sortAlpha (' + name, *arguments]) + ')'
    if arguments and r.random() < 0.15:
        return arguments[-1] + ' | ' + ' '.join([name, *arguments[:-1]])
    return ' '.join([name, *arguments])


def format_call(r):
    spec = ''.join('%' + ''.join(r.choice('#0+- ') for _ in range(r.choice([0, 0, 0, 1, 2]))) + r.choice(['', '', '5', '.2', '8.3', '.0', '[1]', '-4'])
                   + r.choice(VERBS) + ' ' for _ in range(r.choice([1, 1, 2])))
    return 'printf "' + spec + '" ' + ' '.join(of_kind(r, 'any', 1) for _ in range(r.choice([1, 1, 2, 0])))


SHAPES = ['{{ range $i, $x := %s }}[{{ $i }}:{{ $x }}]{{ else }}none{{ end }}', '{{ range %s }}<{{ . }}>{{ if eq (toString .) "a" }}{{ break }}{{ end }}{{ end }}', '{{ with %s }}{{ . | toJson }}{{ else }}no{{ end }}',
          '{{ if %s }}yes{{ else if %s }}also{{ else }}no{{ end }}', '{{ $x := %s }}{{ $y := %s }}{{ list $x $y | toJson }}', '{{ $m := dict "k" (%s) }}{{ $_ := set $m "j" (%s) }}{{ toYaml $m }}',
          '{{ define "t" }}{{ %s }}{{ end }}{{ include "t" (%s) | nindent 2 }}', '{{ define "t" }}{{ %s }}{{ end }}{{ template "t" (%s) }}', '{{ tpl "{{ . | toJson }}" (%s) }}', '{{ tpl (toYaml (%s)) . }}', '{{ (%s) | quote }}',
          '{{ (%s).a }}', '{{ (%s).a.b }}', '{{ toYaml (%s) | nindent 4 }}', '{{ %s | toJson | fromJson | toYaml }}', '{{ $a := %s }}{{ $b := deepCopy .Values.m }}{{ $c := mergeOverwrite $b (dict "a" $a) }}{{ toJson $b }}{{ toJson .Values.m }}',
          '{{ range until 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ %s }}{{ end }}', '{{- %s -}} x', '{{ printf "%%T %%v" (%s) (%s) }}', '{{ toYaml (list (%s) (dict "k" (%s))) }}', '{{ toJson (dict "a" (%s) "b" (%s)) }}',
          '{{ $x := %s }}{{ range $k, $v := $x }}{{ $k }}={{ $v | typeOf }};{{ end }}', '{{ typeOf (%s) }} {{ kindOf (%s) }}', '{{ range $x := %s }}{{ range $x }}{{ . }},{{ end }};{{ end }}', '{{ with $v := %s }}{{ $v.name }}{{ end }}',
          '{{ fromYaml (toYaml (%s)) | toJson }}', '{{ block "bl" (%s) }}{{ . | upper }}{{ end }}', '{{ tpl .Values.tpl (dict "Values" (dict "s" (%s))) }}', '{{ tpl "{{ include \\"x\\" . }}{{ define \\"x\\" }}[{{ . }}]{{ end }}" (%s) }}']


def cases(count, seed):
    r = random.Random(seed)
    for _ in range(count):
        kind = r.random()
        if kind < 0.6:
            text = '{{ ' + call(r, r.choice([0, 0, 1, 1, 2])) + ' }}'
        elif kind < 0.7:
            text = '{{ ' + format_call(r) + ' }}'
        else:
            shape = r.choice(SHAPES)
            inner = tuple(call(r, 1) if r.random() < 0.6 else of_kind(r, 'any', 0) for _ in range(shape.count('%s')))
            text = shape % inner
        yield {"template": text, "values": VALUES}
