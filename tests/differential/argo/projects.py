"""Requests about AppProjects, their windows and access rules, made up at random."""

REPOS = ["https://github.com/argoproj/test.git", "https://github.com/argoproj/test", "git@github.com:argoproj/test.git",
         "ssh://git@github.com:22/argoproj/test", "https://GitHub.com/argoproj/Test.git/", "https://user@gitlab.com/group/repo/owner",
         "https://gitlab.com/group/repo", "oci://ghcr.io/org/chart", "https://charts.example.com", "file:///repos/a", "ghcr.io/org/chart",
         "git@ssh.dev.azure.com:v3/org/p/repo", "https://dev.azure.com/org/p/_git/repo", "https://bücher.example/repo.git", ""]
SERVERS = ["https://kubernetes.default.svc", "https://10.0.0.1:6443", "https://prod-eu.example.com", "https://prod-us.example.com/x", ""]
NAMES = ["in-cluster", "prod-eu", "prod-us", "dev", "a.b", ""]
NAMESPACES = ["default", "kube-system", "team-a", "team-b-prod", "argocd", "", "a/b"]
KINDS = [("", "Namespace"), ("", "Secret"), ("apps", "Deployment"), ("rbac.authorization.k8s.io", "ClusterRole"),
         ("networking.k8s.io", "Ingress"), ("apiextensions.k8s.io", "CustomResourceDefinition"), ("*.crossplane.io", "Bucket")]


def glob_of(rng, texts, deny=0.25):
    """A pattern that has a chance to match one of the texts."""
    text = rng.choice(texts)
    shape = rng.randrange(11)
    if shape == 0:
        text = "*"
    elif shape == 1 and text:
        at = rng.randrange(len(text))
        text = text[:at] + "*"
    elif shape == 2 and text:
        at = rng.randrange(len(text))
        text = "*" + text[at:]
    elif shape == 3 and len(text) > 2:
        at = rng.randrange(1, len(text))
        text = text[:at - 1] + "?" + text[at:]
    elif shape == 4 and len(text) > 2:
        at = rng.randrange(1, len(text))
        text = text[:at] + rng.choice(["**", "*", "[a-z]", "[!x]", "{a,b}", "{%s,zz}" % text[at:at + 2]]) + text[at + rng.choice([0, 1, 2]):]
    elif shape == 5:
        text = rng.choice(["", "*/*", "**", "[", "{a", "\\", "a\\*", "*-*", "?*", "{*,**}", "[!a-c]*", "https://*", "https://**", "*.git", "/.*/"])
    return ("!" if rng.random() < deny else "") + text


def list_of(rng, make, longest=4):
    return [make() for _ in range(rng.randrange(longest + 1))]


def source(rng):
    return {"op": "source", "repos": list_of(rng, lambda: glob_of(rng, REPOS)), "repo": rng.choice(REPOS)}


def destination(rng):
    def item():
        out = {}
        for field, texts, chance in (("server", SERVERS, 0.7), ("name", NAMES, 0.4), ("namespace", NAMESPACES, 0.85)):
            if rng.random() < chance:
                out[field] = glob_of(rng, texts)
        return out
    return {"op": "destination", "destinations": list_of(rng, item), "server": rng.choice(SERVERS), "name": rng.choice(NAMES),
            "namespace": rng.choice(NAMESPACES)}


def resource(rng):
    def item(named):
        group, kind = rng.choice(KINDS)
        out = {"group": glob_of(rng, [group], 0.05), "kind": glob_of(rng, [kind], 0.05)}
        if named and rng.random() < 0.5:
            out["name"] = glob_of(rng, NAMES, 0.05)
        return out
    spec = {}
    for field in ("clusterResourceWhitelist", "clusterResourceBlacklist", "namespaceResourceWhitelist", "namespaceResourceBlacklist"):
        if rng.random() < 0.6:
            spec[field] = list_of(rng, lambda: item(field.startswith("cluster")), 3)
    group, kind = rng.choice(KINDS)
    return {"op": "resource", "spec": spec, "group": group, "kind": kind, "name": rng.choice(NAMES), "namespaced": rng.random() < 0.5}


