"""Contents page: the back office of this app, in chapter order."""

from reconciliation.matching.admin import MatchDesk as MatchDesk
from reconciliation.matching.lines_admin import LineDesk as LineDesk
from reconciliation.rules.admin import RuleDesk as RuleDesk
from reconciliation.rules.token_desks import LearnedTokenDesk as LearnedTokenDesk
from reconciliation.sessions.admin import ReconciliationDesk as ReconciliationDesk
from reconciliation.statements.admin import StatementDesk as StatementDesk
from reconciliation.statements.import_pages import import_page as import_page
from reconciliation.workbench.admin import workbench_page as workbench_page
