"""Objects of custom resources, good and bad, with what jsonschema says of each.

    custom_resources.py OUT SEED COUNT CRD.yaml...

makes a folder OUT/<number> for each file, with `main.nxk` (a configuration whose resources are the objects), the
definitions beside it, and `verdicts.json`: from the name of each object to what is wrong with it, nothing if nothing is.

A structural schema is turned into a plain JSON schema by what Kubernetes' documentation says of it: fields that are not
listed are refused unless they are preserved, an object inside an object says what it is, a default stands in for what is
required, and lists with keys have each key once.
"""

import base64
import copy
import ipaddress
import json
import pathlib
import random
import re
import sys
import uuid

import jsonschema
import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader12(Loader):
    """`=` and dates are texts, as in YAML 1.2."""


Loader12.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)
Loader12.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)

BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
KEPT = [
    "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    "minimum", "maximum", "multipleOf", "format", "required", "not", "anyOf", "oneOf", "allOf",
]  # fmt: skip

formats = jsonschema.FormatChecker(formats=())


def checks(name):
    return lambda check: formats.checks(name, raises=ValueError)(lambda value: not isinstance(value, str) or check(value))


checks("ipv4")(lambda text: bool(ipaddress.IPv4Address(text)) or True)
checks("ipv6")(lambda text: bool(ipaddress.IPv6Address(text)) or True)
checks("cidr")(lambda text: "/" in text and bool(ipaddress.ip_network(text, strict=False)))
checks("uuid")(lambda text: bool(uuid.UUID(text)))
checks("byte")(lambda text: base64.b64decode(text, validate=True) is not None)
checks("date-time")(lambda text: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text))


def readable(schema):
    """The schema with its patterns as Python writes them: no character class is known to both by name."""
    if isinstance(schema, list):
        return [readable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: readable(inner) for key, inner in schema.items()}
    if isinstance(out.get("pattern"), str):
        out["pattern"] = out["pattern"].replace(r"\PC", r"[^\x00-\x1f\x7f]")
    return out


