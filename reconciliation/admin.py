"""Contents page: the back office of this app, in chapter order."""

from reconciliation.rules.admin import RuleDesk as RuleDesk
from reconciliation.rules.token_desks import LearnedTokenDesk as LearnedTokenDesk
from reconciliation.sessions.admin import ReconciliationDesk as ReconciliationDesk