def app_namespace(rng):
    patterns = NAMESPACES + ["team-[ab]", "/team-.*/", "/^team-(a|b)$/", "/(/", "/team/", "//"]
    return {"op": "app_namespace", "namespaces": list_of(rng, lambda: rng.choice([glob_of(rng, NAMESPACES), rng.choice(patterns)])),
            "namespace": rng.choice(NAMESPACES), "controller": "argocd"}


def policy_line(rng, project="proj", role="role"):
    parts = ["p", f"proj:{project}:{role}", rng.choice(["applications", "repositories", "clusters", "exec", "logs", "applicationsets", "*", "x", ""]),
             rng.choice(["get", "create", "*", "action/*", "action/apps/Deployment/restart", "update/*", "sync", "delete/*/Pod/*/*", "bad", "", "override"]),
             rng.choice([f"{project}/*", f"{project}/a", "*", "other/*", f"{project}", "", f"{project}/a/b"]), rng.choice(["allow", "deny", "allow", "no"])]
    if rng.random() < 0.1:
        parts[rng.randrange(len(parts))] = rng.choice(["", "p ", "g", "proj:other:role"])
    if rng.random() < 0.06:
        parts.append("more")
    if rng.random() < 0.06:
        parts.pop()
    return rng.choice([", ", ",", " , "]).join(parts)


def validate(rng):
    def role():
        name = rng.choice(["role", "a", "b-1", "A B", "", "x_", "-x", "rôle"])
        out = {"name": name, "policies": list_of(rng, lambda: policy_line(rng, rng.choice(["proj"] * 6 + ["other"]), name), 2)}
        if rng.random() < 0.3:
            out["groups"] = list_of(rng, lambda: rng.choice(["org:team", "a, b", "", " g", "g", "a\nb", "\"q\""]), 3)
        return out
    spec = {}
    if rng.random() < 0.4:
        spec["sourceRepos"] = list_of(rng, lambda: rng.choice(["*", "!*", "https://a/b", "!https://a/b", "https://a/**", "", "["]), 3)
    if rng.random() < 0.4:
        spec["destinations"] = list_of(rng, lambda: {k: v for k, v in (
            ("server", rng.choice(["*", "!*", "https://a", "!https://a", "", "[["])), ("namespace", rng.choice(["*", "!*", "a", "!a", "", "!"])),
            ("name", rng.choice(["", "", "c", "!*", "!c"]))) if v or rng.random() < 0.3}, 3)
    if rng.random() < 0.5:
        spec["roles"] = list_of(rng, role, 2)
    if rng.random() < 0.3:
        spec["sourceNamespaces"] = list_of(rng, lambda: rng.choice(["*", "a", "a-*", "!a", "", "/x/"]), 3)
    for field in ("clusterResourceWhitelist", "namespaceResourceBlacklist"):
        if rng.random() < 0.1:
            spec[field] = list_of(rng, lambda: {"group": rng.choice(["*", "", "["]), "kind": rng.choice(["*", "Pod", ""])}, 2)
    if rng.random() < 0.25:
        spec["syncWindows"] = list_of(rng, lambda: window(rng), 2)
    if rng.random() < 0.15:
        spec["destinationServiceAccounts"] = list_of(rng, lambda: {
            "server": rng.choice(["https://a", "*", "!*", "", "[[", "a b"]), "namespace": rng.choice(["", "a", "*", "!x", "[["]),
            "defaultServiceAccount": rng.choice(["sa", "ns:sa", "", " ", "a:b:c", "a*", "!sa", "-", ":a", "a/b"])}, 3)
    if rng.random() < 0.1:
        spec["signatureKeys"] = list_of(rng, lambda: {"keyID": rng.choice(["ABCDEF0123456789", "x", ""])}, 2)
    return {"op": "validate", "project": {"metadata": {"name": "proj"}, "spec": spec}}


FIELDS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