def plain(schema):
    """The schema as JSON schema has it."""
    if not isinstance(schema, dict):
        return schema
    out = {key: schema[key] for key in KEPT if key in schema}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in out:
            out[key] = [condition(one) for one in out[key]]
    if "not" in out:
        out["not"] = condition(out["not"])
    if schema.get("x-kubernetes-int-or-string"):
        out.pop("anyOf", None)
        out["type"] = ["integer", "string"]
        return out
    kind = schema.get("type")
    if kind:
        out["type"] = kind
    for bound in ("minimum", "maximum"):
        if schema.get(f"exclusive{bound.capitalize()}") is True:
            out[f"exclusive{bound.capitalize()}"] = out.pop(bound)
    if kind == "integer":
        least, most = BOUNDS.get(schema.get("format"), BOUNDS["int64"])
        out["allOf"] = out.get("allOf", []) + [{"minimum": least, "maximum": most}]
    properties = dict(schema.get("properties") or {})
    defaulted = {name for name, inner in properties.items() if "default" in inner}
    if "required" in out:
        out["required"] = [name for name in out["required"] if name not in defaulted]
    if kind == "array" and "items" in schema:
        out["items"] = plain(schema["items"])
    if kind == "object" or properties:
        properties = {name: plain(inner) for name, inner in properties.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            properties.update({"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}})
            out["required"] = out.get("required", []) + ["apiVersion", "kind"]
        out["properties"] = properties
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            out["additionalProperties"] = plain(more)
        elif not schema.get("x-kubernetes-preserve-unknown-fields") and more is not True:
            out["additionalProperties"] = False
    return out


def condition(schema):
    """What stands in an alternative says nothing of fields that it does not mention."""
    out = {key: value for key, value in schema.items() if key in KEPT}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in out:
            out[key] = [condition(one) for one in out[key]]
    if "not" in out:
        out["not"] = condition(out["not"])
    if "properties" in schema:
        out["properties"] = {name: condition(inner) for name, inner in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        out["items"] = condition(schema["items"])
    return out


def twice(schema, value, path=""):
    """Items of lists with keys, and of sets, that are there twice."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        keys = schema.get("x-kubernetes-list-map-keys")
        if schema.get("x-kubernetes-list-type") == "map" and keys:
            default = {key: (items.get("properties", {}).get(key) or {}).get("default") for key in keys}
            known = [[item.get(key, default[key]) for key in keys] for item in value if isinstance(item, dict)]
            known = [one for one in known if None not in one]
            if any(known.count(one) > 1 for one in known):
                yield f"{path}: a key is there twice"
        if schema.get("x-kubernetes-list-type") == "set" and any(value.count(item) > 1 for item in value):
            yield f"{path}: a value is there twice"
        for at, item in enumerate(value):
            yield from twice(items, item, f"{path}[{at}]")
    elif isinstance(value, dict):
        properties, more = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            of = properties.get(name) or (more if isinstance(more, dict) else {})
            yield from twice(of, inner, f"{path}.{name}")


WORDS = [
    "a", "web", "abc", "1h", "10m", "30s", "example.com", "https://example.com/a", "10.0.0.1", "10.0.0.0/8", "v1",
    "sha256:" + "a" * 64, "/path", "example.com/name", "1", "80", "100Mi", "Name", "UPPER", "*", "a=b", "a:b", "8080-8090",
    "YQ==", "2026-01-31T08:30:00Z", "fd00::1", "a.b.c", "aa:bb:cc:dd:ee:ff", "*.example.com", "refs/heads/main", "50%",
]  # fmt: skip
FORMATTED = {
    "date-time": "2026-01-31T08:30:00Z", "byte": "YQ==", "ipv4": "10.0.0.1", "ipv6": "fd00::1", "cidr": "10.0.0.0/8",
    "uuid": "0b5c6d4e-2f6a-4c1b-9d57-6f3f4a2b1c0d",
}  # fmt: skip


def text(schema, dice):
    if schema.get("format") in FORMATTED:
        return FORMATTED[schema["format"]]
    words = dice.sample(WORDS, len(WORDS))
    fits = lambda word: (
        re.search(schema.get("pattern", ""), word)
        and schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", 10**9)
    )
    return next((word for word in words if fits(word)), words[0])


def example(schema, dice, depth=0):
    """A value that may well have the schema."""
    if schema.get("enum"):
        return dice.choice(schema["enum"])
    if schema.get("x-kubernetes-int-or-string"):
        return dice.choice([1, text(schema, dice)])
    kind = schema.get("type")
    if kind == "string":
        return text(schema, dice)
    if kind in ("integer", "number"):
        least = schema.get("minimum", 0) + (1 if schema.get("exclusiveMinimum") else 0)
        return dice.randint(int(least), int(max(min(schema.get("maximum", least + 9), least + 9), least)))
    if kind == "boolean":
        return dice.random() < 0.5
    if kind == "array":
        number = max(schema.get("minItems", 0), dice.choice([0, 1, 2]) if depth < 8 else 0)
        return [example(schema.get("items") or {}, dice, depth + 1) for _ in range(min(number, 4))]
    if kind != "object" and "properties" not in schema:
        return dice.choice([1, "a", {"x": 1}])
    return record(schema, dice, depth)


def record(schema, dice, depth):
    properties = schema.get("properties") or {}
    wanted = set(schema.get("required") or [])
    alternatives = [one for key in ("oneOf", "anyOf") for one in schema.get(key) or []]
    wanted |= set((dice.choice(alternatives).get("required") or []) if alternatives else [])
    chosen = [name for name in properties if name in wanted or dice.random() < 0.7 / (1 + depth + len(properties) / 12)]
    out = {name: example(properties[name], dice, depth + 1) for name in chosen}
    if schema.get("x-kubernetes-embedded-resource"):
        out |= {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    elif isinstance(schema.get("additionalProperties"), dict) and (depth < 8 or schema.get("minProperties")):
        out |= {"one": example(schema["additionalProperties"], dice, depth + 1)}
    if schema.get("x-kubernetes-preserve-unknown-fields") and dice.random() < 0.5:
        out |= {"unlisted": {"x": [1]}}
    return out


def places(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            # What every object has is another schema's.
            if name not in ("apiVersion", "kind", "metadata", "status"):
                yield value, name
                yield from places(inner, path + (name,))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield value, at
            yield from places(inner, path + (at,))


def spoilt(value, dice):
    """The object with one thing changed."""
    value = copy.deepcopy(value)
    found = list(places(value))
    if not found:
        value["spce"] = {}
        return value
    holder, key = dice.choice(found)
    change = dice.randrange(6)
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, dict):
        holder[key + "x"] = holder.pop(key)
    elif change == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif isinstance(holder[key], bool) or change == 3:
        holder[key] = dice.choice(["", "no such word!", 5, True, [], {}, ["a"], {"a": 1}])
    elif isinstance(holder[key], int):
        holder[key] = dice.choice([-1, 0, 2**40, "7"])
    elif isinstance(holder[key], str):
        holder[key] = dice.choice(["", "Not This One!", "x" * 300, 3, holder[key] + " "])
    else:
        holder[key] = dice.choice([[], {}, "a", 1, True])
    return value


def objects(crd, dice, count):
    group, kind = crd["spec"]["group"], crd["spec"]["names"]["kind"]
    for version in crd["spec"]["versions"]:
        if not version.get("served", True):
            continue
        schema = readable(version["schema"]["openAPIV3Schema"])
        for name in ("apiVersion", "kind", "metadata"):
            schema.setdefault("properties", {})[name] = {"type": "object" if name == "metadata" else "string"}
            schema["properties"][name]["x-kubernetes-preserve-unknown-fields"] = True
        schema["properties"].pop("status", None)
        schema.setdefault("type", "object")
        judge = jsonschema.Draft202012Validator(plain(schema), format_checker=formats)
        good = []
        for number in range(count):
            value = next(
                (one for one in (example(schema, dice) for _ in range(8)) if judge.is_valid(one)), None
            ) or example(schema, dice)
            good.append(value)
            for at, one in enumerate([value, spoilt(value, dice), spoilt(value, dice)]):
                one = copy.deepcopy(one)
                name = f"{kind.lower()}-{version['name']}-{number}-{at}"
                one |= {"apiVersion": f"{group}/{version['name']}", "kind": kind, "metadata": {"name": name}}
                one.pop("status", None)
                wrong = [f"{'.'.join(map(str, error.path))}: {error.message:.200}" for error in judge.iter_errors(one)]
                yield name, one, wrong + list(twice(schema, one))


def written(value):
    """The value as a configuration writes it."""
    if isinstance(value, dict):
        return "{ " + "".join(f"{json.dumps(name)} = {written(inner)}; " for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[ " + "".join(f"{written(inner)} " for inner in value) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return f"({value})"
    return json.dumps(value, ensure_ascii=False).replace("${", "\\${")


def main():
    out, seed, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for number, file in enumerate(sys.argv[4:]):
        folder = out / str(number)
        folder.mkdir()
        source = pathlib.Path(file).read_text()
        (folder / "crd.yaml").write_text(source)
        made, verdicts = {}, {}
        for crd in yaml.load_all(source, Loader12):
            if crd and crd.get("kind") == "CustomResourceDefinition":
                for name, value, wrong in objects(crd, random.Random(f"{seed} {number}"), count):
                    made[name], verdicts[name] = value, wrong
        (folder / "verdicts.json").write_text(json.dumps(verdicts))
        lines = [f"  resources.{name} = {written(value)};\n" for name, value in made.items()]
        (folder / "main.nxk").write_text("{\n  schemas = [ ./crd.yaml ];\n" + "".join(lines) + "}\n")


main()
