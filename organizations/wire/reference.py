"""The OpenAPI document as plain text, to be read from top to bottom.

Conventions first; then each resource with its operations: parameters, the fields of the
body, an example, the answers; last the objects of the answers, each once. Filters that
differ only by their operator share a line.
"""

import json
import re

from organizations.wire.rendering import dumps

EVERYWHERE = ("Idempotency-Key", "dry_run", "limit", "cursor", "offset")  # explained in the conventions
DEEPEST = 4  # levels of nested fields that a body is written out to

_FILTER = re.compile(r"filters\[(?P<field>[^\]]+)\]\[(?P<operator>[a-z]+)\]")


def as_text(document: dict) -> str:
    """The whole reference."""
    return _Reference(document).text()


class _Reference:
    """The text in the making: the document, and the objects that answers have named so far."""

    def __init__(self, document: dict):
        self.document = document
        self.objects: dict[str, dict] = {}

    def text(self) -> str:
        info = self.document["info"]
        by_tag: dict[str, list[str]] = {}
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                if isinstance(operation, dict) and "responses" in operation:
                    tag = (operation.get("tags") or ["Other"])[0]
                    by_tag.setdefault(tag, []).append(self.operation(method.upper(), path, operation))
        parts = [f"# {info['title']}: API reference (version {info['version']})", info.get("description", "").strip()]
        for tag in sorted(by_tag):
            parts += [f"# {tag}", *by_tag[tag]]
        parts += ["# Objects", *self.all_objects()]
        return "\n\n".join(part for part in parts if part) + "\n"

    def all_objects(self) -> list[str]:
        """Each named object with its members; describing one may name others."""
        written = {}
        while waiting := [name for name in self.objects if name not in written]:
            for name in waiting:
                written[name] = "\n".join([f"## {name}", *self.members(self.objects[name])])
        return [written[name] for name in sorted(written)]

    # -- Operations --------------------------------------------------------------------------------

    def operation(self, method: str, path: str, operation: dict) -> str:
        lines = [f"## {method} {path}"]
        lines += [f"{operation['summary']}."] if "summary" in operation else []
        lines += [operation["description"]] if "description" in operation else []
        if not operation.get("security") or {} in operation["security"]:
            lines.append("Needs no key.")
        if parameters := [self.resolve(one) for one in operation.get("parameters", ())]:
            lines += ["", "Parameters:", *self.parameters(parameters)]
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            lines += ["", f"Body ({media_type}):", *self.fields(content.get("schema", {})), *_examples(content)]
        return "\n".join([*lines, "", "Answers:", *self.answers(operation["responses"])])

    def parameters(self, parameters: list[dict]) -> list[str]:
        lines, operators, common = [], {}, []
        for one in parameters:
            if one["name"] in EVERYWHERE:
                common.append(one["name"])
            elif asked := _FILTER.fullmatch(one["name"]):
                operators.setdefault(asked["field"], []).append(asked["operator"])
            else:
                marks = [one["in"], self.kind(one.get("schema", {})), *(["required"] if one.get("required") else [])]
                lines.append(f"- {one['name']} ({', '.join(marks)})" + _described(one))
        lines += [f"- filters[{name}][{'|'.join(found)}] (query)" for name, found in operators.items()]
        return [*lines, f"- {', '.join(common)}: as everywhere"] if common else lines

    def answers(self, responses: dict) -> list[str]:
        lines = []
        for status, response in sorted(responses.items()):
            if status >= "400":
                continue
            found = self.resolve(response)
            kinds = [self.kind(content.get("schema", {}), naming=True) for content in found.get("content", {}).values()]
            lines.append(f"- {status}: {' or '.join(kinds) or found.get('description', '')}")
            for content in found.get("content", {}).values():
                lines += ["  " + line for line in _examples(content)]
        refusals = [status for status in sorted(responses) if status >= "400"]
        return [*lines, f"- {', '.join(refusals)}: an error"] if refusals else lines

    # -- Fields and their types --------------------------------------------------------------------

    def members(self, schema: dict) -> list[str]:
        """The members of an object of an answer; objects within it by their names."""
        inner = self.resolve(schema)
        return [
            f"- {name} ({self.kind(member, naming=True)})" + _described(member, self.resolve(member))
            for name, member in inner.get("properties", {}).items()
        ] or [f"- {self.kind(inner, naming=True)}"]

    def fields(self, schema: dict, depth: int = 0, seen: tuple[str, ...] = ()) -> list[str]:
        """The fields of a body, one a line, nested ones indented below."""
        name = schema.get("$ref", "")
        if depth >= DEEPEST or (name and name in seen):
            return []
        inner, seen = self.resolve(schema), (*seen, name)
        if "items" in inner:
            return self.fields(inner["items"], depth, seen)
        for part in _parts(inner):
            if "$ref" in part:
                return self.fields(part, depth, seen)
        lines = []
        for field, member in inner.get("properties", {}).items():
            marks = [self.kind(member), *(["required"] if field in inner.get("required", ()) else [])]
            described = _described(member, self.resolve(member))
            lines.append(f"{'  ' * depth}- {field} ({', '.join(marks)}){described}")
            lines += self.fields(member, depth + 1, seen)
        return lines

    def kind(self, schema: dict, *, naming: bool = False) -> str:
        """The type in a few words: ``string``, ``array of number``, ``one of pending, posted``, ``list of Account``."""
        plain = self.resolve(schema)
        if naming and "$ref" in schema and "properties" in plain:
            return self.name_of(schema["$ref"], plain)
        if "const" in plain:
            return json.dumps(plain["const"])
        if "enum" in plain:
            return "one of " + ", ".join("null" if choice is None else str(choice) for choice in plain["enum"])
        if parts := _parts(plain):
            return " or ".join(dict.fromkeys(self.kind(part, naming=naming) for part in parts))
        kinds = plain.get("type", "any")
        kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
        if kind == "array":
            items = self.kind(plain.get("items", {}), naming=naming)
            return f"any of {items.removeprefix('one of ')}" if items.startswith("one of ") else f"array of {items}"
        detail = plain.get("format") or plain.get("pattern")
        return f"{kind} {detail}" if detail else kind

    def name_of(self, reference: str, plain: dict) -> str:
        """The name of an object, which is described at the end; a list is named by what it holds."""
        properties = plain["properties"]
        if properties.get("object", {}).get("const") == "list":
            return "list of " + self.kind(properties["data"]["items"], naming=True)
        name = reference.rpartition("/")[2]
        self.objects.setdefault(name, plain)
        return name

    def resolve(self, node: dict) -> dict:
        """The node itself, or what its ``$ref`` points to within the document."""
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node


def _parts(schema: dict) -> list[dict]:
    """The alternatives, or the layers, that a schema is put together from."""
    return schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf") or []


def _described(*nodes: dict) -> str:
    text = next((node["description"] for node in nodes if node.get("description")), "")
    return f": {' '.join(text.split())}" if text else ""


def _examples(content: dict) -> list[str]:
    found = [one["value"] for one in content.get("examples", {}).values() if "value" in one]
    found += [content["example"]] if "example" in content else []
    return [f"Example: {dumps(value).decode()}" for value in found]
