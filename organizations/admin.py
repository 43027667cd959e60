"""Contents page: the back office of this app, in chapter order."""

from organizations.audit.admin import EventDesk as EventDesk
from organizations.backoffice.site import site as site
from organizations.directory.admin import OrganizationDesk as OrganizationDesk
from organizations.drafts.admin import DraftDesk as DraftDesk
from organizations.invitations.admin import InvitationDesk as InvitationDesk
from organizations.invitations.pages import join as join
from organizations.jobs.admin import JobDesk as JobDesk
from organizations.keys.admin import ApiKeyDesk as ApiKeyDesk
from organizations.letters.admin import LetterDesk as LetterDesk
from organizations.logins.entering import login as login
from organizations.logins.passwords import change as change
from organizations.logins.second_factors import second_factor as second_factor
from organizations.members.admin import MemberDesk as MemberDesk
from organizations.members.admin import UserDesk as UserDesk
from organizations.metering.admin import usage_page as usage_page
from organizations.metering.credit_pages import credits_page as credits_page
from organizations.notices.admin import NoticeDesk as NoticeDesk
from organizations.status.admin import CurrencyDesk as CurrencyDesk
from organizations.status.background_pages import background_page as background_page
from organizations.webhooks.admin import DeliveryDesk as DeliveryDesk
from organizations.webhooks.admin import WebhookDesk as WebhookDesk
