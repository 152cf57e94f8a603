"""Judges what `nxk diff --format json` says of two files of manifests, without knowing how it finds it.

    python diff.py mutate SEED IN OUT     writes OUT: IN with random changes
    python diff.py judge OLD NEW JSON     says what is wrong with the difference, one thing a line

What is told must be so: each pointer leads to its value, and the two values differ. And it must be all: with every field that
is told taken out of both states, and the objects that came or went, nothing is left that differs.
"""

import json
import random
import sys

import yaml

MARKS = ("/build-id", "/source-commit")


class Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    pass


# Dates stay the texts that they are to Kubernetes.
Loader.yaml_implicit_resolvers = {
    first: [entry for entry in resolvers if entry[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [document for document in yaml.load_all(file, Loader) if document is not None]


def identity(thing):
    api = thing["apiVersion"]
    group = api.split("/")[0] if "/" in api else ""
    meta = thing.get("metadata", thing)
    return group, thing["kind"], meta.get("namespace", ""), meta.get("name", "")


def places(value, path=()):
    """All places below a value, and what holds them."""
    if isinstance(value, dict):
        for key in value:
            yield value, key, path + (key,)
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield value, at, path + (at,)
            yield from places(item, path + (at,))


def other(value, chance):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice([1, -1, 1000])
    if isinstance(value, str):
        return chance.choice([value + "x", "other", value + "\nmore\n", ""]) if value != "other" else "another"
    return chance.choice(["text", 7, {"a": "b"}, ["c"]])


def mutate(seed, objects):
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 3, 10, 40])):
        what = chance.random()
        at = chance.randrange(len(objects))
        if what < 0.08 and len(objects) > 1:
            del objects[at]
            continue
        if what < 0.16:
            copy = json.loads(json.dumps(objects[at]))
            copy["metadata"]["name"] += f"-{chance.randrange(1000)}"
            if all(identity(copy) != identity(known) for known in objects):
                objects.insert(chance.randrange(len(objects) + 1), copy)
            continue
        if what < 0.2:
            chance.shuffle(objects)
            continue
        # What an object is called says which object it is, and the marks of its build are none of its fields.
        own = ("name", "namespace", "annotations")
        fixed = [("apiVersion",), ("kind",), ("metadata",)] + [("metadata", name) for name in own]
        below = [place for place in places(objects[at]) if place[2] not in fixed and place[2][:1] != ("status",)]
        if not below:
            continue
        holder, key, path = chance.choice(below)
        if what < 0.5:
            holder[key] = other(holder[key], chance)
        elif what < 0.65:
            del holder[key]
        elif what < 0.8 and isinstance(holder, dict) and path[:-1] != ("metadata",):
            holder[f"added{chance.randrange(1000)}"] = chance.choice([1, "text", {"a": {"b": [1, 2]}}, ["x"], True])
        elif isinstance(holder, list):
            move = chance.random()
            if move < 0.4:
                holder.insert(chance.randrange(len(holder) + 1), json.loads(json.dumps(other(holder[key], chance))))
            elif move < 0.7:
                chance.shuffle(holder)
            else:
                holder.append(json.loads(json.dumps(holder[key])))
    return objects


def resolve(thing, pointer):
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        thing = thing[int(step)] if isinstance(thing, list) else thing[step]
    return thing


def forget(thing, pointer):
    *way, last = pointer.split("/")
    holder = resolve(thing, "/".join(way))
    last = last.replace("~1", "/").replace("~0", "~")
    # Items keep their numbers until all is done.
    if isinstance(holder, list):
        holder[int(last)] = GONE
    else:
        del holder[last]


GONE = {"gone": "from this list"}


def settled(value, path="", loose=frozenset()):
    """What is left of a value: without what was forgotten, and lists that were put in another order sorted."""
    if isinstance(value, dict):
        step = lambda key: f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        whole = {key: settled(item, step(key), loose) for key, item in value.items()}
        # Annotations are told one by one, even where there were none.
        return {key: item for key, item in whole.items() if step(key) != "/metadata/annotations" or item != {}}
    if isinstance(value, list):
        items = [settled(item, f"{path}/{at}", loose) for at, item in enumerate(value) if item is not GONE]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if path in loose else items
    return value


def unmarked(thing):
    notes = thing.get("metadata", {}).get("annotations")
    if isinstance(notes, dict):
        for key in [key for key in notes if key.endswith(MARKS)]:
            del notes[key]
        if not notes:
            del thing["metadata"]["annotations"]
    return thing


def same(one, two):
    return json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def judge(old, new, told):
    old = {identity(thing): unmarked(thing) for thing in old}
    new = {identity(thing): unmarked(thing) for thing in new}
    objects = told["objects"]
    came, went = set(map(identity, objects["added"])), set(map(identity, objects["removed"]))
    if came != set(new) - set(old):
        yield f"added: {came ^ (set(new) - set(old))}"
    if went != set(old) - set(new):
        yield f"removed: {went ^ (set(old) - set(new))}"
    changed = {identity(entry): entry["fields"] for entry in objects["changed"]}
    unchanged = 0
    for name in set(old) & set(new):
        before, after = old[name], new[name]
        fields = changed.get(name, [])
        unchanged += not fields
        yield from (f"{name}: {wrong}" for wrong in judge_object(before, after, fields))
    if unchanged != objects["unchanged"]:
        yield f"unchanged: {unchanged}, and not {objects['unchanged']}"


def judge_object(before, after, fields):
    loose_before, loose_after = set(), set()
    for field in fields:
        sides = [(before, "oldPointer", "old"), (after, "newPointer", "new")]
        kinds = {"added": sides[1:], "removed": sides[:1], "changed": sides, "reordered": sides}
        found = [resolve(thing, field[pointer]) for thing, pointer, _ in kinds[field["change"]]]
        if field["change"] == "reordered":
            loose_before.add(field["oldPointer"])
            loose_after.add(field["newPointer"])
            continue
        if not field.get("secret"):
            told = [field[key] for _, _, key in kinds[field["change"]]]
            if not same(found, told):
                yield f"{field['path']}: {found}, and not {told}"
        if len(found) == 2 and same(*found):
            yield f"{field['path']}: did not change"
    for field in fields:
        if field["change"] in ("removed", "changed"):
            forget(before, field["oldPointer"])
        if field["change"] in ("added", "changed"):
            forget(after, field["newPointer"])
    left = settled(before, loose=loose_before), settled(after, loose=loose_after)
    if not same(*left):
        # A list whose items go by their values or keys may be in another order once others are gone.
        yield f"something is left: {json.dumps(left[0], sort_keys=True)} and {json.dumps(left[1], sort_keys=True)}"


def main():
    if sys.argv[1] == "mutate":
        with open(sys.argv[4], "w", encoding="utf-8") as out:
            for thing in mutate(int(sys.argv[2]), read(sys.argv[3])):
                out.write("---\n")
                out.write(json.dumps(thing, indent=1) + "\n")
    else:
        with open(sys.argv[4], encoding="utf-8") as file:
            told = json.load(file)
        for wrong in judge(read(sys.argv[2]), read(sys.argv[3]), told):
            print(wrong)


if __name__ == "__main__":
    main()
