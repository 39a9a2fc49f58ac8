#!/usr/bin/env python3
"""Makes the tables of built-in kinds and types that src/schema compiles in.

    tools/gen_schema.py OPENAPI_V3_DIR

OPENAPI_V3_DIR holds the OpenAPI v3 documents of a kube-apiserver, one file a group version, as JSON or JSON.gz
with any names (`kubectl get --raw /openapi/v3` lists them). What Go writes for empty fields, which OpenAPI does not
tell, comes from data/kinds/go-shapes.txt (tools/go_shapes.py). Writes data/schema/types.json and
data/schema/kinds.json; src/schema/README.md explains both formats. The facts in them are from Kubernetes' own
OpenAPI documents (Apache-2.0).
"""
import glob
import gzip
import json
import os
import sys

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'data')
OUT = os.path.join(DATA, 'schema')
PREFIX = 'io.k8s.'
REF = '#/components/schemas/'
JSON_TYPES = {'string': 's', 'integer': 'i', 'number': 'n', 'boolean': 'b', 'object': 'o', 'array': 'a'}

# What OpenAPI does not carry: the order of groups in discovery (controlplane's API service priorities), and the
# short names and categories that each resource's storage declares.
GROUP_ORDER = [
    '', 'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io',
    'autoscaling', 'batch', 'certificates.k8s.io', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io',
    'storage.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'scheduling.k8s.io',
    'coordination.k8s.io', 'node.k8s.io', 'discovery.k8s.io', 'flowcontrol.apiserver.k8s.io', 'resource.k8s.io']
SHORT_NAMES = {
    'certificatesigningrequests': ['csr'], 'priorityclasses': ['pc'], 'networkpolicies': ['netpol'],
    'ipaddresses': ['ip'], 'ingresses': ['ing'], 'poddisruptionbudgets': ['pdb'], 'storageclasses': ['sc'],
    'volumeattributesclasses': ['vac'], 'horizontalpodautoscalers': ['hpa'], 'daemonsets': ['ds'],
    'statefulsets': ['sts'], 'deployments': ['deploy'], 'replicasets': ['rs'], 'cronjobs': ['cj'],
    'nodes': ['no'], 'resourcequotas': ['quota'], 'limitranges': ['limits'], 'persistentvolumes': ['pv'],
    'serviceaccounts': ['sa'], 'events': ['ev'], 'persistentvolumeclaims': ['pvc'], 'namespaces': ['ns'],
    'pods': ['po'], 'services': ['svc'], 'endpoints': ['ep'], 'componentstatuses': ['cs'],
    'replicationcontrollers': ['rc'], 'configmaps': ['cm'], 'customresourcedefinitions': ['crd', 'crds']}
CATEGORIES = {name: ['all'] for name in (
    'horizontalpodautoscalers', 'daemonsets', 'statefulsets', 'deployments', 'replicasets', 'jobs', 'cronjobs',
    'pods', 'services', 'replicationcontrollers')}
EXTENSION_GROUPS = ('admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io')
VERBS = {'post': 'create', 'put': 'update', 'list': 'list', 'get': 'get', 'patch': 'patch', 'delete': 'delete',
         'deletecollection': 'deletecollection', 'watch': 'watch', 'watchlist': 'watch'}
# What Go writes for an empty field of a type, by the letters of go-shapes.txt.
ZEROS = {'s': '', 'b': False, 'i': 0, 'l': 0, 'f': 0, 'q': '0', 'x': 0, 'd': '0s', 't': None, 'm': None, 'y': None, 'r': None}
METHODS = {'get': 'get', 'post': 'create', 'put': 'update', 'delete': 'delete', 'patch': 'patch'}


def load(folder):
    for path in sorted(glob.glob(os.path.join(folder, '*.json*'))):
        opened = gzip.open(path) if path.endswith('.gz') else open(path, 'rb')
        with opened as f:
            document = json.load(f)
        if isinstance(document, dict) and 'openapi' in document:
            yield document


def reference(schema):
    ref = schema.get('$ref')
    if not ref and len(schema.get('allOf', [])) == 1:
        ref = schema['allOf'][0].get('$ref')
    return ref and ref[len(REF):].removeprefix(PREFIX)


def key_names(schemas):
    """Names that are a key of some associative list: the only fields whose empty default matters to a merge."""
    names = set()
    def walk(node):
        if isinstance(node, dict):
            names.update(node.get('x-kubernetes-list-map-keys', []))
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)
    walk(schemas)
    return names


def compact(schema, keys, name=None):
    """One schema in our format. `name` is the field it is the schema of, if any."""
    out = {}
    ref = reference(schema)
    if ref:
        out['r'] = ref
    elif schema.get('format') == 'int-or-string' or 'oneOf' in schema:
        out['t'] = 'x'
    elif schema.get('type'):
        out['t'] = JSON_TYPES[schema['type']]
    if schema.get('format') and not ref and schema['format'] != 'int-or-string':
        out['f'] = schema['format']
    if 'properties' in schema:
        out['p'] = {k: compact(v, keys, k) for k, v in sorted(schema['properties'].items())}
    values = schema.get('additionalProperties')
    if isinstance(values, dict):
        out['v'] = compact(values, keys)
    elif values:
        out['v'] = {}
    if 'items' in schema:
        out['e'] = compact(schema['items'], keys)
    copy = (('x-kubernetes-list-type', 'lt'), ('x-kubernetes-list-map-keys', 'k'), ('x-kubernetes-map-type', 'mt'),
            ('x-kubernetes-patch-strategy', 'ps'), ('x-kubernetes-patch-merge-key', 'mk'), ('required', 'req'),
            ('x-kubernetes-preserve-unknown-fields', 'u'))
    for source, target in copy:
        if schema.get(source):
            out[target] = schema[source]
    default = schema.get('default')
    if name and default is not None and default != {} and (default or name in keys):
        out['d'] = default
    return out


