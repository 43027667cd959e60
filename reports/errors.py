"""Refusals of reports."""

from organizations.errors import Conflict, Invalid, Unprocessable


class ReportTooLong(Unprocessable):
    """The period has more entries than one answer holds; ``details.most_entries`` says how many that are."""

    code = "report_too_long"
    message = "The period has more entries than one answer holds: ask for a shorter one"


class BudgetNameTaken(Conflict):
    """Another budget of the organization has this name; upper and lower case are the same."""

    code = "budget_name_taken"
    message = "There is a budget of this name already"


class BudgetFileInvalid(Invalid):
    """A file of a budget has problems; ``details.fields.file`` tells them line by line. Nothing was read."""

    code = "budget_file_invalid"
    message = "The file is no budget of this organization"


class InvestorAccountTaken(Conflict):
    """What two investors put in cannot stand on one account: nobody could tell it apart."""

    code = "investor_account_taken"
    message = "Another investor has this account"


class InvestorHasFlows(Conflict):
    """What the investor put in and was given stands on their account: with another one it would be lost."""

    code = "investor_has_flows"
    message = "Contributions or distributions stand on the investor's account: it cannot be changed any more"


class HoldingsExceedWhole(Unprocessable):
    """On ``details.effective_date`` the percentages of all investors would come to ``details.percentage``: over 100."""

    code = "holdings_exceed_whole"
    message = "Investors would have more than the whole"


class NothingToShareBy(Unprocessable):
    """Some of the amount is nobody's on that day: there are no shares, or they are less than the whole."""

    code = "nothing_to_share_by"
    message = "On this day the investors' shares do not come to the whole: name the allocations"


class CommitmentExceeded(Unprocessable):
    """More is called of ``details.investor_id`` than is committed and not called yet."""

    code = "commitment_exceeded"
    message = "The call is more than the investor has still committed"


class ReportRefused(Unprocessable):
    """A report that was to be made in the background was refused; ``details.report_error`` is the code of why."""

    code = "report_refused"
    message = "The report cannot be made"
