"""Small configurations, made by a seed: as different as people write them, with values that readers of text stumble over.

`made(count)` gives them as (name, files by name). The values of each are drawn; what it is about follows from its number,
so that every theme comes about even if there are only as many configurations as themes.
"""

import random

HOSTILE = [
    "plain", "", " ", "no", "1e3", "0o14", "012", "null", "~", "true", "a: b", "- a", "# a", '"', "'", '"quoted"', "\\", "\\n", "`",
    "{{", "}}", "{", "{}", "[1]", "{{ .Values.x }}", "{{- end }}", "{{/* */}}", "{{`", "%", "%s %d %%", "a\nb", "a\nb\n", "\n\na\n\n",
    "a \nb ", " a\nb", "{{\n{{- if true }}\n}}", "\t", "\u2028", "\ufeff", "日本 👩‍💻", "<&>", "---", "x\n---\ny\n", "a,b=c", "2024-01-01",
    "1:30", "=", "<<", "!x", "&x", "*x", "${x}", "$(x)", "http://a.b/c?d=e&f=%20",
]  # fmt: skip
KEYS = ["example.com/note", "example.com/a.b", "plain", "x_y", "A-B.c/d-e.f", "no", "1", "prometheus.io/scrape-x"]
VARIABLES = ["LOG_LEVEL", "HOST", "no", "A_B", "x.y", "N1", "TRUE"]
IMAGES = ["nginx:1.27", "shop/web:1.4.2", "registry.example.com:5000/a/b:2", "ghcr.io/a/b@sha256:" + "0a" * 32, "redis:7.4-alpine"]
CRONS = ["0 3 * * *", "*/5 * * * *", "30 6 1 * 1-5", "@daily"]
HOSTS = ["shop.example.com", "a.b.example.org", "example.com"]


class Code(str):
    """An expression of the language, as it is."""


