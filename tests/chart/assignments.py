"""Other values for what a chart opens: drawn for each sort, and written as nxk and as Helm take them."""

import json

from configurations import CRONS, HOSTILE, HOSTS, IMAGES

# By the names on the way to a value, the last first: what sort of value it is.
SORTS = {
    "env": "text", "annotations": "text", "podAnnotations": "text", "configMap": "text", "data": "text", "image": "image", "replicas": "replicas",
    "schedule": "schedule", "host": "host", "hosts": "hosts", "hostnames": "hosts", "size": "size", "storageClass": "class", "className": "class", "requests": "amount",
    "limits": "amount", "min": "least", "max": "most", "cpu": "share", "memory": "share", "imagePullPolicy": "pull", "type": "service",
    "nodeSelector": "label", "priorityClass": "class", "terminationGracePeriodSeconds": "seconds", "activeDeadlineSeconds": "seconds",
    "startingDeadlineSeconds": "seconds", "ttlSecondsAfterFinished": "seconds", "backoffLimit": "count", "parallelism": "count",
    "failedJobsHistoryLimit": "count", "successfulJobsHistoryLimit": "count", "concurrencyPolicy": "overlap", "timeZone": "zone",
    "suspend": "switch", "prometheus": "switch", "tracing": "switch", "enabled": "switch",
    "minAvailable": "missing", "maxUnavailable": "missing",
}  # fmt: skip

# Values that go together: what is asked for is below what is given.
MILD = {
    "text": [text for text in HOSTILE if text], "replicas": [3, 4, 5, 6], "least": [2, 3],
    "most": [8, 9, 15], "share": [35, 55, 95], "schedule": [*CRONS, "1 1 1 1 *"], "host": ["x.example.net", "y.example.net"],
    "size": ["3Gi", "30Gi"], "class": ["slow", "other-class"], "pull": ["Always", "IfNotPresent"], "service": ["ClusterIP", "NodePort"],
    "label": ["a", "b-c"], "seconds": [30, 600], "count": [2, 3], "overlap": ["Allow", "Forbid"], "zone": ["Europe/Berlin", "UTC"],
    "missing": [1, 2, "25%", "50%"],
}  # fmt: skip
# Values at and across borders, and of which one contradicts another.
BOLD = {
    "text": HOSTILE, "image": [*IMAGES, "a/b:latest", "a", "UPPER:1", "a:1@sha256:12"], "replicas": [0, 1, 2, 3, 4, 5, 6, 7, 100, -1, 2**31],
    "least": [0, 1, 5, 50], "most": [0, 1, 2, 6, 100], "share": [0, 1, 100, 150], "schedule": [*CRONS, "61 * * * *", "never"],
    "host": [*HOSTS, "UPPER.example.com", "*.example.com", "a b"], "size": ["0", "1Gi", "1.5Ti", "10G", "many"], "class": ["a.b", "A", "x"],
    "pull": ["Never", "Always", "always"], "service": ["LoadBalancer", "NodePort", "ClusterIP", "None"], "label": ["", "a b", "1"],
    "seconds": [0, 1, -1], "count": [0, 1, 2, -1], "overlap": ["Replace", "Allow", "Forbid", "no"], "zone": ["", "x", "UTC"],
    "missing": [0, 1, -1, "0%", "100%", "x"],
}  # fmt: skip
AMOUNTS = {
    ("requests", "cpu"): ["10m", "20m", "0.03"], ("limits", "cpu"): ["4", "5000m", "4.5"],
    ("requests", "memory"): ["16Mi", "17M"], ("limits", "memory"): ["9Gi", "8500Mi"],
}  # fmt: skip
BOLD_AMOUNTS = {"cpu": ["1m", "3", "0.1", "-1", "1e2"], "memory": ["1", "1Gi", "64Mi", "3e9", "1.5Gi", "x"]}


def sort(path):
    """What sort of value is at the end of a path; a name that says nothing belongs to the map that it is in."""
    if path[-2] in ("env", "annotations", "podAnnotations", "configMap", "data", "requests", "limits", "nodeSelector"):
        return SORTS[path[-2]]
    return SORTS[path[-1]]


