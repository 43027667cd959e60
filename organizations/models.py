"""Contents page: the nouns of this app, in chapter order."""

from organizations.currencies.models import Currency as Currency
from organizations.drafts.models import Draft as Draft
from organizations.events.models import Event as Event
from organizations.invitations.models import Invitation as Invitation
from organizations.jobs.models import Job as Job
from organizations.jobs.models import JobCancellation as JobCancellation
from organizations.jobs.models import JobPart as JobPart
from organizations.keys.models import ApiKey as ApiKey
from organizations.keys.models import KeySecret as KeySecret
from organizations.letters.models import Letter as Letter
from organizations.letters.models import LetterAttachment as LetterAttachment
from organizations.members.models import Membership as Membership
from organizations.metering.models import CreditEntry as CreditEntry
from organizations.metering.models import CreditPool as CreditPool
from organizations.metering.models import CreditPurchase as CreditPurchase
from organizations.metering.models import SpoolPosition as SpoolPosition
from organizations.notices.models import NoticeSettings as NoticeSettings
from organizations.requests.models import IdempotencyKey as IdempotencyKey
from organizations.requests.models import SignupKey as SignupKey
from organizations.requests.models import Usage as Usage
from organizations.tenants.models import Organization as Organization
from organizations.users.models import Authenticator as Authenticator
from organizations.users.models import User as User
from organizations.webhooks.models import Delivery as Delivery
from organizations.webhooks.models import Webhook as Webhook