def schedule(rng):
    if rng.random() < 0.06:
        return rng.choice(["@daily", "@hourly", "@every 1h", "@weekly", "@midnight", "@never", "* * *", "", "60 * * * *", "* * * * 7", "*/0 * * * *",
                           "5-1 * * * *", "* * 31 2 *", "0 0 1 JAN-mar MON", "? ? ? ? ?", "1,2,,3 * * * *", "-1 * * * *", "* * * * * *", "TZ=UTC 0 0 * * *",
                           "CRON_TZ=Asia/Tokyo 0 6 * * ?", "1/5 * * * *", "1-10/3 * * * *", "*/100 * * * *", " 0 1 * * * ", "0\t1 * * *", "0 24 * * *"])
    parts = []
    for place, (low, high) in enumerate(FIELDS):
        shape = rng.randrange(8) if place != 1 else rng.randrange(5)
        one = rng.randint(low, high)
        other = rng.randint(one, high)
        parts.append(["*", str(one), "*", f"{one}-{other}", f"*/{rng.randint(1, 12)}", "*", f"{one},{other}",
                      {3: "JAN", 4: "Mon-FRI"}.get(place, "*")][shape])
    return " ".join(parts)


# None whose clocks change: Argo CD takes the offset of the moment it runs, whatever time it is asked about.
ZONES = ["", "", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Nowhere/City", "local", "EST", "America/Sao_Paulo", "Etc/GMT+5", "Pacific/Kiritimati"]


def window(rng):
    out = {"kind": rng.choice(["allow", "deny", "allow", "deny", "other"] if rng.random() < 0.1 else ["allow", "deny"]), "schedule": schedule(rng),
           "duration": rng.choice(["1h", "2h", "30m", "1h30m", "24h", "8h", "5m", "90s", "36h", "1d", "", "0", "-1h", "1.5h", "h", "1ms"] if rng.random() < 0.3
                                  else ["1h", "2h", "30m", "8h", "24h"])}
    for field, values in (("timeZone", ZONES), ("manualSync", [True, False]), ("description", ["x" * 255, "x" * 256, "é" * 130, "d"])):
        if rng.random() < 0.35:
            out[field] = rng.choice(values)
    for field, texts in (("applications", ["app", "web-1", "app-prod"]), ("namespaces", NAMESPACES), ("clusters", SERVERS + NAMES)):
        if rng.random() < 0.5:
            out[field] = list_of(rng, lambda: glob_of(rng, texts, 0.1), 2)
    if rng.random() < 0.3:
        out["andOperator"] = rng.random() < 0.6
    return out


def moment(rng):
    """A time, often near a change of clocks."""
    day = rng.choice([(3, 8), (3, 29), (10, 25), (11, 1), (2, 28), (12, 31), (rng.randint(1, 12), rng.randint(1, 28))])
    return f"{rng.choice([2024, 2025, 2026])}-{day[0]:02}-{day[1]:02}T{rng.randint(0, 23):02}:{rng.choice([0, 1, 29, 30, 31, 59, rng.randint(0, 59)]):02}" \
           f":{rng.choice([0, 0, 30, 59]):02}Z"


def window_active(rng):
    return {"op": "window", "window": window(rng), "now": moment(rng)}


def windows_can_sync(rng):
    return {"op": "windows", "windows": list_of(rng, lambda: window(rng), 4), "manual": rng.random() < 0.5, "now": moment(rng)}


def windows_match(rng):
    return {"op": "matches", "windows": list_of(rng, lambda: {**window(rng), "description": f"{rng.random()}"}, 4), "application": {
        "metadata": {"name": rng.choice(["app", "web-1", "app-prod"])},
        "spec": {"destination": {"server": rng.choice(SERVERS), "name": rng.choice(NAMES), "namespace": rng.choice(NAMESPACES)}}}}


SUBJECTS = ["alice", "bob", "org:team", "role:dev", "role:ops", "proj:p:r", "alice@example.com"]
RESOURCES = ["applications", "clusters", "projects", "logs", "exec"]
ACTIONS = ["get", "sync", "action/apps/Deployment/restart", "delete", "update/*/Pod/ns/x", "create"]
OBJECTS = ["p/app", "p/ns/app", "other/app", "https://kubernetes.default.svc", "p"]


def access_policy(rng):
    lines = []
    for _ in range(rng.randrange(7)):
        if rng.random() < 0.3:
            lines.append(", ".join(["g", rng.choice(SUBJECTS), rng.choice(["role:dev", "role:ops", "role:admin", rng.choice(SUBJECTS)])]))
            continue
        line = ["p", rng.choice(SUBJECTS), glob_of(rng, RESOURCES, 0), glob_of(rng, ACTIONS, 0), glob_of(rng, OBJECTS, 0), rng.choice(["allow", "allow", "deny"])]
        if rng.random() < 0.1:
            line[rng.randrange(1, 6)] = rng.choice(["", ".*", "^a", "(", "[a", "p/.+", "get|sync", "*", "Allow"])
        if rng.random() < 0.15:
            line[rng.randrange(1, 6)] = '"' + line[rng.randrange(1, 6)] + '"'
        lines.append(rng.choice([", ", ",", " ,  "]).join(line))
    for _ in range(rng.randrange(3) if rng.random() < 0.4 else 0):
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(["", "# comment", "  # other", "p, a, b, c", "x, y", "g, a", "p", "g, a, b, c", "p, \"a, b, c, d, e",
                                                               "  p, alice, *, *, *, allow  ", "p, alice, *, *, *, allow, more", "g,alice,role:dev # c", ",,,", "G, a, b",
                                                               "p, a\"b, *, *, *, allow", "p,alice,*,*,*,allow,", "p2, a, b, c, d, allow", "\tp, alice, *, *, *, allow"]))
    return rng.choice(["\n", "\n", "\r\n"]).join(lines)


