"""The OpenAPI document as plain text, to be read from top to bottom.

Conventions first, then each resource with its operations: parameters, the fields of the
body, an example, the answers. Filters that differ only by their operator share a line.
"""

import json
import re

from organizations.wire.rendering import dumps

_FILTER = re.compile(r"filters\[(?P<field>[^\]]+)\]\[(?P<operator>[a-z]+)\]")
DEEPEST = 4  # levels of nested fields that are written out
EVERYWHERE = ("Idempotency-Key", "dry_run", "limit", "cursor", "offset")  # explained in the conventions


def as_text(document: dict) -> str:
    """The whole reference."""
    info = document["info"]
    parts = [f"# {info['title']}: API reference (version {info['version']})", info.get("description", "").strip()]
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "responses" in operation:
                tag = (operation.get("tags") or ["Other"])[0]
                by_tag.setdefault(tag, []).append(_operation(document, method.upper(), path, operation))
    for tag in sorted(by_tag):
        parts += [f"# {tag}", *by_tag[tag]]
    return "\n\n".join(part for part in parts if part) + "\n"


def _operation(document: dict, method: str, path: str, operation: dict) -> str:
    lines = [f"## {method} {path}"]
    lines += [f"{operation['summary']}."] if "summary" in operation else []
    lines += [operation["description"]] if "description" in operation else []
    if not operation.get("security") or {} in operation["security"]:
        lines.append("Needs no key.")
    parameters = [_resolve(document, one) for one in operation.get("parameters", ())]
    if parameters:
        lines += ["", "Parameters:", *_parameters(document, parameters)]
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += ["", f"Body ({media_type}):", *_fields(document, content.get("schema", {}))]
        lines += _examples(content)
    lines += ["", "Answers:", *_answers(document, operation["responses"])]
    return "\n".join(lines)


def _parameters(document: dict, parameters: list[dict]) -> list[str]:
    lines, operators = [], {}
    for one in parameters:
        if one["name"] in EVERYWHERE:
            continue
        asked = _FILTER.fullmatch(one["name"])
        if asked:
            operators.setdefault(asked["field"], []).append(asked["operator"])
            continue
        needed = ", required" if one.get("required") else ""
        described = f": {one['description']}" if one.get("description") else ""
        lines.append(f"- {one['name']} ({one['in']}, {_type(document, one.get('schema', {}))}{needed}){described}")
    lines += [f"- filters[{name}][{'|'.join(found)}] (query)" for name, found in operators.items()]
    common = [one["name"] for one in parameters if one["name"] in EVERYWHERE]
    return [*lines, f"- {', '.join(common)}: as everywhere"] if common else lines


def _answers(document: dict, responses: dict) -> list[str]:
    lines, refusals = [], []
    for status, response in sorted(responses.items()):
        if status >= "400":
            refusals.append(status)
            continue
        described = _resolve(document, response)
        lines.append(f"- {status}: {described.get('description', '')}".rstrip(": "))
        for content in described.get("content", {}).values():
            lines += ["  " + line for line in _fields(document, content.get("schema", {}))]
            lines += ["  " + line for line in _examples(content)]
    return [*lines, f"- {', '.join(refusals)}: an error"] if refusals else lines


def _fields(document: dict, schema: dict, depth: int = 0, seen: tuple[str, ...] = ()) -> list[str]:
    """The members of an object, one a line, nested ones indented below it."""
    name = schema.get("$ref", "")
    if depth >= DEEPEST or (name and name in seen):
        return []
    inner, seen = _resolve(document, schema), (*seen, name)
    if "items" in inner:
        return _fields(document, inner["items"], depth, seen)
    for part in inner.get("allOf", inner.get("oneOf", inner.get("anyOf", ()))):
        if "$ref" in part:
            return _fields(document, part, depth, seen)
    lines = []
    for field, member in inner.get("properties", {}).items():
        plain = _resolve(document, member)
        marks = [_type(document, member)]
        marks += ["required"] if field in inner.get("required", ()) else []
        marks += ["read-only"] if plain.get("readOnly") or member.get("readOnly") else []
        described = member.get("description") or plain.get("description")
        text = f": {' '.join(described.split())}" if described else ""
        lines.append(f"{'  ' * depth}- {field} ({', '.join(marks)}){text}")
        lines += _fields(document, member, depth + 1, seen)
    return lines


def _type(document: dict, schema: dict) -> str:
    """The type in a few words: ``string``, ``array of number``, ``one of pending, posted``."""
    plain = _resolve(document, schema)
    if "const" in plain:
        return json.dumps(plain["const"])
    if "enum" in plain:
        return "one of " + ", ".join(map(str, plain["enum"]))
    for word in ("oneOf", "anyOf", "allOf"):
        if word in plain:
            return " or ".join(dict.fromkeys(_type(document, part) for part in plain[word]))
    kinds = plain.get("type", "any")
    kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
    if kind == "array":
        items = _type(document, plain.get("items", {}))
        return f"any of {items.removeprefix('one of ')}" if items.startswith("one of ") else f"array of {items}"
    detail = plain.get("format") or plain.get("pattern")
    return f"{kind} {detail}" if detail else kind


def _examples(content: dict) -> list[str]:
    found = [one["value"] for one in content.get("examples", {}).values() if "value" in one]
    found += [content["example"]] if "example" in content else []
    return [f"Example: {dumps(value).decode()}" for value in found]


def _resolve(document: dict, node: dict) -> dict:
    """The node itself, or what its ``$ref`` points to within the document."""
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node