def go_zeros():
    """"core/v1.Container" -> {field: what Go writes for it in an empty struct}, without those that it leaves out."""
    zeros = {}
    with open(os.path.join(DATA, 'kinds', 'go-shapes.txt')) as f:
        for line in f:
            if line.startswith('@'):
                continue
            name, *fields = line.split()
            zeros[name] = {}
            for text in fields:
                key, kind = text.split(':', 1)
                always, left_out = kind.endswith('!'), kind.endswith('0')
                kind = kind.rstrip('!0')
                struct = kind not in ZEROS and kind[0] not in '*[{'
                # `omitempty` has no effect on what is a struct to Go: times, quantities and structs in place.
                if always or (not left_out and (struct or kind in 'qxtmd')):
                    zeros[name][key] = {} if struct else ZEROS.get(kind)
    return zeros


def types(documents):
    schemas = {}
    for document in documents:
        schemas.update(document.get('components', {}).get('schemas', {}))
    keys, zeros = key_names(schemas), go_zeros()
    table, gvks = {}, {}
    for name, schema in sorted(schemas.items()):
        short = name.removeprefix(PREFIX)
        table[short] = compact(schema, keys)
        for field, zero in zeros.get('{}/{}.{}'.format(*short.split('.')[-3:]), {}).items():
            if field in table[short].get('p', {}):
                table[short]['p'][field]['z'] = zero
        if short.endswith('.runtime.RawExtension') or short.endswith('.resource.Quantity'):
            table[short]['t'] = 'q' if short.endswith('Quantity') else 'r'
        named = schema.get('x-kubernetes-group-version-kind', [])
        if len(named) == 1:  # DeleteOptions, Status and the like are in every group
            g = named[0]
            gvks['/'.join(filter(None, (g['group'], g['version'], g['kind'])))] = short
    return {'gvks': gvks, 'types': table}


def resources(documents):
    """(group version, resource, subresource) -> facts, from the paths."""
    found = {}
    for document in documents:
        for path, operations in document.get('paths', {}).items():
            parts = path.strip('/').split('/')
            if parts[0] == 'api' and len(parts) > 2:
                group, version, rest = '', parts[1], parts[2:]
            elif parts[0] == 'apis' and len(parts) > 3:
                group, version, rest = parts[1], parts[2], parts[3:]
            else:
                continue
            watching = rest[0] == 'watch'
            rest = rest[1:] if watching else rest
            namespaced = len(rest) > 2 and rest[0] == 'namespaces' and not (len(rest) > 2 and rest[1] == '{name}')
            if namespaced:
                rest = rest[2:]
            rest = [part for part in rest if not part.startswith('{')]
            resource, sub = rest[0], '/'.join(rest[1:])
            entry = found.setdefault((group, version, resource, sub), {'ns': False, 'verbs': set()})
            entry['ns'] |= namespaced
            for method, operation in operations.items():
                if not isinstance(operation, dict) or 'x-kubernetes-action' not in operation:
                    continue
                action = operation['x-kubernetes-action']
                verb = METHODS.get(method) if action == 'connect' else VERBS[action]
                if verb:
                    entry['verbs'].add(verb)
                entry['gvk'] = operation['x-kubernetes-group-version-kind']
    return found


def kinds(documents):
    found = resources(documents)
    table = {}
    for (group, version, resource, sub), entry in sorted(found.items()):
        gvk = entry['gvk']
        if sub:
            item = {'name': sub, 'kind': gvk['kind'], 'verbs': sorted(entry['verbs'])}
            if (gvk['group'], gvk['version']) != (group, version):
                item['group'], item['version'] = gvk['group'], gvk['version']
            table[group, version, resource].setdefault('subresources', []).append(item)
            continue
        kind = {'group': group, 'version': version, 'kind': gvk['kind'], 'plural': resource,
                'namespaced': entry['ns'], 'verbs': sorted(entry['verbs'])}
        if resource in SHORT_NAMES:
            kind['short'] = SHORT_NAMES[resource]
        categories = ['api-extensions'] if group in EXTENSION_GROUPS else CATEGORIES.get(resource)
        if categories:
            kind['categories'] = categories
        table[group, version, resource] = kind
    order = lambda key: (GROUP_ORDER.index(key[0]), [-ord(c) for c in key[1]], key[2])
    return [table[key] for key in sorted(table, key=order)]


def write(name, value, lines):
    """JSON with one row a line, so that a change in the table is a small diff."""
    path = os.path.join(OUT, name)
    dump = lambda v: json.dumps(v, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    with open(path, 'w') as f:
        if isinstance(value, list):
            f.write('[\n' + ',\n'.join(dump(row) for row in value) + '\n]\n')
        else:
            parts = []
            for key in lines:
                rows = ',\n'.join(dump(k) + ':' + dump(v) for k, v in sorted(value[key].items()))
                parts.append(dump(key) + ':{\n' + rows + '\n}')
            f.write('{' + ',\n'.join(parts) + '}\n')
    print(path, os.path.getsize(path), 'bytes')


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    documents = list(load(sys.argv[1]))
    if not documents:
        sys.exit('no OpenAPI v3 documents in ' + sys.argv[1])
    os.makedirs(OUT, exist_ok=True)
    write('types.json', types(documents), ('gvks', 'types'))
    write('kinds.json', kinds(documents), ())


if __name__ == '__main__':
    main()
