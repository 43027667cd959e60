"""Contents page: the nouns of this app, in chapter order."""

from organizations.currencies.models import Currency as Currency
from organizations.events.models import Event as Event
from organizations.jobs.models import Job as Job
from organizations.jobs.models import JobPart as JobPart
from organizations.keys.models import ApiKey as ApiKey
from organizations.keys.models import KeySecret as KeySecret
from organizations.letters.models import Letter as Letter
from organizations.letters.models import LetterAttachment as LetterAttachment
from organizations.members.models import Membership as Membership
from organizations.requests.models import IdempotencyKey as IdempotencyKey
from organizations.requests.models import SignupKey as SignupKey
from organizations.tenants.models import Organization as Organization
from organizations.users.models import User as User
from organizations.webhooks.models import Delivery as Delivery
from organizations.webhooks.models import Webhook as Webhook
