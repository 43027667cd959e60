"""The OpenAPI description of the API, as far as it follows from the conventions.

A view says what is its own (serializers, filters, a docstring); what every operation
has in common is written here once: refusals, idempotency, dry runs, ids, keys, names.
"""

import copy
import re

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_parameter_type, force_instance, get_doc
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from organizations import errors, ids
from organizations.wire.answering import describe
from organizations.wire.conventions import CONVENTIONS
from organizations.wire.entity_tags import names_object
from organizations.wire.naming import is_variable, operation_name, steps_below_organization
from organizations.wire.query_strings import PAGE_PARAMETERS
from organizations.wire.rendering import JSONRenderer

WRITES = ("POST", "PUT", "PATCH", "DELETE")

OF_A_HEAD = (errors.AddressTooLong, errors.HeadersTooLarge)
ALWAYS = (errors.Invalid, errors.NotFound, *OF_A_HEAD, errors.ServerError, errors.Unavailable)
OF_A_KEY = (errors.Unauthenticated, errors.NotAuthorized, errors.RateLimited)
#: A condition is never passed over: where nothing has a tag it fails.
OF_A_WRITE = (errors.Conflict, errors.PreconditionFailed, errors.Unprocessable)
OF_A_BODY = (errors.LengthRequired, errors.PayloadTooLarge, errors.UnsupportedMediaType)