def rbac(rng):
    return {"op": "rbac", "builtin": access_policy(rng) if rng.random() < 0.4 else "", "user": access_policy(rng),
            "runtime": access_policy(rng) if rng.random() < 0.4 else "", "mode": rng.choice(["glob", "glob", "regex", ""]),
            "defaultRole": rng.choice(["", "", "role:dev", "role:none"]),
            "requests": [[rng.choice(SUBJECTS), rng.choice(RESOURCES), rng.choice(ACTIONS), rng.choice(OBJECTS)] for _ in range(12)]}


def policy(rng):
    return {"op": "policy", "policy": access_policy(rng)}


def glob(rng):
    texts = REPOS + SERVERS + NAMESPACES + ["a/b/c", "é/ü", "hello.world", "a,b", "[x]", "{a}"]
    return {"op": "glob", "pattern": glob_of(rng, texts, 0.03), "text": rng.choice(texts), "separators": rng.choice(["", "", "/", "."])}


PATHS = [".", "/", "", "a", "a/b", "/a/b", "../c", "./d", "a/*", "/a/*.yaml", "**/x.yaml", "a/**", "a//b/", ";", " a ", "/a/[bc]/x", "../../../e", "{a,b}/x", "[", "a;b"]


def paths(rng):
    spec = {"project": "default", "destination": {}, "source": {"repoURL": "https://x/y", "path": rng.choice(["", "apps/web", "a", "/a", "a/", ".", "a/../b"])}}
    if rng.random() < 0.2:
        spec["sourceHydrator"] = {"drySource": {"repoURL": "https://x/y", "targetRevision": "HEAD", "path": rng.choice(["a", "apps/web", ""])},
                                  "syncSource": {"targetBranch": "b", "path": rng.choice(["a", "out"])}}
    application = {"metadata": {"name": "app"}, "spec": spec}
    sources = [spec["source"]]
    if "sourceHydrator" in spec:
        hydrator = spec["sourceHydrator"]
        sources += [hydrator["drySource"], {"repoURL": "https://x/y", "targetRevision": "b", "path": hydrator["syncSource"]["path"]}]
    if rng.random() < 0.85:
        text = rng.choice([";", ";", " ; ", ";;"]).join(rng.choice(PATHS) for _ in range(rng.randint(0, 3)))
        application["metadata"]["annotations"] = {"argocd.argoproj.io/manifest-generate-paths": text}
    files = ["a/b/x.yaml", "apps/web/x.yaml", "apps/web", "c/x", "/a/b", "a/x.yaml", "README.md", "apps/c/d", "apps/web/a/b/c", "e", "x.yaml", "a", "apps/webx/y", "../z", ""]
    return {"op": "paths", "application": application, "source": rng.choice(sources), "changed": [rng.choice(files) for _ in range(rng.randint(0, 3))]}


MAKERS = [(source, 4), (destination, 6), (resource, 4), (app_namespace, 3), (validate, 6), (window_active, 8), (windows_can_sync, 6), (windows_match, 4),
          (rbac, 5), (policy, 3), (glob, 4), (paths, 4)]
