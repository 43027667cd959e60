"""Contents page: the nouns of this app, in chapter order."""

from reconciliation.matching.models import Match as Match
from reconciliation.matching.models import MatchedEntry as MatchedEntry
from reconciliation.rules.models import BankRule as BankRule
from reconciliation.rules.models import LearnedToken as LearnedToken
from reconciliation.sessions.models import Adjustment as Adjustment
from reconciliation.sessions.models import ReconciledEntry as ReconciledEntry
from reconciliation.sessions.models import Reconciliation as Reconciliation
from reconciliation.statements.models import Remark as Remark
from reconciliation.statements.models import SavedMapping as SavedMapping
from reconciliation.statements.models import Statement as Statement
from reconciliation.statements.models import StatementLine as StatementLine
