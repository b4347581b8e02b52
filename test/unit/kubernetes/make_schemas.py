"""Writes schemas.json: JSON Schemas of the Kubernetes kinds that deploy/kubernetes uses, for offline validation.

    go mod download -json k8s.io/kubernetes@v1.34.1      # its "Dir" is the argument
    python3 make_schemas.py DIR

Source: api/openapi-spec/v3 of Kubernetes, Apache-2.0. Descriptions are left out, and unknown members are refused, as the
API server does with strict field validation.
"""

import json
import pathlib
import sys

KINDS = {
    "api__v1": ["Service", "ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "Namespace"],
    "apis__apps__v1": ["Deployment"],
    "apis__batch__v1": ["Job"],
    "apis__networking.k8s.io__v1": ["NetworkPolicy"],
    "apis__policy__v1": ["PodDisruptionBudget"],
}
PREFIX = "#/components/schemas/"
LEFT_OUT = {"description", "default"}


def strict(schema):
    """The schema without prose, with references into this file, refusing members that it does not name."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": "#/definitions/" + schema["$ref"].removeprefix(PREFIX)}
    if len(schema.get("allOf", [])) == 1:
        return strict(schema["allOf"][0])
    result = {}
    for name, value in schema.items():
        if name in LEFT_OUT or name.startswith("x-kubernetes"):
            continue
        # Members may be named like keywords.
        result[name] = {key: strict(inner) for key, inner in value.items()} if name == "properties" else strict(value)
    if "properties" in result and "additionalProperties" not in result:
        result["additionalProperties"] = False
    return result


def references(schema):
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix("#/definitions/")
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def main(directory):
    source = pathlib.Path(directory)
    definitions, kinds = {}, {}
    for group, names in KINDS.items():
        spec = json.loads((source / f"api/openapi-spec/v3/{group}_openapi.json").read_text())
        schemas = spec["components"]["schemas"]
        for name, schema in schemas.items():
            for kind in schema.get("x-kubernetes-group-version-kind", []):
                if kind["kind"] in names and len(schema["x-kubernetes-group-version-kind"]) == 1:
                    version = "/".join(filter(None, [kind["group"], kind["version"]]))
                    kinds[f"{version}/{kind['kind']}"] = {"$ref": f"#/definitions/{name}"}
        waiting = [ref["$ref"].removeprefix("#/definitions/") for ref in kinds.values()]
        while waiting:
            name = waiting.pop()
            if name in definitions or name not in schemas:
                continue
            definitions[name] = strict(schemas[name])
            waiting.extend(references(definitions[name]))
    version = source.name.partition("@")[2]
    result = {"kubernetes": version, "kinds": kinds, "definitions": dict(sorted(definitions.items()))}
    pathlib.Path(__file__).with_name("schemas.json").write_text(
        json.dumps(result, separators=(",", ":"), ensure_ascii=False) + "\n"
    )


main(sys.argv[1])