def values(path, before, bold):
    """Values of the same kind as the one before."""
    what = sort(path)
    if isinstance(before, bool):
        return [not before]
    if what == "amount":
        mild = AMOUNTS.get(path[-2:], ["1"])
        found = mild + BOLD_AMOUNTS.get(path[-1], []) if bold else mild
        whole = [1, 2, 3, 0, -1] if bold else [1, 2] if path[-2] == "requests" else [7, 8]
        return found if isinstance(before, str) else whole
    if what == "image" and not bold:
        # Where images may come from, and whether they need a digest, are rules of the configuration.
        repository, digest = before.split("@")[0], "@sha256:" + "0c" * 32
        tagged = [f"{repository.rpartition(':')[0] if ':' in repository.rpartition('/')[2] else repository}:{tag}" for tag in ("9.9", "x-1")]
        return [tag + digest if "@" in before else tag for tag in tagged]
    if what == "text" and isinstance(before, int):
        return [0, -7, 65536, 2**53 - 1]
    if what == "hosts":
        return hosts(len(before), bold)
    found = (BOLD if bold else MILD)[what]
    # Files that a configuration takes from beside it stay texts.
    return [value for value in found if type(value) is type(before)]


def hosts(count, bold):
    """Lists of hosts, as many as there were; bold ones may be too many, too few, or no hosts."""
    found = [[f"{name}{at}.example.net" for at in range(count)] for name in ("h", "x")]
    if bold:
        found += [found[0][1:], [*found[0], "more.example.net"], [*found[0][1:], "UPPER.example.com"], [*found[0][1:], "*.example.com"]]
        found += [["same.example.net"] * count, [*found[0][1:], 7]]
    return found


def drawn(choice, opened, count):
    """Assignments, each with whether it is given on the command line: all at once, some, and single ones."""

    def other(path, bold):
        return choice.choice([value for value in values(path, opened[path], bold) if value != opened[path]])

    paths = list(opened)
    if not paths:
        return
    for at in range(3):
        yield {path: other(path, bold=False) for path in paths}, at == 1
    yield {path: other(path, bold=False) for path in choice.sample(paths, len(paths) // 2)}, choice.random() < 0.5
    for path in choice.sample(paths, min(count, len(paths))):
        yield {path: other(path, bold=True)}, choice.random() < 0.4
    # Numbers decide most, so each of them goes across its borders.
    deciding = [path for path in paths if sort(path) in ("replicas", "least", "most", "switch")]
    for path in deciding[:4]:
        yield {path: other(path, bold=True)}, choice.random() < 0.4
    # What one of them decides, another may decide with it.
    for at in range(min(3, len(deciding) - 1)):
        some = deciding if at == 0 else choice.sample(deciding, choice.randint(2, len(deciding)))
        yield {path: other(path, bold=choice.random() < 0.3) for path in some}, choice.random() < 0.4


def for_nxk(path, value):
    way = ".".join(f'"{name}"' if "." in name or "=" in name else name for name in path)
    # Such a value may be a text or a number, and is read as JSON where it is JSON: a text that is has to say so.
    if isinstance(value, (bool, list)):
        return f"{way}={json.dumps(value)}"
    if isinstance(value, str) and path[-2] in ("env", "requests", "limits"):
        value = json.dumps(value, ensure_ascii=False)
    return f"{way}={value}"


def for_helm(path, value):
    def escaped(text, special):
        return "".join(f"\\{letter}" if letter in special else letter for letter in text)

    way = ".".join(escaped(name, "\\.,=[") for name in path)
    if isinstance(value, list) and all(isinstance(item, str) for item in value) and value:
        return ["--set-string", f"{way}={{{','.join(value)}}}"]
    if isinstance(value, (bool, list)):
        return ["--set-json", f"{way}={json.dumps(value)}"]
    if not isinstance(value, str):
        return ["--set", f"{way}={value}"]
    text = escaped(value, "\\,")
    return ["--set-string", f"{way}=" + ("\\" + text if text.startswith("{") else text)]


def file(settings):
    """A file of values. JSON is YAML where nothing but letters stands as it is."""
    tree = {}
    for path, value in settings.items():
        inner = tree
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    text = json.dumps(tree, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
