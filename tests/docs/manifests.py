# SPDX-License-Identifier: MIT
"""What the pages tell others to write for Kubernetes and systemd: is it what
those would read?  Each check yields what is wrong, and needs nothing but this
machine."""
import json
import re
import shutil
import subprocess
import tempfile
from typing import Any, Iterator, Optional

try:
    import yaml  # type: ignore[import]  # its types are not in every Debian
except ImportError:
    yaml = None
HAS_YAML = yaml is not None

# --- Kubernetes --------------------------------------------------------------

SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9,
            "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")


def quantity(value: object) -> Optional[int]:
    match = re.match(r"(\d+)([A-Za-z]*)\Z", str(value))
    return int(match[1]) * SUFFIXES[match[2]] if match and match[2] in SUFFIXES \
        else None


# The fields that the pages use, of Kubernetes' API: a type, a set of words, a
# list of one thing, or a dictionary.
AMOUNTS = {"memory": quantity}
RESOURCES = {"requests": AMOUNTS, "limits": AMOUNTS}
CONTAINER = {
    "name": NAME.match, "image": str, "command": [str], "args": [str],
    "restartPolicy": {"Always"}, "resources": RESOURCES,
    "resizePolicy": [{"resourceName": {"memory", "cpu"},
                      "restartPolicy": {"NotRequired", "RestartContainer"}}],
    "volumeMounts": [{"name": NAME.match, "mountPath": str, "readOnly": bool}],
}
KINDS = {
    ("v1", "Pod"): {
        "metadata": {"name": NAME.match},
        "spec": {
            "resources": RESOURCES,
            "initContainers": [CONTAINER], "containers": [CONTAINER],
            "volumes": [{"name": NAME.match,
                         "emptyDir": {"medium": {"Memory"}, "sizeLimit": quantity},
                         "image": {"reference": str, "pullPolicy":
                                   {"Always", "IfNotPresent", "Never"}}}],
        },
    },
    ("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration"): {
        "featureGates": {"MemoryQoS": bool},
        "memoryThrottlingFactor": float,
        "memoryReservationPolicy": {"None", "TieredReservation"},
    },
}


def fits(value: Any, schema: Any, where: str) -> Iterator[str]:
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            yield f"{where}: no mapping"
            return
        for key, inner in value.items():
            if key in schema:
                yield from fits(inner, schema[key], f"{where}.{key}")
            else:
                yield f"{where}.{key}: no such field"
    elif isinstance(schema, list):
        if not isinstance(value, list) or not value:
            yield f"{where}: no list"
            return
        for number, inner in enumerate(value):
            yield from fits(inner, schema[0], f"{where}[{number}]")
    elif isinstance(schema, set):
        if value not in schema:
            yield f"{where}: {value}"
    elif isinstance(schema, type):
        if not isinstance(value, schema):
            yield f"{where}: {value!r} is no {schema.__name__}"
    elif not schema(str(value)):
        yield f"{where}: {value}"


def pod(spec: dict[str, Any]) -> Iterator[str]:
    """What the API server would refuse, though each field is right."""
    volumes = {volume["name"] for volume in spec.get("volumes", [])}
    containers = spec.get("initContainers", []) + spec.get("containers", [])
    names = [container["name"] for container in containers]
    if not spec.get("containers") or len(set(names)) != len(names):
        yield f"containers: {names}"
    used = {mount["name"] for container in containers
            for mount in container.get("volumeMounts", [])}
    if used != volumes:
        yield f"volumes {volumes}, mounted {used}"
    for resources in [spec.get("resources", {})] + \
            [container.get("resources", {}) for container in containers]:
        asked = quantity(resources.get("requests", {}).get("memory", 0)) or 0
        limit = resources.get("limits", {}).get("memory")
        if limit is not None and asked > (quantity(limit) or 0):
            yield f"requests {asked} of {limit}"


def missing(given: Any, read: Any, where: str) -> Iterator[str]:
    """What of the given was not read: fields that kubectl does not know."""
    if isinstance(given, dict) and isinstance(read, dict):
        for key in given:
            yield from missing(given[key], read.get(key), f"{where}.{key}")
    elif isinstance(given, list) and isinstance(read, list) and \
            len(given) == len(read):
        for number, inner in enumerate(given):
            yield from missing(inner, read[number], f"{where}[{number}]")
    elif given != read and quantity(given) != quantity(read):
        yield f"{where}: kubectl reads {read!r}"


