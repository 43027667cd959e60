"""Letters in the back office: what was sent to whom, and a button to send it again."""

from django.contrib.admin import register
from django.http import HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from unfold.decorators import display

from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.letters.answers import letter_answer
from organizations.letters.models import STATUSES, Letter
from organizations.letters.posting import resend_letter
from organizations.status import pulse

pulse.backlog["Letters to send"] = lambda: Letter.objects.filter(status="queued").count()


class ByStatus(ByWord):
    """Filter by whether the letter has left."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByDay(DayRange):
    """Filter by the day (UTC) of writing."""

    title = "day"
    parameter_name = "created_at"
    instants = True


@register(Letter, site=site)
class LetterDesk(TenantDesk):
    """E-mail that leaves the house."""

    resource = "letters"
    place = Place("Organization", 60, "Letters", "mail")
    list_display = ["subject", "shown_to", "about_id", "shown_status", "attempts", "shown_created", "shown_sent"]
    list_filter = [ByStatus, ByDay]
    search_fields = ["subject", "about_id", "to"]
    search_help_text = "Subject, address or id of what it is about contains this"
    ordering = ["-id"]
    sortable_by = []

    def page_urls(self):
        return [("resend", self.resend)]

    @display(description="To")
    def shown_to(self, letter):
        return ", ".join(letter.to)

    @display(description="Status")
    def shown_status(self, letter):
        return showing.badge(letter.status)

    @display(description="Written (UTC)")
    def shown_created(self, letter):
        return showing.moment(letter.created_at)

    @display(description="Sent (UTC)")
    def shown_sent(self, letter):
        return showing.moment(letter.sent_at)

    def record(self, request, obj) -> Page:
        answer = letter_answer(obj)
        page = Page(title=obj.subject, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [
            ("From", obj.sender),
            ("To", ", ".join(obj.to)),
            ("Copies", ", ".join(obj.cc)),
            ("Answers to", obj.reply_to),
            ("About", f"{obj.about_kind} {obj.about_id}".strip()),
            ("Written (UTC)", showing.moment(obj.created_at)),
            ("Sent (UTC)", showing.moment(obj.sent_at)),
            ("Attempts", obj.attempts),
            ("Next attempt (UTC)", showing.moment(answer["next_attempt_at"])),
            ("Last error", obj.last_error),
            ("Message-ID", obj.message_id),
            ("Text", format_html('<span class="co-pre" style="white-space: pre-wrap">{}</span>', obj.body)),
            ("Id", obj.public_id),
        ]
        files = [[each["name"], each["content_type"], filesizeformat(each["size"])] for each in answer["attachments"]]
        page.tables = [Table("Files", ["Name", "Type", "Size"], files, empty="No files.")]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if obj.status != "queued" and self.has_change_permission(request):
            ask = f"Send this again to {', '.join(obj.to)}?" if obj.status == "sent" else ""
            where = self.address("resend", obj.pk)
            page.buttons.insert(0, Button("Send again", where, icon="send", post=True, variant="primary", confirm=ask))
        return page

    def resend(self, request, object_id):
        """Send a letter again."""
        actor, letter = self.require(request), self.find(request, object_id)
        back = self.address("change", letter.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def again() -> None:
            resend_letter(actor=actor, organization=organization_of(request), letter_id=letter.pk)

        return self.act(request, again, back, "The letter will be sent again.")
