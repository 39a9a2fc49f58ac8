"""Makes templates at random: calls, formats, control structures, literals, and texts that are nearly templates."""
import random

VALUES = ['1', '0', '-3', '2.5', '1e6', '1e3', "'x'", '0x1F', '07', '1_000', '3i', '"a"', '""', '"héllo"', '`r\\w`', 'true', 'false',
          'nil', '.', '.s', '.n', '.f', '.t', '.nil', '.list', '.map', '.deep.x.y', '.deep.no.y', '.missing', '.empty', '$', '$.s',
          '(strs "b" "a")', '(ints 3 1)', '(list 1 "x" nil)', '(bytes "ab")', '(i64 7)', '(u8 200)', '(smap "k" "v")', 'none',
          '(none)', '(list (list 1) .map)', '.list.x', '.s.x', '.map.b.c', '(index .list 0)', '(printf "%d" 3)', '(.map).b',
          '(.s).x', '(list).x', '9223372036854775807', '9223372036854775808', '1e-7', '123456789.0', '.big', '.small']
FUNCTIONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'not', 'len', 'index', 'slice', 'print', 'println', 'printf', 'html',
             'js', 'urlquery', 'call', 'take', 'takem', 'takel', 'takef', 'i64', 'strs', 'ints']
VERBS = list('vTtbcdoOqxXUeEfFgGspw%!yz') + ['é']
NUMBERS = ['0b101', '0b12', '0o17', '0x', '0x1p4', '0x1.8p-2', '0x1g', '1e', '1e+', '.5', '5.', '1.5e3', '1__0', '_1', '1_', '08', '010',
           '1i', '1+2i', '1-2.5i', '2i+1', '+3', '--3', '+-1', "'\\n'", "'\\''", "'ab'", "'", "'\\x41'", "'é'", '1e400', '1e-400',
           '18446744073709551615', '18446744073709551616', '-9223372036854775808', '0.1', '1.0', '100000000000000000000.0', '1.', '.']
PIECES = ['{{', '}}', '{{-', '-}}', ' ', '\n', '|', '(', ')', '.', '.x', '$x', ':=', '=', ',', 'if', 'else', 'end', 'range', 'with',
          'define', 'template', 'block', 'break', 'continue', 'nil', 'true', '"a"', '`b`', "'c'", '1', '-', '/*', '*/', 'eq', '"', '\\',
          'nope', '$', '!', '@', '#', 'é', '\t', '{', '}', '$y.z', 'else if', 'else with']
DATA = {"s": "web", "n": 3, "f": 2.5, "t": True, "nil": None, "list": [1, "b", None, {"k": "v"}], "map": {"b": 2, "a": "x", "c": None},
        "deep": {"x": {"y": "end"}}, "empty": {}, "big": 12345678901, "small": 1e-7}


def value(r):
    return r.choice(VALUES) if r.random() < 0.9 else r.choice(NUMBERS)


def spec(r):
    flags = ''.join(r.choice('#0+- ') for _ in range(r.choice([0, 0, 1, 2])))
    width = r.choice(['', '', '', '5', '12', '*', '[1]', '[2]*', '[9]'])
    precision = r.choice(['', '', '', '.2', '.0', '.', '.*', '.[1]*', '.8'])
    return '%' + flags + width + precision + r.choice(['', '', '', '[1]', '[3]', '[x]']) + r.choice(VERBS)


def call(r):
    function = r.choice(FUNCTIONS)
    arguments = [value(r) for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4]))]
    if function == 'printf' and r.random() < 0.9:
        arguments.insert(0, '`' + 'x'.join(spec(r) for _ in range(r.choice([1, 1, 2]))) + '`')
    if function == 'slice':  # what follows depends on the capacity that Go happens to give to bytes
        arguments = [a for a in arguments if 'bytes' not in a]
    text = ' '.join([function] + arguments)
    if r.random() < 0.2:
        text = value(r) + ' | ' + text
    return text


def action(r):
    kind = r.random()
    if kind < 0.6:
        return call(r)
    if kind < 0.8:
        return value(r)
    return r.choice(['$x := ', '$x = ', '$y, $x := ', '']) + value(r)


def body(r, depth):
    out = ''
    for _ in range(r.choice([1, 1, 2, 3])):
        kind = r.random()
        if kind < 0.5 or depth == 0:
            out += r.choice(['{{ ', '{{- ', '{{']) + action(r) + r.choice([' }}', ' -}}', '}}'])
        elif kind < 0.6:
            out += r.choice(['text\n', ' \n ', '{{/* c */}}', '{{- /* c */ -}}', '{', '}}'])
        elif kind < 0.7:
            out += '{{ define "d%d" }}%s{{ end }}' % (r.randrange(3), body(r, depth - 1))
        elif kind < 0.8:
            out += '{{ template "d%d" %s }}' % (r.randrange(3), value(r))
        else:
            over = value(r)
            while over.startswith('92233'):
                over = value(r)  # neither side would end
            word = r.choice(['if', 'with', 'range', 'range $i, $x :=', 'range $x :=', 'range $x =', 'if $x :=', 'block "b"'])
            out += '{{ %s %s }}%s' % (word, over, body(r, depth - 1))
            if r.random() < 0.4:
                out += r.choice(['{{ else }}', '{{ else if ' + value(r) + ' }}', '{{ else with ' + value(r) + ' }}']) + body(r, depth - 1)
            if r.random() < 0.2:
                out += r.choice(['{{ break }}', '{{ continue }}'])
            out += '{{ end }}'
    return out


def mutated(r, text):
    pieces = list(text)
    for _ in range(r.choice([1, 1, 2, 4])):
        at = r.randrange(len(pieces) + 1)
        kind = r.random()
        if kind < 0.4 and pieces:
            del pieces[min(at, len(pieces) - 1)]
        else:
            pieces.insert(at, r.choice(PIECES))
    return ''.join(pieces)


def cases(count, seed):
    r = random.Random(seed)
    for _ in range(count):
        kind = r.random()
        text = '{{ ' + action(r) + ' }}' if kind < 0.5 else body(r, 2)
        if kind > 0.8:
            text = mutated(r, text)
        elif kind > 0.75:
            text = ''.join(r.choice(PIECES) for _ in range(r.randrange(1, 12)))
        yield {"template": text, "missing": r.choice(['zero', 'zero', 'default', 'error']), "data": DATA}
