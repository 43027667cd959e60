"""The link of an invitation. Its token is worked out from SECRET_KEY when the letter leaves, and is kept nowhere.

So who reads the database, or the letters of the organization, cannot accept what was sent to somebody else.
"""

import base64
import hmac

from django.conf import settings

from organizations import ids, scoping
from organizations.invitations.models import Invitation
from organizations.letters import sending
from organizations.letters.models import Letter

ABOUT = "invitation"


def is_token(token: str, invitation: Invitation) -> bool:
    """Whether it is the token of the invitation's last link, under this SECRET_KEY or one that is being rotated out."""
    named = (invitation.organization_id, invitation.public_id, invitation.round)
    right = [_token(secret, *named) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return any(hmac.compare_digest(token.encode(), each.encode()) for each in right)


def invitation_of(organization_id: str, invitation_id: str, token: str) -> Invitation | None:
    """The invitation that a link leads to, while it can be accepted. All else looks alike."""
    try:
        where, number = ids.decode("ORG", organization_id), ids.decode("IVT", invitation_id)
    except ValueError:
        return None
    with scoping.acting_in(where):
        found = Invitation.objects.of(where).select_related("organization").filter(pk=number).first()
    if found is None or not is_token(token, found):
        return None
    return found if found.status == "pending" and found.organization.status == "active" else None


def _token(secret: str, organization_id: int, public_id: str, round_: int) -> str:
    said = f"invitation {organization_id} {public_id} {round_}"
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), said.encode(), "sha256")).decode().rstrip("=")


def _token_of(letter: Letter) -> str:
    return _token(settings.SECRET_KEY, letter.organization_id, letter.about_id, int(letter.metadata["round"]))


sending.secrets[ABOUT] = _token_of
