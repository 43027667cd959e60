"""Messages of others that are signed: their signature is their key."""

from rest_framework.parsers import BaseParser

from organizations.actors import Actor
from organizations.requests import opening
from organizations.requests.addresses import client_address
from organizations.requests.views import TenantViewSet


class SignedBody(BaseParser):
    """The body stays as it came: the signature is over its bytes."""

    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return {}


class SignedViewSet(TenantViewSet):
    """Where messages are taken in. Its handler checks the signature."""

    open_to_anyone = ("POST",)
    parser_classes = [SignedBody]

    def _open(self, request, named: str | None) -> opening.Opening:
        """Nobody's: a key or a session beside the signature says nothing here."""
        actor = Actor(ip_address=client_address(request), request_id=getattr(request, "request_id", None))
        return opening.Opening(actor=actor, organization=None, oversight=False, opened_at=None, mode="live")
