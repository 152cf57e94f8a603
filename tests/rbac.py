"""An authorizer of its own: what Kubernetes' documentation says of RBAC, asked one request at a time.

Makes random objects and random requests from a seed, decides each request, and prints one JSON object a line:
`{"objects": […], "requests": [{"user", "groups", "verb", …, "allowed"}]}`. It knows nothing of how nxk goes about it, and
goes about it in the simplest way: for every request, through every binding, through every rule.
"""

import json
import random
import sys

# What the documentation says of the roles for users, as far as the requests below can tell.
READ = ["get", "list", "watch"]
WRITE = ["create", "update", "patch", "delete", "deletecollection"]
VIEW = [
    (READ, "", ["pods", "pods/log", "configmaps", "namespaces"]),
    (READ, "apps", ["deployments", "deployments/scale"]),
]
EDIT = VIEW + [
    (READ, "", ["secrets", "pods/exec"]),
    (WRITE, "", ["pods", "pods/exec", "configmaps", "secrets"]),
    (WRITE, "apps", ["deployments", "deployments/scale"]),
]
ADMIN = EDIT + [(READ + WRITE, "rbac.authorization.k8s.io", ["roles"])]


def rules_of(lines):
    return [{"verbs": verbs, "apiGroups": [group], "resources": names} for verbs, group, names in lines]


BUILT_IN = {
    "cluster-admin": [
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
        {"verbs": ["*"], "nonResourceURLs": ["*"]},
    ],
    "view": rules_of(VIEW),
    "edit": rules_of(EDIT),
    "admin": rules_of(ADMIN),
}
# Which built-in roles a label on a cluster role widens: who edits also views, who administers also edits.
WIDENS = {"view": ["view", "edit", "admin"], "edit": ["edit", "admin"], "admin": ["admin"]}
LABEL = "rbac.authorization.k8s.io/aggregate-to-"


class Cluster:
    def __init__(self, objects):
        self.roles, self.cluster_roles, self.bindings, self.cluster_bindings = {}, {}, {}, {}
        for it in objects:  # applied one after the other
            name = it["metadata"]["name"]
            namespace = it["metadata"].get("namespace") or "default"
            if it["kind"] == "Role":
                self.roles[namespace, name] = it
            elif it["kind"] == "ClusterRole":
                self.cluster_roles[name] = it
            elif it["kind"] == "RoleBinding":
                self.bindings[namespace, name] = it
            elif it["kind"] == "ClusterRoleBinding":
                self.cluster_bindings[name] = it

    def rules_of_cluster_role(self, name, seen=()):
        if name in seen:
            return []
        seen = (*seen, name)
        role = self.cluster_roles.get(name)
        if role is None:
            rules = list(BUILT_IN.get(name, []))
            for key, other in self.cluster_roles.items():
                labels = other["metadata"].get("labels", {})
                if any(name in wide and labels.get(LABEL + to) == "true" for to, wide in WIDENS.items()):
                    rules += self.rules_of_cluster_role(key, seen)
            return rules
        if "aggregationRule" not in role:
            return role.get("rules") or []
        rules = []
        for key, other in self.cluster_roles.items():
            labels = other["metadata"].get("labels", {})
            if any(selected(one, labels) for one in role["aggregationRule"].get("clusterRoleSelectors") or []):
                rules += self.rules_of_cluster_role(key, seen)
        return rules

    def rules_of_reference(self, reference, namespace):
        if reference["kind"] == "ClusterRole":
            return self.rules_of_cluster_role(reference["name"])
        role = self.roles.get((namespace, reference["name"])) if namespace else None
        return role.get("rules") or [] if role else []

    def allows(self, request):
        if "system:masters" in request["groups"]:
            return True
        for binding in self.cluster_bindings.values():
            if is_for(binding, request, None):
                if any(rule_allows(rule, request) for rule in self.rules_of_reference(binding["roleRef"], None)):
                    return True
        if not request.get("namespace"):
            return False
        for (namespace, _), binding in self.bindings.items():
            if namespace == request["namespace"] and is_for(binding, request, namespace):
                if any(rule_allows(rule, request) for rule in self.rules_of_reference(binding["roleRef"], namespace)):
                    return True
        return False