def kubectl(document: dict[str, Any]) -> Iterator[str]:
    """By kubectl's own types, where there is one that is new enough."""
    if not shutil.which("kubectl"):
        return
    run = subprocess.run(["kubectl", "version", "--client", "-o", "json"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    client = json.loads(run.stdout or "{}").get("clientVersion", {})
    if int(re.sub(r"\D", "", client.get("minor", "")) or 0) < 32:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(document, file)
        file.flush()
        run = subprocess.run(
            ["kubectl", "set", "env", "--kubeconfig=/dev/null", "--local",
             "-f", file.name, "-o", "json", "MYMEM_CHECKED=1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        yield f"kubectl: {run.stderr}"
    else:
        yield from missing(document, json.loads(run.stdout), "")


def manifest(text: str) -> Iterator[str]:
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        yield str(error)
        return
    for document in documents:
        kind = (document.pop("apiVersion", None), document.pop("kind", None)) \
            if isinstance(document, dict) else None
        if kind not in KINDS:
            yield f"{kind}: no kind that is known"
            continue
        wrong = list(fits(document, KINDS[kind], kind[1]))
        if not wrong and kind[1] == "Pod":
            wrong = list(pod(document["spec"]))
            wrong += kubectl(dict(document, apiVersion=kind[0], kind=kind[1]))
        yield from wrong


# --- systemd -----------------------------------------------------------------

# The settings that the pages use: the first systemd that has each, and what may
# be its value.
BYTES = r"(\d+[KMGT]?|\d+%|infinity)"
SETTINGS = {
    "Description": (1, r".+"),
    "ExecStart": (1, r"/.+"),
    "Slice": (200, r"[\w-]+\.slice"),
    "MemoryAccounting": (208, r"yes|no"),
    "MemoryMax": (231, BYTES),
    "MemoryHigh": (231, BYTES),
    "MemorySwapMax": (232, BYTES),
    "Delegate": (218, r"yes|no|memory"),
    "DelegateSubgroup": (254, r"[\w-]+"),
    "LimitAS": (1, BYTES),
    "OOMPolicy": (243, r"continue|stop|kill"),
    "MemoryPressureWatch": (254, r"auto|on|off|skip"),
    "MemoryPressureThresholdSec": (254, r"\d+m?s"),
    "ManagedOOMMemoryPressure": (247, r"auto|kill"),
    "ManagedOOMMemoryPressureLimit": (247, r"\d+%"),
    "ManagedOOMSwap": (247, r"auto|kill"),
}
SECTIONS = {"Unit", "Service", "Slice"}


def unit(text: str) -> Iterator[str]:
    """A unit, whose first line is a comment that names its file."""
    named = re.match(r"# /etc/systemd/(?:system|user)/"
                     r"([\w@-]+\.(?:service|slice))(?:\.d/[\w-]+\.conf)?$",
                     text.splitlines()[0])
    if not named:
        yield f"no file is named: {text.splitlines()[0]}"
        return
    section, newest = "", 0
    for line in text.splitlines()[1:]:
        key, equals, value = line.partition("=")
        if re.match(r"\[\w+\]$", line):
            section = line[1:-1]
            if section not in SECTIONS:
                yield f"{line}: no section"
        elif line and (not equals or not section or key not in SETTINGS):
            yield f"{line}: no setting"
        elif line:
            newest = max(newest, SETTINGS[key][0])
            if not re.fullmatch(SETTINGS[key][1], value):
                yield f"{line}: no value"
    yield from verify(text, named[1], newest)


def verify(text: str, name: str, newest: int) -> Iterator[str]:
    """By systemd itself, where it is new enough."""
    if not shutil.which("systemd-analyze"):
        return
    run = subprocess.run(["systemd-analyze", "--version"],
                         stdout=subprocess.PIPE, text=True)
    if int(run.stdout.split()[1]) < newest:
        return
    if name.endswith(".service") and "ExecStart=" not in text:
        text += "ExecStart=/bin/true\n"
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/{name}"
        with open(path, "w") as file:
            file.write(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text,
                              flags=re.M))
        run = subprocess.run(["systemd-analyze", "verify", "--man=no", path],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True)
    # What it says of other units of this machine is not ours.
    mine = [line for line in run.stdout.splitlines() if name in line]
    if mine:
        yield "\n".join(mine)
