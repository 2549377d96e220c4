"""Validates objects against the schemas of several versions of Kubernetes, unknown fields included.

Reads a JSON list of objects from standard input; arguments are versions such as 1.35. Prints a JSON list of
{version, object, path, message}: what the API server of that version would refuse, or drop without a word.
"""

import json
import re
import sys
from importlib import resources

import jsonschema
import referencing


def schema_of(folder, manifest):
    """The schema's file: apps/v1 Deployment is deployment-apps-v1.json, rbac.authorization.k8s.io/v1 is rbac-v1."""
    version = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", manifest["apiVersion"])
    file = folder.joinpath(f"{manifest['kind'].lower()}-{version}.json")
    return json.loads(file.read_text()) if file.is_file() else None


def main():
    manifests = json.load(sys.stdin)
    root = resources.files("kubernetes_validate").joinpath("kubernetes-json-schema")
    findings = []
    for version in sys.argv[1:]:
        folder = root.joinpath(f"v{version}.0-local-strict")
        if not folder.is_dir():
            sys.exit(f"validate.py: there are no schemas of Kubernetes {version}.")
        definitions = referencing.Resource.from_contents(json.loads(folder.joinpath("_definitions.json").read_text()))
        for manifest in manifests:
            name = f"{manifest['kind']} {manifest['metadata']['name']}"
            schema = schema_of(folder, manifest)
            if schema is None:
                message = f"{manifest['apiVersion']} {manifest['kind']} does not exist"
                findings.append({"version": version, "object": name, "path": "", "message": message})
                continue
            registry = definitions @ (referencing.Resource.from_contents(schema) @ referencing.Registry())
            for error in jsonschema.Draft202012Validator(schema, registry=registry).iter_errors(manifest):
                path = ".".join(str(part) for part in error.absolute_path)
                findings.append({"version": version, "object": name, "path": path, "message": error.message[:300]})
    json.dump(findings, sys.stdout)


main()
