"""The other side of sealing: the controller, with keys of its own.

    controller.py make FOLDER             writes key pairs and certificates, good ones and bad ones
    controller.py open KEY...             opens sealed values, given as JSON: [{"label": ..., "text": ...}, ...]
    controller.py unseal KEY...           reads manifests, and makes the Secret of each SealedSecret in them

What is opened comes out as JSON, bytes in base 64; null stands for what does not open. Everything is written after the
published format, with the primitives of `cryptography`, and shares nothing with nxk.
"""

import base64
import datetime
import json
import pathlib
import sys

import yaml
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DOMAIN = "sealedsecrets.bitnami.com"
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc)


def certificate(key, begin, end, subject="controller"):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)] if subject else [])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )


def make(folder):
    folder = pathlib.Path(folder)

    def write(name, *parts):
        (folder / name).write_bytes(b"".join(parts))

    def pair(name, key, begin=NOW - DAY, end=NOW + 3650 * DAY, subject="controller"):
        made = certificate(key, begin, end, subject)
        pem = made.public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write(f"{name}.pem", pem)
        write(f"{name}.key", private)
        return made, pem, private

    first, first_pem, first_key = pair("first", rsa.generate_private_key(65537, 2048), subject="")
    _, second_pem, _ = pair("second", rsa.generate_private_key(65537, 4096))
    small = rsa.generate_private_key(65537, 2048)
    pair("expired", small, NOW - 20 * DAY, NOW - 10 * DAY)
    pair("soon", small, NOW - 20 * DAY, NOW + 10 * DAY)
    pair("elliptic", ec.generate_private_key(ec.SECP256R1()))
    pair("small", rsa.generate_private_key(65537, 1024))
    write("chain.pem", b"# fetched from the cluster\r\n", first_pem.replace(b"\n", b"\r\n"), second_pem)
    write("first.der", first.public_bytes(serialization.Encoding.DER))
    write("with-key.pem", first_pem, first_key)
    lines = first_pem.splitlines(keepends=True)
    write("cut.pem", *lines[: len(lines) // 2])
    write("shortened.pem", *lines[:5], lines[-1])
    write("empty.pem")
    write("garbage.pem", bytes(range(256)))
    write("large.pem", b"-----BEGIN CERTIFICATE-----\n", b"A" * 2_000_000)


def unlock(key, label, sealed):
    length = int.from_bytes(sealed[:2], "big")
    oaep = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=label.encode())
    session_key = key.decrypt(sealed[2 : 2 + length], oaep)
    return AESGCM(session_key).decrypt(bytes(12), sealed[2 + length :], None)


def opened(keys, label, text):
    """The value, with the first of the controller's keys that opens it."""
    for key in keys:
        try:
            return unlock(key, label, base64.b64decode(text, validate=True))
        except (ValueError, InvalidTag):
            pass
    return None


def shown(value):
    return None if value is None else base64.b64encode(value).decode()


def label_of(metadata):
    annotations = metadata.get("annotations", {})
    if annotations.get(f"{DOMAIN}/cluster-wide") == "true":
        return ""
    if annotations.get(f"{DOMAIN}/namespace-wide") == "true":
        return metadata["namespace"]
    return f"{metadata['namespace']}/{metadata['name']}"


def unsealed(keys, thing):
    label, spec = label_of(thing["metadata"]), thing["spec"]
    template = spec.get("template", {})
    metadata = dict(template.get("metadata", {}))
    metadata |= {"name": thing["metadata"]["name"], "namespace": thing["metadata"]["namespace"]}
    data = {key: shown(opened(keys, label, text)) for key, text in spec["encryptedData"].items()}
    return {"metadata": metadata, "type": template.get("type", "Opaque"), "data": data}


def main(mode, *names):
    if mode == "make":
        return make(*names)
    keys = [serialization.load_pem_private_key(pathlib.Path(name).read_bytes(), None) for name in names]
    if mode == "open":
        values = [shown(opened(keys, each["label"], each["text"])) for each in json.load(sys.stdin)]
        return json.dump(values, sys.stdout)
    things = [thing for thing in yaml.safe_load_all(sys.stdin) if thing and thing["kind"] == "SealedSecret"]
    return json.dump([unsealed(keys, thing) for thing in things], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
