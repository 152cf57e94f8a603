"""Judges the renaming of a chart: reads what there was, what another release has, and what a third one has.

Knows Kubernetes from the side of the cluster: what a reference of an object resolves to, what a selector matches, what a host
means in DNS. It does not know which fields nxk opens.

usage: chart_release.py FILE; the file holds lists of objects, `null` where a release has none: `before`, as they are in
`namespace`, and in the namespace `shared` those of the releases `qq-other` and `third` and of the one called like the
chart. Prints how much was looked at, and what is wrong.
"""

import json
import re
import sys
from urllib.parse import urlsplit

wrong = []


def complain(*words):
    wrong.append(" ".join(str(word) for word in words))


def at(value, *keys):
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def leaves(value, path=()):
    """Every text, with the keys and indices that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, path + (index,))
    elif isinstance(value, str):
        yield path, value


def maps(value, path=()):
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from maps(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from maps(inner, path + (index,))


class World:
    """The objects of a release, by their places in the chart."""

    def __init__(self, objects, namespace):
        self.objects, self.namespace = objects, namespace
        self.index = {}
        for place, thing in enumerate(objects):
            if thing is not None:
                self.index.setdefault((thing["kind"], at(thing, "metadata", "namespace"), thing["metadata"]["name"]), place)
        for place, thing in enumerate(objects):
            for kind, name in made(thing or {}):
                self.index.setdefault((kind, at(thing, "metadata", "namespace"), name), ("made by", place))

    def find(self, kind, namespace, name):
        found = self.index.get((kind, namespace, name))
        return found if found is not None else self.index.get((kind, None, name))

    def claim(self, namespace, name):
        for place, thing in enumerate(self.objects):
            if thing and thing["kind"] == "StatefulSet" and at(thing, "metadata", "namespace") == namespace:
                for template in at(thing, "spec", "volumeClaimTemplates") or []:
                    if re.fullmatch(re.escape(f"{template['metadata']['name']}-{thing['metadata']['name']}") + r"-\d+", name):
                        return "claim of", place
        return self.find("PersistentVolumeClaim", namespace, name)

    def host(self, namespace, host):
        """What a name means to a pod in a namespace, or None where it is not of this chart."""
        labels = host.rstrip(".").split(".")
        if "svc" in labels[2:]:
            labels = labels[: labels.index("svc", 2)]
        tries = [(labels[-1], namespace)] + ([(labels[-2], labels[-1])] if len(labels) > 1 else [])
        for name, place in tries:
            found = self.index.get(("Service", place, name))
            if found is not None:
                pod = labels[labels.index(name) - 1] if labels.index(name) else None
                return found, pod is None or self.pod(place, pod)
        return None

    def pod(self, namespace, name):
        return self.find("StatefulSet", namespace, re.sub(r"-\d+$", "", name))


def made(thing):
    """What controllers make for an object."""
    yield from (("Secret", name) for name in secrets(thing))
    if thing.get("kind") == "Cluster":
        yield from (("Service", thing["metadata"]["name"] + ending) for ending in ("-rw", "-ro", "-r"))


def secrets(thing):
    kind, spec = thing.get("kind"), thing.get("spec") or {}
    name = at(thing, "metadata", "name")
    if kind == "ExternalSecret":
        yield at(spec, "target", "name") or name
    if kind == "SealedSecret":
        yield name
    if kind == "Certificate":
        yield spec["secretName"]
    if kind == "Cluster":
        yield from (f"{name}-app", f"{name}-superuser")
    if kind == "Ingress" and any("issuer" in key for key in at(thing, "metadata", "annotations") or {}):
        yield from (tls["secretName"] for tls in spec.get("tls") or [])


def pod_specs(thing):
    for path, value in maps(thing):
        if "containers" in value and isinstance(value["containers"], list):
            yield path, value


def references(world, thing):
    """Everything that an object means, as (where, what it resolves to, what it says)."""
    namespace = at(thing, "metadata", "namespace")
    kind, spec = thing["kind"], thing.get("spec") or {}

    def to(where, wanted, name, place=namespace):
        if name is not None:
            found = world.claim(place, name) if wanted == "PersistentVolumeClaim" else world.find(wanted, place, name)
            yield where, found, (place, name)

    for path, pod in pod_specs(thing):
        yield from to(path + ("sa",), "ServiceAccount", pod.get("serviceAccountName"))
        yield from to(path + ("priority",), "PriorityClass", pod.get("priorityClassName"))
        for secret in pod.get("imagePullSecrets") or []:
            yield from to(path + ("pull",), "Secret", secret["name"])
        for number, volume in enumerate(pod.get("volumes") or []):
            for source in [volume] + (at(volume, "projected", "sources") or []):
                secret = at(source, "secret", "secretName") or at(source, "secret", "name")
                yield from to(path + ("secret volume", number), "Secret", secret)
                yield from to(path + ("map volume", number), "ConfigMap", at(source, "configMap", "name"))
                yield from to(path + ("claim", number), "PersistentVolumeClaim", at(source, "persistentVolumeClaim", "claimName"))
        for container in pod["containers"] + (pod.get("initContainers") or []):
            for number, source in enumerate(container.get("envFrom") or []):
                yield from to(path + (container["name"], number), "Secret", at(source, "secretRef", "name"))
                yield from to(path + (container["name"], number), "ConfigMap", at(source, "configMapRef", "name"))
            for variable in container.get("env") or []:
                where = path + (container["name"], variable["name"])
                yield from to(where, "Secret", at(variable, "valueFrom", "secretKeyRef", "name"))
                yield from to(where, "ConfigMap", at(variable, "valueFrom", "configMapKeyRef", "name"))
    if kind == "StatefulSet":
        yield from to(("service",), "Service", spec.get("serviceName"))
    if kind in ("StatefulSet", "PersistentVolumeClaim", "Cluster"):
        claims = [claim["spec"] for claim in spec.get("volumeClaimTemplates") or []] + [spec, spec.get("storage") or {}]
        for number, claim in enumerate(claims):
            yield from to(("class", number), "StorageClass", claim.get("storageClassName") or claim.get("storageClass"))
    if kind == "HorizontalPodAutoscaler":
        yield from to(("target",), spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"])
    if kind in ("RoleBinding", "ClusterRoleBinding"):
        yield from to(("role",), thing["roleRef"]["kind"], thing["roleRef"]["name"])
        for number, subject in enumerate(thing.get("subjects") or []):
            if subject["kind"] == "ServiceAccount":
                yield from to(("subject", number), "ServiceAccount", subject["name"], subject["namespace"])
    if kind in ("Role", "ClusterRole"):
        for number, rule in enumerate(thing.get("rules") or []):
            for name in rule.get("resourceNames") or []:
                wanted = {"secrets": "Secret", "configmaps": "ConfigMap"}.get(rule["resources"][0], "?")
                yield from to(("rule", number, rule["resourceNames"].index(name)), wanted, name, namespace or world.namespace)
    if kind == "ServiceAccount":
        for number, secret in enumerate(thing.get("imagePullSecrets") or []):
            yield from to(("pull", number), "Secret", secret["name"])
    if kind == "Ingress":
        for number, tls in enumerate(spec.get("tls") or []):
            yield from to(("tls", number), "Secret", tls.get("secretName"))
        for path, value in maps(spec):
            if path[-1:] == ("service",):
                yield from to(path, "Service", value["name"])
        yield from to(("class",), "IngressClass", spec.get("ingressClassName"))
    if kind == "HTTPRoute":
        for number, parent in enumerate(spec["parentRefs"]):
            yield from to(("parent", number), "Gateway", parent["name"], parent.get("namespace", namespace))
        for path, value in maps(spec):
            if path[-2:-1] == ("backendRefs",):
                yield from to(path, "Service", value["name"])
    if kind == "Gateway":
        for path, value in maps(spec):
            if path[-2:-1] == ("certificateRefs",):
                yield from to(path, "Secret", value["name"])
    if kind == "ExternalSecret":
        yield from to(("store",), spec["secretStoreRef"]["kind"], spec["secretStoreRef"]["name"])
    if kind == "SecretStore":
        for path, value in maps(spec):
            if path[-1:] == ("serviceAccountRef",):
                yield from to(path, "ServiceAccount", value["name"])
    if kind == "Certificate":
        yield from to(("issuer",), spec["issuerRef"]["kind"], spec["issuerRef"]["name"])
    if kind == "Issuer":
        yield from to(("ca",), "Secret", spec["ca"]["secretName"])
    if kind == "ScheduledBackup":
        yield from to(("cluster",), "Cluster", spec["cluster"]["name"])
    if kind.endswith("AdmissionPolicyBinding"):
        yield from to(("policy",), kind.removesuffix("Binding"), spec["policyName"])
    if kind.endswith("WebhookConfiguration"):
        for number, hook in enumerate(thing["webhooks"]):
            service = hook["clientConfig"]["service"]
            yield from to(("hook", number), "Service", service["name"], service["namespace"])
        inject = (at(thing, "metadata", "annotations") or {}).get("cert-manager.io/inject-ca-from")
        if inject:
            yield from to(("inject",), "Certificate", inject.split("/")[1], inject.split("/")[0])


HOST = re.compile(r"[\w.-]+")


def hosts(world, thing):
    """The hosts of the chart that the settings of an object mean."""
    namespace = at(thing, "metadata", "namespace") or world.namespace
    for path, text in leaves(thing):
        if path[0] not in ("spec", "data", "stringData") or path[-1] in ("image", "name"):
            continue
        for number, url in enumerate(re.findall(r"[a-z+]+://[^\s\"';]+", text)):
            host = urlsplit(re.sub(r":\D[^/@]*$", "", url)).hostname or ""
            yield path + (number, "url"), world.host(namespace, host), host
        for number, (host, _) in enumerate(re.findall(r"(?<![\w/.:-])([a-z][a-z0-9.-]*):(\d+)(?![\w.])", text)):
            yield path + (number, "port"), world.host(namespace, host), host
        for number, host in enumerate(re.findall(r"(?<![\w/.-])[a-z0-9.-]+\.svc\b", text)):
            yield path + (number, "svc"), world.host(namespace, host), host
        if path[-1] == "value" or path[:1] == ("data",):
            beside = thing
            for key in path[:-1]:
                beside = beside[key]
            name = beside.get("name", "") if path[-1] == "value" else path[-1]
            if name.upper().endswith(("HOST", "SERVER", "ADDR")) and HOST.fullmatch(text):
                yield path + ("variable",), world.host(namespace, text), text


def requirements(selector):
    pairs = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
    asked = [(key, "In", [value]) for key, value in (pairs or {}).items()]
    asked += [(one["key"], one["operator"], one.get("values") or []) for one in selector.get("matchExpressions") or []]
    return [(re.sub(r"^(k8s|any):", "", key), operator, values) for key, operator, values in asked]


def matches(asked, labels):
    for key, operator, values in asked:
        has = key in labels
        holds = {
            "In": has and labels[key] in values,
            "NotIn": not has or labels[key] not in values,
            "Exists": has,
            "DoesNotExist": not has,
        }[operator]
        if not holds:
            return False
    return True


def pods(world):
    """What has labels to be found by, as (what, namespace, labels)."""
    for place, thing in enumerate(world.objects):
        if thing is None or thing["kind"] == "Namespace":
            continue
        namespace = at(thing, "metadata", "namespace")
        for path, value in maps(thing):
            if path and path[-1] == "metadata" and isinstance(value.get("labels"), dict):
                yield (place, path), namespace, value["labels"]


def namespaces(world):
    for thing in world.objects:
        if thing and thing["kind"] == "Namespace":
            name = thing["metadata"]["name"]
            yield name, {**(thing["metadata"].get("labels") or {}), "kubernetes.io/metadata.name": name}


def selectors(world, place, thing):
    """Each selector of pods or objects: (where, the selector, the test of a namespace)."""
    own = at(thing, "metadata", "namespace")
    for path, value in maps(thing):
        for key, inner in value.items():
            if key in ("namespaceSelector", "objectSelector", "nodeSelector") or not isinstance(inner, dict) or not inner:
                continue
            if not ("matchLabels" in inner or "matchExpressions" in inner or key == "selector" and thing["kind"] == "Service"):
                continue
            there = value.get("namespaceSelector")
            known = dict(namespaces(world))
            if there is None:
                fits = lambda name: name == own
            elif "matchNames" in there:
                fits = lambda name, names=there["matchNames"]: name in names
            else:
                fits = lambda name, there=there: matches(
                    requirements(there), known.get(name) or {"kubernetes.io/metadata.name": name}
                )
            yield path + (key,), inner, fits
        for number, inner in enumerate(value.get("toEndpoints") or []):
            labels = dict(inner["matchLabels"])
            where = labels.pop("k8s:io.kubernetes.pod.namespace", own)
            yield path + ("toEndpoints", number), {"matchLabels": labels}, lambda name, where=where: name == where


def spaces(world, thing):
    """The namespaces that an object is in and selects, each as a place in the chart, the release's own, or a stranger."""
    things = enumerate(world.objects)
    places = {thing["metadata"]["name"]: place for place, thing in things if thing and thing["kind"] == "Namespace"}
    meant = lambda name: "own" if name == world.namespace else places.get(name, name)
    yield ("namespace",), meant(at(thing, "metadata", "namespace"))
    for path, value in maps(thing):
        if path[-1:] == ("namespaceSelector",):
            asked = requirements(value) if "matchNames" not in value else []
            names = [name for key, _, names in asked if key.endswith("metadata.name") for name in names]
            yield path, [meant(name) for name in names + value.get("matchNames", [])]
        for key in ("namespace", "k8s:io.kubernetes.pod.namespace"):
            if isinstance(value.get(key), str):
                yield path + (key,), meant(value[key])