def selected(selector, labels):
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for one in selector.get("matchExpressions", []):
        there, value = one["key"] in labels, labels.get(one["key"])
        holds = {
            "In": there and value in one.get("values", []),
            "NotIn": not there or value not in one.get("values", []),
            "Exists": there,
            "DoesNotExist": not there,
        }[one["operator"]]
        if not holds:
            return False
    return True


def is_for(binding, request, namespace):
    for subject in binding.get("subjects") or []:
        kind, name = subject["kind"], subject["name"]
        if kind == "User" and name == request["user"]:
            return True
        if kind == "Group" and name in request["groups"]:
            return True
        if kind == "ServiceAccount":
            home = subject.get("namespace") or namespace
            if home and request["user"] == f"system:serviceaccount:{home}:{name}":
                return True
    return False


def rule_allows(rule, request):
    if "*" not in rule["verbs"] and request["verb"] not in rule["verbs"]:
        return False
    if "url" in request:
        return any(
            one == request["url"] or (one.endswith("*") and request["url"].startswith(one[:-1]))
            for one in rule.get("nonResourceURLs", [])
        )
    groups = rule.get("apiGroups", [])
    if "*" not in groups and request["group"] not in groups:
        return False
    wanted = {"*", request["resource"]}
    if request["subresource"]:
        wanted = {"*", request["resource"] + "/" + request["subresource"], "*/" + request["subresource"]}
    if not wanted & set(rule.get("resources", [])):
        return False
    names = rule.get("resourceNames", [])
    return not names or request["name"] in names


