#!/usr/bin/env python3
"""Writes a configuration of N applications, the same one for the same arguments.

    benches/generate.py N FOLDER [--files K]

FOLDER/main.nxk is the entry. With K above 1 it imports the applications from K files. An
application has what most real ones have: an image, one or two ports, environment variables,
resources, both probes, and dependencies on `postgres` and on one or two applications before it.
That makes about six objects each: Deployment, Service, ServiceAccount, NetworkPolicies, and from two
replicas on a PodDisruptionBudget. All are held to the controls of SOC 2 at the level `high`.
"""

import argparse
from pathlib import Path

# A prime: its remainders spread the dependencies over all applications before.
SPREAD = 829_348_951

FRAMEWORK = """\
  framework = {
    project = "bench";
    namespace = "bench";
    compliance = {
      framework = "SOC2";
      level = "high";
      owner = "platform";
      dataClassification = "internal";
      auditRequired = true;
    };
  };
"""

POSTGRES = """\
  applications.postgres = {
    image = "postgres:16.4";
    ports = [ 5432 ];
    readinessProbe = 5432;
  };
"""

APPLICATION = """\
  applications.{name} = {{
    image = "bench/{name}:1.{minor}.{patch}";
    replicas = {replicas};
    ports = [ {ports} ];
    env = {{
      LOG_LEVEL = "{log_level}";
      LISTEN_PORT = "{port}";
      DATABASE_URL = "postgres://postgres:5432/{name}";
      FEATURE_FLAGS = "checkout,search,region-{region}";
      REQUEST_TIMEOUT = "{timeout}s";
    }};
    resources = {{
      requests = {{ cpu = "{cpu}m"; memory = "{memory}Mi"; }};
      limits = {{ cpu = "{cpu_limit}m"; memory = "{memory_limit}Mi"; }};
    }};
    readinessProbe = {{
      httpGet = {{ path = "/ready"; port = {port}; }};
      periodSeconds = 5;
    }};
    livenessProbe = {{
      httpGet = {{ path = "/live"; port = {port}; }};
      initialDelaySeconds = 10;
      periodSeconds = 20;
    }};
    dependencies = [ {dependencies} ];
  }};
"""


def main():
    arguments = parse_arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    applications = [application(index) for index in range(arguments.applications)]
    entry = FRAMEWORK + POSTGRES
    if arguments.files == 1:
        entry += "".join(applications)
    else:
        parts = split(applications, arguments.files)
        names = [f"part-{number:03}.nxk" for number in range(len(parts))]
        entry = f"  imports = [ {' '.join('./' + name for name in names)} ];\n" + entry
        for name, part in zip(names, parts):
            write(arguments.folder / name, "".join(part))
    write(arguments.folder / "main.nxk", entry)


def parse_arguments():
    parser = argparse.ArgumentParser(description="write a configuration of N applications")
    parser.add_argument("applications", metavar="N", type=positive)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--files", metavar="K", type=positive, default=1)
    return parser.parse_args()


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def application(index):
    """The text of one application. All variety comes from its number."""
    port = 8000 + index % 1000
    ports = f'{{ name = "http"; port = 80; containerPort = {port}; }}'
    if index % 3 == 0:
        ports += ' { name = "metrics"; port = 9090; }'
    cpu = 50 + index % 8 * 25
    memory = 64 + index % 6 * 32
    return APPLICATION.format(
        name=name_of(index),
        minor=index % 20,
        patch=index % 7,
        replicas=1 + index % 4,
        ports=ports if index % 2 else port,
        log_level=("debug", "info", "warn")[index % 3],
        port=port,
        region=index % 5,
        timeout=5 + index % 25,
        cpu=cpu,
        cpu_limit=cpu * 4,
        memory=memory,
        memory_limit=memory * 2,
        dependencies=" ".join(f'"{name}"' for name in dependencies(index)),
    )


def dependencies(index):
    """`postgres`, and one or two applications before this one, so that there is no cycle."""
    names = ["postgres"]
    if index > 0:
        names.append(name_of(SPREAD % index))
    if index > 1 and index % 2:
        names.append(name_of(index - 1))
    return list(dict.fromkeys(names))


def name_of(index):
    return f"app-{index:05}"


def split(items, parts):
    """The items in order, in at most so many parts of equal size."""
    size = -(-len(items) // parts)
    return [items[start : start + size] for start in range(0, len(items), size)]


def write(path, body):
    path.write_text("{\n" + body + "}\n")


if __name__ == "__main__":
    main()