def written(value):
    """A value in the language."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, dict):
        return "{ " + "".join(f"{written(str(key))} = {written(inner)}; " for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[ " + "".join(f"{written(item)} " for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("${", "\\${"), ("\n", "\\n"), ("\t", "\\t")):
            value = value.replace(plain, escaped)
        return f'"{value}"'
    return str(value)


class Maker:
    def __init__(self, number):
        self.number = number
        self.random = random.Random(number)
        self.files = {}
        framework = {"project": f"p{number}", "namespace": self.random.choice(["shop", f"p{number}", "store-1"])}
        framework["kubernetesVersion"] = self.random.choice(["1.28", "1.31", "1.36"])
        self.config = {"framework": framework}
        # Further definitions, each a line of the configuration.
        self.lines = []

    def some(self, of, at_most=3):
        return self.random.sample(of, self.random.randint(0, at_most))

    def chance(self, share=0.5):
        return self.random.random() < share

    def resources(self):
        """Only limits, only requests, both, some numbers, or none at all."""
        cpu = self.random.choice(["250m", 1, "0.5", 2])
        memory = self.random.choice(["256Mi", "1Gi", "128M"])
        both = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": 2, "memory": "2Gi"}}
        return self.random.choice([{}, {"limits": {"cpu": cpu}}, {"requests": {"memory": memory}}, both, {"limits": {"memory": memory}}])

    def env(self):
        values = [lambda: self.random.choice(HOSTILE), lambda: self.random.randint(-9, 9999), self.chance, lambda: Code('"http://${host}/x"')]
        return {name: self.random.choice(values)() for name in self.some(VARIABLES)}

    def annotations(self):
        return {key: self.random.choice(HOSTILE) for key in self.some(KEYS, 2)}

    def application(self, kind=None):
        kind = kind or self.random.choice(["deployment", "deployment", "statefulset", "daemonset", "job", "cronjob"])
        app = {"image": self.random.choice(IMAGES)}
        if kind != "deployment":
            app["kind"] = kind
        if kind == "cronjob":
            app["schedule"] = self.random.choice(CRONS)
        if kind in ("deployment", "statefulset"):
            self.scaled(app)
        if kind == "statefulset" or kind == "cronjob" and self.chance():
            app["storage"] = {"size": self.random.choice(["1Gi", "20Gi"])} | self.random.choice([{}, {"storageClass": "fast"}])
        if kind not in ("job", "cronjob") and self.chance(0.7):
            self.reached(app)
        app |= {"env": self.env(), "annotations": self.annotations(), "resources": self.resources()}
        if self.chance(0.3):
            app["sidecars"] = {name: self.beside() for name in self.random.sample(["proxy", "agent", "exporter"], self.random.randint(1, 2))}
        return app

    def beside(self):
        return {"image": self.random.choice(IMAGES), "env": self.env(), "resources": self.resources()}

    def scaled(self, app):
        if self.chance(0.8):
            app["replicas"] = self.random.randint(0, 5)
        if self.chance(0.3):
            app["autoscaling"] = {"max": self.random.randint(6, 12)} | self.random.choice([{}, {"min": 1}, {"cpu": 60}, {"memory": 70}])
            app["replicas"] = max(1, app.get("replicas", 2))
        if self.chance(0.3):
            app["disruptionBudget"] = self.random.choice([False, {"minAvailable": 1}, {"maxUnavailable": "25%"}])

    def reached(self, app):
        app["ports"] = [8080]
        if self.chance():
            tls = {"tls": True} if self.chance() else {}
            named = self.random.choice([{"host": HOSTS[0]}, {"hosts": HOSTS[1:]}, {"host": HOSTS[0], "hosts": HOSTS[1:]}])
            app["expose"] = named | {"className": "nginx", "annotations": self.annotations()} | tls
        if self.chance(0.3):
            app["service"] = {"annotations": self.annotations()}

    def text(self):
        config = dict(self.config)
        lines = [f"  {key} = {written(value)};" for key, value in config.items()] + [f"  {line}" for line in self.lines]
        return "{ config, lib, ... }:\nlet host = \"db.example.com\"; in\n{\n" + "\n".join(lines) + "\n}\n"

    def web(self, **said):
        """A deployment called `web`, of which the lines of a theme speak."""
        app = {"image": "shop/web:1.4.2", "replicas": 2, "ports": [8080], "env": {"NAME": "web", "LEVEL": "info"}}
        self.config.setdefault("applications", {})["web"] = app | said


def applications(maker):
    names = maker.random.sample(["web", "api", "orderWorker", "db", "queue-1"], maker.random.randint(1, 3))
    maker.config["applications"] = {name: maker.application() for name in names}
    if maker.chance(0.6):
        data = {f"k{at}": maker.random.choice(HOSTILE) for at in range(4)}
        maker.config["configMaps"] = {"settings": {"data": data, "annotations": maker.annotations()}}


def every_kind(maker):
    kinds = ["deployment", "statefulset", "daemonset", "job", "cronjob"]
    maker.config["applications"] = {f"a{at}": maker.application(kind) for at, kind in enumerate(kinds)}


def replicas_decide(maker):
    applied = maker.random.choice(["> 3", "<= 2", "== 4", "!= 0", ">= 1"])
    maker.web()
    maker.lines.append(
        f'configMaps.derived.data = {{ size = if config.applications.web.replicas {applied} then "large" else "small"; }}'
        " // lib.optionalAttrs (config.applications.web.replicas > 1) { many = \"yes\"; };"
    )


def replicas_are_computed_with(maker):
    maker.web(replicas=maker.random.randint(1, 4))
    maker.config["applications"]["api"] = {"image": "shop/api:2", "replicas": Code("config.applications.web.replicas * 2")}
    maker.lines.append('configMaps.derived.data.text = "web has ${toString config.applications.web.replicas} pods";')


def replicas_are_compared(maker):
    maker.web(replicas=2)
    maker.config["applications"]["api"] = {"image": "shop/api:2", "replicas": maker.random.choice([2, 3])}
    maker.lines.append(
        "configMaps.derived.data.first = with config.applications; if web.replicas < api.replicas then \"web\" else \"api\";"
    )


def image_is_looked_into(maker):
    maker.web()
    image = "config.applications.web.image"
    maker.lines.append("configMaps.derived.data = {")
    looks = [
        f'same = builtins.toJSON (lib.optional ({image} == "x") "y");',
        f"length = toString (builtins.stringLength {image});",
        f"upper = lib.toUpper {image};",
        f"part = builtins.substring 0 4 {image};",
        f'name = builtins.head (lib.splitString ":" {image});',
        f'ours = if lib.hasPrefix "shop/" {image} then "yes" else "no";',
        f'matched = builtins.toJSON (builtins.match "(.*):.*" {image});',
        f'latest = if lib.hasInfix "latest" {image} then "yes" else "no";',
    ]
    maker.lines += maker.random.sample(looks, 2) + ["};"]


def maps_are_digested(maker):
    maker.web(configMap={"app.conf": "listen 80\n", "x": "%s {{ y }}"})
    maker.config["configMaps"] = {"settings": {"data": {"a": "1", "b": "x\ny\n"}}}
    maker.lines.append('applications.web.annotations."example.com/digest" =')
    maker.lines.append('builtins.hashString "sha256" (builtins.toJSON config.configMaps.settings.data);')
    maker.lines.append("configMaps.copy.data.json = builtins.toJSON config.applications.web.env;")


def one_value_for_several(maker):
    maker.web(expose={"host": "shop.example.com", "className": "nginx"})
    maker.config["applications"]["api"] = {
        "image": Code("config.applications.web.image"),
        "env": {"NAME": Code("config.applications.web.env.NAME"), "URL": Code('"https://${config.applications.web.expose.host}/x"')},
    }
    raw = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "raw"}, "data": {"host": Code("config.applications.web.expose.host")}}
    maker.config["resources"] = {"ConfigMap/raw": raw}


def hosts_in_lists(maker):
    maker.web(expose={"hosts": ["a.example.com", "b.example.com"], "tls": True, "className": "nginx"})
    hosts = "config.applications.web.expose.hosts"
    maker.config["applications"]["api"] = {
        "image": "shop/api:2",
        "ports": [8080],
        "expose": {"hosts": maker.random.choice([["c.example.com"], ["c.example.com", "a.example.com"], Code(hosts)])},
    }
    looks = [
        f'first = builtins.head {hosts};',
        f'count = toString (builtins.length {hosts});',
        f'all = lib.concatStringsSep "," {hosts};',
        f'ours = if builtins.elem "c.example.com" {hosts} then "yes" else "no";',
        f'there = if builtins.elem "a.example.com" {hosts} then "yes" else "no";',
        f'sorted = builtins.head (builtins.sort builtins.lessThan {hosts});',
        f'same = if lib.unique {hosts} == {hosts} then "yes" else "no";',
    ]
    maker.lines += ["configMaps.derived.data = {", *maker.random.sample(looks, 2), "};"]
    maker.lines.append('ingresses.other = { service = "web"; hosts = lib.mkMerge [ [ "x.example.com" ] [ "y.example.com" ] ]; };')


def texts_are_compared(maker):
    maker.web(annotations={"example.com/a": "one", "example.com/b": maker.random.choice(["one", "two"])})
    level = "config.applications.web.env.LEVEL"
    annotations = "config.applications.web.annotations"
    maker.lines.append(f'configMaps.derived.data.debug = if {level} == "{maker.random.choice(["debug", "info"])}" then "yes" else "no";')
    maker.lines.append(f'configMaps.derived.data.alike = if {annotations}."example.com/a" != {annotations}."example.com/b" then "yes" else "no";')
    maker.lines.append(f'configMaps.derived.data.inside = if "x-${{{level}}}" == "x-debug" then "yes" else "no";')


def resources_follow(maker):
    def amounts(cpu, memory):
        return maker.random.choice([{"limits": {"cpu": cpu, "memory": memory}}, {"requests": {"cpu": cpu, "memory": memory}}])

    # What is said of one is below, at, or above what the other would be.
    beside = {"image": "a/b:1", "resources": amounts(*maker.random.choice([("50m", "64Mi"), ("100m", "128Mi"), ("0.1", "512Mi"), (2, "2Gi")]))}
    maker.web(resources=amounts(*maker.random.choice([("50m", "128Mi"), ("500m", "64Mi"), (1, "1Gi")])), sidecars={"agent": beside, "proxy": beside})
    maker.config["applications"]["nightly"] = {"image": "a/b:1", "kind": "cronjob", "schedule": "@daily", "sidecars": {"x": {"image": "a/b:2"}}}


def switches(maker):
    """What is on or off: handed on, written into texts, and deciding by conditions."""
    env = {"FEATURE": maker.chance(), "OTHER": maker.chance(), "LIMIT": 5}
    maker.web(env=env, disruptionBudget=maker.chance(), terminationGracePeriodSeconds=20, nodeSelector={"disk": "ssd"}, imagePullPolicy="Always")
    job = {"suspend": maker.chance(), "timeZone": "Europe/Paris", "concurrencyPolicy": "Replace", "backoffLimit": 1}
    maker.config["applications"] |= {
        "api": {"image": "a/b:1", "ports": [8080], "replicas": 3, "disruptionBudget": maker.chance(), "service": {"type": "NodePort"}},
        "nightly": {"image": "a/b:1", "kind": "cronjob", "schedule": "@daily", "job": job, "priorityClass": "high"},
        "open": {"image": "a/b:1", "ports": [80], "expose": {"host": "open.example.com", "className": "nginx", "tls": maker.chance()}},
        "elastic": {"image": "a/b:1", "autoscaling": {"enabled": maker.chance(), "max": 4}},
        "seen": {"image": "a/b:1", "ports": [80, 9090], "monitoring": {"prometheus": maker.chance(), "metricsPort": 9090}},
        "kept": {"image": "a/b:1", "replicas": 4, "disruptionBudget": maker.random.choice([{"minAvailable": 1}, {"maxUnavailable": "25%"}])},
    }
    feature = "config.applications.web.env.FEATURE"
    looks = [
        f'json = builtins.toJSON {feature};',
        f'within = builtins.toJSON {{ on = {feature}; }};',
        f'word = if {feature} then "yes" else "no";',
        f'same = if {feature} == true then "yes" else "no";',
        f'both = if {feature} && config.applications.web.env.OTHER then "yes" else "no";',
        f'neither = lib.boolToString (!{feature});',
        f'listed = lib.concatStringsSep "," (lib.optional {feature} "x");',
        f'bits = toString {feature};',
    ]
    maker.lines += ["configMaps.derived = {", f'labels."app.kubernetes.io/name" = "web";', "data = {", *maker.random.sample(looks, 2), "}; };"]
    maker.lines.append(f"configMaps.extra = lib.mkIf config.applications.nightly.job.suspend {{ data.x = \"y\"; }};")


def entries_come_and_go(maker):
    """Options that are there only for some values of others, and values that another type does not take."""
    maker.web(replicas=maker.random.randint(1, 4), env={"LEVEL": "info", "POLICY": "Always"})
    maker.config["applications"]["nightly"] = {"image": "a/b:1", "kind": "cronjob", "schedule": "@daily", "job": {"suspend": maker.chance()}}
    conditions = ["config.applications.web.replicas > 2", "config.applications.nightly.job.suspend", "!config.applications.nightly.job.suspend"]
    entries = [
        'configMaps.extra = lib.mkIf (%s) { data.x = "y"; };',
        'deployments.spare = lib.mkIf (%s) { image = "a/b:3"; replicas = 2; };',
        'applications.web.env = lib.mkIf (%s) { MANY = "yes"; };',
        'applications.web.annotations = lib.optionalAttrs (%s) { "example.com/x" = "y"; };',
        'applications.web.sidecars = lib.mkIf (%s) { proxy = { image = "a/b:5"; env.A = "b"; }; };',
        'applications.web.resources.limits = lib.mkIf (%s) { memory = "64Mi"; };',
        'applications.nightly.schedule = lib.mkIf (%s) (lib.mkForce "@hourly");',
    ]
    lines = [entry % maker.random.choice(conditions) for entry in maker.random.sample(entries, 3)]
    if maker.chance():
        lines.append("applications.web.imagePullPolicy = config.applications.web.env.POLICY;")
    maker.files["more.nxk"] = "{ config, lib, ... }:\n{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
    maker.lines.append("imports = [ ./more.nxk ];")


def defaults_depend(maker):
    """A collection of one's own in the place of the library's, with a default that is another option."""
    maker.files["own.nxk"] = """{ config, lib, ... }:
{
  disabledModules = [ "layers/storage.nxk" ];
  options = { persistentVolumeClaims : {
    _ : { size : String = "1Gi"; storageClass : String = config.persistentVolumeClaims.first.storageClass; }
  } = { }; };
  config.resources = lib.mapAttrs' (name: claim: {
    name = "PersistentVolumeClaim/${name}";
    value = {
      apiVersion = "v1";
      kind = "PersistentVolumeClaim";
      metadata = { inherit name; inherit (config.framework) namespace; };
      spec = { accessModes = [ "ReadWriteOnce" ]; storageClassName = claim.storageClass; resources.requests.storage = claim.size; };
    };
  }) config.persistentVolumeClaims;
}
"""
    maker.config["persistentVolumeClaims"] = {"first": {"storageClass": "fast"}, "second": {"size": "2Gi"}, "third": {"storageClass": "fast"}}
    maker.lines.append("imports = [ ./own.nxk ];")


def values_are_keys(maker):
    maker.web()
    maker.lines.append("configMaps.derived.data.${config.applications.web.env.NAME} = \"1\";")
    maker.lines.append("configMaps.named = { name = \"x-${config.applications.web.env.LEVEL}\"; data.y = \"z\"; };")


def assertions(maker):
    maker.web(replicas=2)
    maker.lines.append(
        'assertions = [ { assertion = config.applications.web.replicas < 5; message = "`web` has too many pods"; hint = "take fewer"; } ];'
    )


def layer_two(maker):
    pod = {"image": "shop/web:1", "env": maker.env(), "resources": {"limits": {"memory": "1Gi", "cpu": 1}}, "annotations": maker.annotations()}
    labels = {"app.kubernetes.io/name": "front"}
    maker.config |= {
        "deployments": {"front": pod | {"replicas": maker.random.randint(0, 3)}},
        "cronJobs": {"nightly": {"image": "a/b:1", "schedule": "0 3 * * *"}},
        "statefulSets": {"db": {"image": "postgres:16.4", "volumeClaimTemplates": {"data": {"size": "5Gi", "mountPath": "/data"}}}},
        "services": {"front": {"ports": [80], "selector": labels, "annotations": {"example.com/x": "{{ y }}"}}},
        "configMaps": {"front": {"data": {"text": maker.random.choice(HOSTILE), "other": "a\n"}}},
        "persistentVolumeClaims": {"files": {"size": "1Gi", "storageClass": "slow"}},
        "ingresses": {"front": {"className": "nginx", "hosts": ["www.example.com"], "service": "front"}},
        "horizontalPodAutoscalers": {"front": {"target": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "front"}, "min": 1, "max": 4, "cpu": 70}},
    }


def layer_one(maker):
    maker.web(image=maker.random.choice(IMAGES))
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    schema = {"openAPIV3Schema": {"type": "object", "description": "{{ odd }} text", "x-kubernetes-preserve-unknown-fields": True}}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names}
    spec["versions"] = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"}}
    data = {f"k{at}": text for at, text in enumerate(maker.random.sample(HOSTILE, 12))}
    plain = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "plain", "annotations": maker.annotations()}, "data": data}
    maker.config["resources"] = {"CustomResourceDefinition/widgets.example.com": definition | {"spec": spec}, "ConfigMap/plain": plain}


def restricted(maker):
    compliance = {"framework": "PCI-DSS", "level": maker.random.choice(["medium", "high", "restricted"]), "owner": "team"}
    maker.config["framework"] |= {"kubernetesVersion": "1.31", "compliance": compliance | {"dataClassification": "internal", "auditRequired": True}}
    maker.web(
        image="registry.example.com/shop/web:1.4.2@sha256:" + "0b" * 32,
        replicas=3,
        livenessProbe="/live",
        readinessProbe="/ready",
        scratch=["/tmp"],
        podSecurityContext={"runAsUser": 10026, "runAsGroup": 10026},
        resources={"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": 1, "memory": "1Gi"}},
    )


def several_namespaces(maker):
    maker.web(dependencies=["data/db"], expose={"host": "shop.example.com", "className": "nginx"})
    db = {"kind": "statefulset", "namespace": "data", "image": "postgres:16.4", "ports": [5432], "storage": {"size": "10Gi"}}
    maker.config["applications"]["db"] = db
    maker.config["applications"]["web"]["env"]["DB"] = "db.data.svc.cluster.local"


def gitops(maker):
    tool = maker.random.choice(["argocd", "flux"])
    maker.config["framework"]["gitops"] = {"tool": tool, "repository": "https://git.example.com/a/b.git", "path": "production"}
    maker.web()


def policies(maker):
    maker.config["framework"] |= {"kubernetesVersion": "1.36", "policies": {"backends": [maker.random.choice(["vap", "kyverno"])]}}
    maker.web()


def secrets(maker):
    maker.files["password"] = "hunter2\n"
    external = maker.chance()
    store = {"vault": {"server": "https://vault.example.com", "role": "shop"}}
    maker.config["framework"]["secrets"] = {"store": store} if external else {"backend": "native"}
    native = {"values": {"password": Code("lib.secret.line ./password")}}
    maker.config["secrets"] = {"database": {"vaultPath": "shop/database", "secretKey": "password"} if external else native}
    maker.web(secrets={"database": {"env": {"DB_PASSWORD": "password"}}})


def environments(maker):
    maker.web(replicas=1)
    defaults = {"replicas": 3, "env": {"LOG_LEVEL": "info"}, "resources": {"limits": {"memory": "1Gi"}}}
    change = {"development": {"applications": {"web": {"replicas": 1, "env": {"LEVEL": "debug"}}}}}
    maker.config["framework"] |= {"defaults": defaults, "environments": change, "environment": "development"}
    maker.config["applications"]["api"] = {"image": "shop/api:2"}


THEMES = [
    applications, every_kind, replicas_decide, replicas_are_computed_with, replicas_are_compared, image_is_looked_into,
    maps_are_digested, one_value_for_several, hosts_in_lists, texts_are_compared, resources_follow, switches, entries_come_and_go, defaults_depend, values_are_keys, assertions, layer_two, layer_one, restricted, several_namespaces,
    gitops, policies, secrets, environments,
]  # fmt: skip


def made(count):
    for number in range(count):
        maker = Maker(number)
        # Every third one is of applications alone, with nothing but what was drawn.
        theme = applications if number % 3 == 2 else THEMES[(number - number // 3) % len(THEMES)]
        theme(maker)
        yield f"{number}-{theme.__name__}", {"main.nxk": maker.text()} | maker.files
