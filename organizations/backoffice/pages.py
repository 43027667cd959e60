"""Pages that the back office is made of: a record with its facts, and a form in front of a verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from organizations.backoffice.forms import VerbForm
from organizations.errors import NotAuthorized, NotFound, Refusal
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, refusal_of


@dataclass(frozen=True, slots=True)
class Button:
    """A link, or with ``post`` a form of one button, which sends ``fields``. ``confirm`` is asked first."""

    title: str
    url: str
    icon: str = ""
    post: bool = False
    variant: str = "default"
    confirm: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table below the facts. Cells are texts or safe HTML; ``right`` names right-aligned columns by place.

    ``levels`` make a tree of it that folds: how deep each row stands, None for a row that is no part of it.
    """

    title: str
    headers: list[str]
    rows: list[list[Any]]
    right: frozenset[int] = frozenset()
    empty: str = "Nothing yet."
    levels: Sequence[int | None] = ()

    @property
    def leveled(self) -> list[tuple[int | None, list[Any]]]:
        """The rows, each after its level."""
        return list(zip(self.levels or [None] * len(self.rows), self.rows, strict=True))


@dataclass(slots=True)
class Page:
    """What a page shows, from top to bottom. ``crumbs`` are (title, address) of the pages above it."""

    title: str
    facts: list[tuple[str, Any]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    badge: Any = ""
    intro: str = ""
    form: VerbForm | None = None
    form_title: str = ""
    submit: str = "Save"
    danger: bool = False
    back: str = ""
    extra: dict = field(default_factory=dict)
    template: str = "admin/backoffice/page.html"


def show(site, request: HttpRequest, page: Page, status: int = 200) -> HttpResponse:
    """Render a page."""
    request.current_app = site.name
    context = {**site.each_context(request), "title": page.title, "page": page, **page.extra}
    return TemplateResponse(request, page.template, context, status=status)


def attempt(act: Callable[[], Any]) -> tuple[Any, Refusal | None]:
    """Do an act within a savepoint: its result, or the refusal that undid it.

    Out of reach and not permitted are the whole page's business and are raised on, as are
    deadlocks, for which the whole request is tried again. A narrower refusal of the same
    family (a key that could do more than its maker) has something to say next to the form.
    """
    try:
        with transaction.atomic():
            return act(), None
    except Refusal as refusal:
        if type(refusal) in (NotFound, NotAuthorized):
            raise
        return None, refusal
    except DATABASE_ERRORS as problem:
        refusal = None if is_retryable(problem) else refusal_of(problem)
        if refusal is None or refusal.status >= 500:
            raise
        return None, refusal


def form_page(
    site,
    request: HttpRequest,
    page: Page,
    form_class: type[VerbForm],
    act: Callable[[dict], HttpResponse | str],
    *,
    obj=None,
    initial: dict | None = None,
    done: str = "",
) -> HttpResponse:
    """A form in front of a verb.

    ``act`` takes the cleaned fields and answers a response, or the address to go on to. What
    it refuses is shown next to the form, and nothing of it has happened.
    """
    bound = request.method == "POST"
    typed = (request.POST, request.FILES) if bound else ()
    page.form = form_class(*typed, office=request.office, obj=obj, initial=initial)
    if bound and page.form.is_valid():
        answer, refusal = attempt(lambda: act(page.form.cleaned_data))
        if refusal is None:
            if done:
                messages.success(request, done)
            return HttpResponseRedirect(answer) if isinstance(answer, str) else answer
        page.form.place(refusal)
    return show(site, request, page)