def found(world, asked, fits, of):
    return {what for what, namespace, labels in of if fits(namespace) and matches(asked, labels)}


def judge(before, after, third):
    mine, strangers, old = list(pods(after)), list(pods(third)), list(pods(before))
    for place, (was, now) in enumerate(zip(before.objects, after.objects)):
        if was is None or now is None:
            continue
        what = f"{was['kind']}/{was['metadata']['name']}"
        for then, later, name in ((references(before, was), references(after, now), "reference"), (hosts(before, was), hosts(after, now), "host")):
            then, later = list(then), list(later)
            if [where for where, _, _ in then] != [where for where, _, _ in later]:
                complain(what, f"has other {name}s:", then, later)
            for (where, resolved, said), (_, resolves, says) in zip(then, later):
                origin = resolved[1] if isinstance(resolved, tuple) and resolved[0] == "made by" else resolved
                # What only the release that is called like the chart has.
                gone = isinstance(origin, int) and after.objects[origin] is None and says[1] == said[1]
                if resolves != resolved and not gone:
                    complain(what, name, where, f"meant {said} = {resolved}, means {says} = {resolves}")
                if resolved is None and name == "host" and says != said:
                    complain(what, name, where, f"{said} is somebody else's, and became {says}")
        if list(spaces(before, was)) != list(spaces(after, now)):
            complain(what, "means other namespaces:", list(spaces(before, was)), list(spaces(after, now)))
        for (where, was_asked, was_fits), (_, asked, fits) in zip(selectors(before, place, was), selectors(after, place, now)):
            then = found(before, requirements(was_asked), was_fits, old)
            if found(after, requirements(asked), fits, mine) != then:
                complain(what, where, was_asked, "->", asked, "finds other things than before")
            positive = any(operator == "In" for _, operator, _ in requirements(asked))
            if then and positive and found(third, requirements(asked), fits, strangers):
                complain(what, where, asked, "finds things of another release")


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    space = given["namespace"]
    before = World(given["before"], space)
    other, third = (World(given[name], given["shared"]) for name in ("other", "third"))
    judge(before, other, third)
    judge(before, third, other)
    names = {}
    for release in ("own here", "other", "third"):
        for thing in given[release]:
            if thing is None or thing["kind"] == "CustomResourceDefinition":
                continue
            # An object and one that a controller makes may be the same within a release.
            for kind, name in [(thing["kind"], thing["metadata"]["name"]), *made(thing)]:
                key = (kind, at(thing, "metadata", "namespace"), name)
                if names.setdefault(key, release) != release:
                    complain("two releases have", key)
    # Only the prefix and the namespace are other texts than before.
    for place, (was, now) in enumerate(zip(given["before"], given["other"])):
        if now is not None:
            back = json.dumps(now).replace("qq-other-", "").replace("qq-shared", space)
            if json.loads(back) != was:
                complain("more than names is changed in", was["kind"], was["metadata"]["name"])
    checked = sum(1 for thing in given["before"] for _ in references(before, thing))
    meant = sum(1 for thing in given["before"] for _, found, _ in hosts(before, thing) if found)
    print(json.dumps({"references": checked, "hosts": meant, "wrong": wrong}))


main()