NAMESPACES = ["default", "shop", "data"]
ACCOUNTS = ["default", "web", "operator"]
USERS = ["ann", "bob", "system:anonymous", "system:serviceaccount:shop:web", "system:serviceaccount:data:operator"]
GROUPS = ["devs", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:shop", "system:unauthenticated"]
THINGS = [
    ("", "pods", ""), ("", "pods", "exec"), ("", "pods", "log"), ("", "secrets", ""), ("", "configmaps", ""),
    ("", "namespaces", ""), ("", "nodes", ""), ("apps", "deployments", ""), ("apps", "deployments", "scale"),
    ("rbac.authorization.k8s.io", "roles", ""), ("example.com", "pods", ""), ("example.com", "widgets", "scale"),
]
URLS = ["/healthz", "/api", "/api/v1", "/apis/apps", "/metrics", "/logs/x"]
VERBS = READ + WRITE + ["impersonate"]
NAMES = ["", "a", "b"]


def some(random, items, most):
    return random.sample(items, random.randint(1, min(most, len(items))))


def random_rule(random, cluster):
    verbs = ["*"] if random.random() < 0.08 else some(random, VERBS, 4)
    if cluster and random.random() < 0.15:
        patterns = URLS + ["/api/*", "/apis/*", "/a*", "/healthz*", "/logs/*"] + (["*"] if random.random() < 0.2 else [])
        return {"verbs": verbs, "nonResourceURLs": some(random, patterns, 3)}
    groups = some(random, ["", "", "apps", "rbac.authorization.k8s.io", "example.com", "*"][: 6 if random.random() < 0.3 else 5], 2)
    names = [name + ("/" + part if part else "") for _, name, part in THINGS] + ["*/scale", "*/exec", "pods/*"]
    resources = ["*"] if random.random() < 0.06 else some(random, names, 4)
    rule = {"verbs": verbs, "apiGroups": groups, "resources": resources}
    if random.random() < 0.25:
        rule["resourceNames"] = some(random, NAMES[1:], 2)
    return rule


def random_subject(random, bound_in):
    kind = random.choice(["ServiceAccount", "ServiceAccount", "User", "Group"])
    if kind == "ServiceAccount":
        subject = {"kind": kind, "name": random.choice(ACCOUNTS)}
        if not bound_in or random.random() < 0.8:
            subject["namespace"] = random.choice(NAMESPACES)
        return subject
    return {"kind": kind, "name": random.choice(USERS if kind == "User" else GROUPS + ["system:masters"])}


def metadata(random, name, namespace=None):
    it = {"name": name}
    if namespace and not (namespace == "default" and random.random() < 0.5):
        it["namespace"] = namespace
    return it


def random_objects(random):
    api, objects = "rbac.authorization.k8s.io/v1", []
    for _ in range(random.randint(0, 4)):
        it = metadata(random, random.choice(["r", "s", "view"]), random.choice(NAMESPACES))
        rules = [random_rule(random, False) for _ in range(random.randint(0, 3))]
        objects.append({"apiVersion": api, "kind": "Role", "metadata": it, "rules": rules})
    for _ in range(random.randint(0, 5)):
        it = metadata(random, random.choice(["r", "s", "t", "u"]))
        if random.random() < 0.5:
            labels = {"team": random.choice("ab"), LABEL + random.choice(list(WIDENS)): random.choice(["true", "false"])}
            it["labels"] = dict(some(random, list(labels.items()), 2))
        role = {"apiVersion": api, "kind": "ClusterRole", "metadata": it}
        if random.random() < 0.25:
            selectors = [{"matchLabels": {"team": "a"}}, {"matchExpressions": [{"key": "team", "operator": "In", "values": ["b", "c"]}]},
                         {"matchExpressions": [{"key": "team", "operator": "Exists"}, {"key": "team", "operator": "NotIn", "values": ["a"]}]}]
            role["aggregationRule"] = {"clusterRoleSelectors": some(random, selectors, 2)}
        if "aggregationRule" not in role or random.random() < 0.5:
            role["rules"] = [random_rule(random, True) for _ in range(random.randint(0, 3))]
        objects.append(role)
    for at in range(random.randint(1, 8)):
        local = random.random() < 0.6
        kind = random.choice(["Role", "ClusterRole"]) if local else "ClusterRole"
        names = ["r", "s", "view"] if kind == "Role" else ["r", "s", "t", "u", "view", "edit", "admin", "cluster-admin", "gone"]
        objects.append({
            "apiVersion": api,
            "kind": "RoleBinding" if local else "ClusterRoleBinding",
            "metadata": metadata(random, f"b{at % 6}", random.choice(NAMESPACES) if local else None),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": random.choice(names)},
            "subjects": [random_subject(random, local) for _ in range(random.randint(0, 3))],
        })
    random.shuffle(objects)
    return objects


def random_request(random):
    user, groups = random.choice(USERS[:3]), []
    if random.random() < 0.6:
        namespace, account = random.choice(NAMESPACES), random.choice(ACCOUNTS)
        user = f"system:serviceaccount:{namespace}:{account}"
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
    elif user == "system:anonymous":
        groups = ["system:unauthenticated"]
    else:
        groups = ["system:authenticated"] + (["devs"] if random.random() < 0.5 else [])
        groups += ["system:masters"] if random.random() < 0.02 else []
    if random.random() < 0.1:
        groups = []
    request = {"user": user, "groups": groups, "verb": random.choice(VERBS)}
    if random.random() < 0.12:
        return {**request, "url": random.choice(URLS)}
    group, resource, subresource = random.choice(THINGS)
    namespace = "" if resource == "nodes" else random.choice(NAMESPACES + [""])
    return {**request, "group": group, "resource": resource, "subresource": subresource,
            "name": random.choice(NAMES), "namespace": namespace}


def main():
    seed, clusters, requests = (int(word) for word in sys.argv[1:4])
    source = random.Random(seed)
    for _ in range(clusters):
        objects = random_objects(source)
        cluster = Cluster(objects)
        asked = [random_request(source) for _ in range(requests)]
        for request in asked:
            request["allowed"] = cluster.allows(request)
        print(json.dumps({"objects": objects, "requests": asked}))


main()