BEARER = {"type": "http", "scheme": "bearer", "description": "An API key: `cl_live_…` or `cl_test_…`."}
ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "code", "message", "details", "status", "request_id"],
            "additionalProperties": False,
            "properties": {
                "type": {
                    "type": "string",
                    "enum": [
                        "validation_error",
                        "authentication_error",
                        "credit_limit_error",
                        "authorization_error",
                        "not_found_error",
                        "conflict_error",
                        "business_rule_error",
                        "rate_limit_error",
                        "server_error",
                    ],
                },
                "code": {"type": "string", "description": "The name of the condition, for programs."},
                "message": {"type": "string", "description": "The condition in a sentence, for people."},
                "details": {
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "fields": {
                            "type": "object",
                            "description": "Problems by the path of the field, such as `entries[0].amount`.",
                            "additionalProperties": {"type": "array", "items": {"type": "string"}},
                        },
                        "retry_after": {"type": "integer", "description": "Seconds to wait before trying again."},
                    },
                },
                "status": {"type": "integer"},
                "request_id": {"type": ["string", "null"], "pattern": "^REQ_[0-9a-f]{16}$"},
            },
        }
    },
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Makes it safe to send this request again: the same key gets the first answer and no second effect.",
)
TAGS = {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'}
IF_MATCH = OpenApiParameter(
    "If-Match",
    TAGS,
    OpenApiParameter.HEADER,
    description="The `ETag` of the object as you read it: if somebody changed it since, the answer is 412.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    TAGS,
    OpenApiParameter.HEADER,
    description="The `ETag` of the copy that you have: if it is still the same, the answer is 304 without a body.",
)
ETAG = {"schema": {"type": "string"}, "description": "Names this state of the object, for `If-Match`."}
NOT_MODIFIED = {"description": "Your copy is still the same.", "headers": {"ETag": ETAG}}
DRY_RUN = OpenApiParameter(
    "dry_run", bool, OpenApiParameter.QUERY, description="Answer what would be done, and do nothing.", default=False
)


#: For a list that comes whole: it takes no parameters of pages.
WHOLE = [OpenApiParameter(name, exclude=True) for name in PAGE_PARAMETERS]


def public_id_schema(prefix: str) -> dict:
    """The schema of a public id of one kind. Reading ignores case; this is the form that is written."""
    return {"type": "string", "pattern": f"^{prefix}_[0-9a-f]{{16}}$", "examples": [ids.encode(prefix, 1 << 60)]}


class LedgerSchema(AutoSchema):
    """Describes one operation.

    Of the view it reads, beside what drf-spectacular does: ``open_to_anyone`` (methods
    that need no key; a view without this attribute asks for no key at all), and
    ``read_refusals`` (by action, what a read may refuse beside the usual).
    """

    # -- Names -------------------------------------------------------------------------------------

    def _steps(self) -> list[str]:
        return steps_below_organization(self.path)

    def get_operation_id(self) -> str:
        return operation_name(self.path, self.method, is_list=self.method == "GET" and self._is_list_view())

    def get_tags(self) -> list[str]:
        """The resource: the first word of the path."""
        words = [step for step in self._steps() if not is_variable(step)] or ["root"]
        return [words[0].replace("-", " ").replace(".", " ").capitalize()]

    def _own_words(self) -> list[str]:
        """The paragraphs of the handler's docstring, or of the view's own; a base class speaks to developers."""
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        text = get_doc(handler) or (get_doc(type(self.view)) if type(self.view).__dict__.get("__doc__") else "")
        return text.replace("``", "`").split("\n\n", 1) if text else []

    def get_summary(self) -> str | None:
        words = self._own_words()
        return " ".join(words[0].split()).rstrip(".") if words else None

    def get_description(self) -> str | None:
        words = self._own_words()[1:]
        if self.method == "GET" and getattr(self.view, "action", None) in getattr(self.view, "open_to_scoped_keys", ()):
            words.append("A scoped key sees what is in its scope.")
        return "\n\n".join(words) or None

    # -- Parameters --------------------------------------------------------------------------------

    def _resolve_path_parameters(self, variables) -> list[dict]:
        """An id in a path is named after what it is: ``account_id``."""
        return [
            build_parameter_type(name=name, location=OpenApiParameter.PATH, schema=_variable_schema(name))
            for name in variables
        ]

    def get_override_parameters(self) -> list:
        if not self._is_keyed():
            return []
        if self.method not in WRITES:
            return [IF_NONE_MATCH] if self._shows_tagged() else []
        return [*self._parameters_of_a_write(), *([IF_MATCH] if self._names_object() else [])]

    def _parameters_of_a_write(self) -> list:
        last = self._steps()[-1]
        in_body = last.startswith(("batch", "import")) or "imports" in self._steps()  # there it is a field of the body
        return [IDEMPOTENCY_KEY] if in_body else [IDEMPOTENCY_KEY, DRY_RUN]

    def _names_object(self) -> bool:
        """Whether the address is that of one object with an entity tag, or of an action on it."""
        return names_object(self.view, re.findall(r"{(\w+)}", self.path))

    def _shows_tagged(self) -> bool:
        """Whether the answer carries an entity tag."""
        return self._names_object() and getattr(self.view, "action", None) in ("retrieve", "update")

    def _get_filter_parameters(self) -> list[dict]:
        """Each backend describes itself; drf-spectacular would look for a fixed set of filters."""
        found = [backend().get_schema_operation_parameters(self.view) for backend in self.get_filter_backends()]
        return [parameter for parameters in found for parameter in parameters]

    def map_parsers(self) -> list[str]:
        """JSON. A view for uploads names its media type in ``extend_schema(request={…})``."""
        found = super().map_parsers()
        return [JSONRenderer.media_type] if JSONRenderer.media_type in found else found

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        """An amount is a decimal number; ``double`` would invite clients to lose its last digit.

        Choices stand where they are used: components for them get names by chance.
        """
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.DecimalField) and schema.get("format") == "double":
            del schema["format"]
        if isinstance(field, serializers.ChoiceField):
            schema.pop("x-spec-enum-id", None)
        return schema

    def _get_request_for_media_type(self, serializer, direction="request"):
        """``PUT`` takes a part of the fields, so none is required there."""
        if self.method == "PUT" and isinstance(serializer := force_instance(serializer), serializers.Serializer):
            serializer = copy.copy(serializer)
            serializer.partial = True
        return super()._get_request_for_media_type(serializer, direction)

    # -- Keys and answers --------------------------------------------------------------------------

    def _is_keyed(self) -> bool:
        return hasattr(self.view, "open_to_anyone")

    def get_auth(self) -> list[dict]:
        if not self._is_keyed():
            return []
        name = "bearer"
        self._register(name, ResolvedComponent.SECURITY_SCHEMA, BEARER)
        return [{name: []}, *([{}] if self.method in self.view.open_to_anyone else [])]

    def get_serializer_name(self, serializer, direction) -> str:
        """``AccountShape`` describes the shape of what a client knows as an Account."""
        return super().get_serializer_name(serializer, direction).removesuffix("Shape")

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def _get_response_bodies(self, direction="response") -> dict:
        answers = super()._get_response_bodies(direction)
        self._register("Error", ResolvedComponent.SCHEMA, ERROR)
        if self._shows_tagged():
            answers["200"] = answers["200"] | {"headers": {"ETag": ETAG}}
            if self.method == "GET":
                answers["304"] = self._register("NotModified", ResolvedComponent.RESPONSE, NOT_MODIFIED)
        for refusal in self._refusals():
            code = str(refusal.status)
            if code not in answers:
                answers[code] = self._register(refusal.__name__, ResolvedComponent.RESPONSE, _response_of(refusal))
        return dict(sorted(answers.items()))

    def _refusals(self) -> list[type[errors.Refusal]]:
        found = [*ALWAYS, *(OF_A_KEY if self._is_keyed() else ())]
        if self.method in WRITES:
            found += [*OF_A_WRITE, *(OF_A_BODY if self.method != "DELETE" else ())]
        else:
            found += getattr(self.view, "read_refusals", {}).get(getattr(self.view, "action", ""), ())
        return found

    def _register(self, name: str, kind: str, schema: dict) -> dict:
        """A component that all operations share, and the reference to it."""
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref


def finish(result: dict, generator, request, public) -> dict:
    """drf-spectacular's last step: the introduction, and the resources in order."""
    result["info"]["description"] = CONVENTIONS
    operations = [each for path in result["paths"].values() for each in path.values() if isinstance(each, dict)]
    names = sorted({tag for operation in operations for tag in operation.get("tags", ())})
    result["tags"] = [{"name": name} for name in names]
    return result


def _variable_schema(name: str) -> dict:
    prefix = ids.PREFIXES.get(re.sub(r"_id$", "", name))
    return public_id_schema(prefix) if prefix else {"type": "string"}


def _response_of(refusal: type[errors.Refusal]) -> dict:
    example = refusal(retry_after=1) if refusal is errors.RateLimited else refusal()
    body = {"schema": {"$ref": "#/components/schemas/Error"}, "example": describe(example, ids.encode("REQ", 1 << 60))}
    answer = {"description": (refusal.__doc__ or refusal.message).split("\n")[0], "content": {"application/json": body}}
    if "retry_after" in example.details:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return answer
