"""Contents page: the back office of this app, in chapter order."""

from organizations.audit.admin import EventDesk as EventDesk
from organizations.backoffice.site import site as site
from organizations.directory.admin import OrganizationDesk as OrganizationDesk
from organizations.jobs.admin import JobDesk as JobDesk
from organizations.keys.admin import ApiKeyDesk as ApiKeyDesk
from organizations.letters.admin import LetterDesk as LetterDesk
from organizations.members.admin import MemberDesk as MemberDesk
from organizations.members.admin import UserDesk as UserDesk
from organizations.status.admin import CurrencyDesk as CurrencyDesk
from organizations.webhooks.admin import DeliveryDesk as DeliveryDesk
from organizations.webhooks.admin import WebhookDesk as WebhookDesk
