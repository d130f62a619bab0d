"""What is stored about a person, as whoever asks for it reads it."""

from odoo.tools import format_date, format_datetime, html2plaintext

from ..mixins.access import check_manager
from .erasure import RECORDS, Erasure, about
from .traces import Traces

# Types of fields in which people write something.
WORDS = ("char", "text", "html", "date")
MOST = 200  # messages of the person that are told, the latest


class Stored:
    """What is stored about one person."""

    def __init__(self, person):
        person.ensure_one()
        self.person = person
        self.env = person.env
        self.traces = Traces(person)

    def check(self):
        """Raise AccessError for others than managers who may read the contact."""
        check_manager(self.env, self.env._("print what is stored about a person"))
        self.person.check_access("read")

    # -- telling ---------------------------------------------------------------

    def _readable(self, model, names):
        """What is about the person, as far as the user may read it."""
        found = about(self.person, model, names).with_env(self.env)
        return found._filtered_access("read")

    def told(self):
        """What is stored, as text: ``[(title, [line, …])]``. Raises as :meth:`check`
        does."""
        self.check()
        parts = [
            (self.env._("The contact"), self._contact_lines()),
            (self.env._("Incidents"), self._incident_lines()),
            (self.env._("Asked to deliver"), self._request_lines()),
            (self.env._("Questions that wait, or waited"), self._turn_lines()),
            (self.env._("Talks"), self._talk_lines()),
            (self.env._("Where the person worked"), self._affiliation_lines()),
            (self.env._("Dismissed warnings"), self._dismissal_lines()),
            (self.env._("Records about the client"), self._process_lines()),
            (self.env._("Named in what we wrote"), self._named_lines()),
            (self.env._("Elsewhere in Odoo"), self._elsewhere_lines()),
        ]
        return [(title, lines) for title, lines in parts if lines]

    def _day(self, day):
        return format_date(self.env, day) or "–"

    def _contact_lines(self):
        """What people filled in of the contact, its bank accounts and its client."""
        person = self.person.sudo()
        lines = []
        for name, field in person._fields.items():
            is_filled_in = field.store and not (field.compute and field.readonly)
            if is_filled_in and field.type in WORDS and person[name]:
                value = person[name]
                if field.type == "html":
                    value = html2plaintext(value).strip()
                elif field.type == "date":
                    value = self._day(value)
                lines.append(f"{field._description_string(self.env)}: {value}")
        lines += [
            self.env._("Bank account: %s", bank.acc_number) for bank in person.bank_ids
        ]
        if person.parent_id:
            lines.append(person.parent_id.display_name)
        return lines

    def _label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    def _incident_lines(self):
        found = self._readable("client.incident", RECORDS["client.incident"])
        return [
            " · ".join(
                filter(
                    None,
                    (
                        self._day(incident.date),
                        self._label(incident, "category"),
                        self._label(incident, "severity"),
                        self._label(incident, "state"),
                        incident.description,
                    ),
                )
            )
            for incident in found
        ]

    def _request_lines(self):
        found = self._readable("client.request", ("contact_id",))
        return [
            f"{self._day(request.due_on)} · {request.name} · "
            f"{self._label(request, 'state')}"
            for request in found
        ]

    def _turn_lines(self):
        found = self._readable("client.turn", ("contact_id",))
        return [
            f"{format_datetime(self.env, turn.asked_on)} · {turn.asks or ''}"
            for turn in found
        ]

    def _talk_lines(self):
        found = self._readable("client.talk", ("contact_id",))
        return [
            " · ".join(
                filter(None, (self._day(talk.date), talk.what, talk.said, talk.agreed))
            )
            for talk in found
        ]

    def _affiliation_lines(self):
        found = self._readable("client.affiliation", ("contact_id",))
        return [
            f"{moved.partner_id.display_name}, {self._day(moved.until)}"
            for moved in found
        ]

    def _dismissal_lines(self):
        found = self._readable("client.people.dismissal", ("contact_id",))
        return [
            f"{self._day(said.dismissed_on)} · {self._label(said, 'kind')} · "
            f"{said.reason}"
            for said in found
        ]

    def _process_lines(self):
        lines = []
        for model in ("client.agreement", "client.recovery", "client.offboarding"):
            for record in self._readable(model, ("partner_id",)):
                state = self._label(record, "state")
                lines.append(f"{record.display_name} · {state}")
        for pulse in self._readable("client.pulse", ("partner_id",)):
            words = pulse.note or ""
            lines.append(
                self.env._(
                    "Pulse of %(day)s: respect %(respect)s of 5, attitude "
                    "%(attitude)s of 5. %(note)s",
                    day=self._day(pulse.date),
                    respect=pulse.respect,
                    attitude=pulse.attitude,
                    note=words,
                )
            )
        return lines

    def _named_lines(self):
        """Records of ours about the client in whose words the person is named."""
        lines = []
        for model, ids in Erasure(self.person)._records(self._clients()).items():
            named = self.env[model].browse(self.traces.named_in(model, ids))
            if named.has_access("read"):
                lines += named._filtered_access("read").mapped("display_name")
        return lines

    def _clients(self):
        """The clients for which the person works, or worked."""
        moves = about(self.person, "client.affiliation", ("contact_id",))
        return self.person.sudo().commercial_partner_id | moves.partner_id

    def _elsewhere_lines(self):
        """How many records of each kind name the person, in all companies."""
        names = {}
        for model, ids in self.traces.rows().items():
            if not model.startswith("client.") and not self.env[model]._transient:
                names[self.env["ir.model"].sudo()._get(model).name] = len(ids)
        lines = [f"{name}: {count}" for name, count in sorted(names.items())]
        if self.env["res.company"].sudo().search([]) - self.env.user.company_ids:
            lines.append(
                self.env._(
                    "Of incidents, pulses, agreements and the like this names what you "
                    "may read. A manager who works in all companies prints it whole."
                )
            )
        return self._message_lines() + lines

    def _message_lines(self):
        messages = self.env["mail.message"].sudo()
        written = messages.search_count([("author_id", "=", self.person.id)])
        got = messages.search_count([("partner_ids", "in", self.person.ids)])
        follows = self.env["mail.followers"].sudo()
        followed = follows.search_count([("partner_id", "=", self.person.id)])
        return [
            self.env._("Messages written: %s", written),
            self.env._("Messages received: %s", got),
            self.env._("Records followed: %s", followed),
            *self._written_lines(),
        ]

    def _written_lines(self):
        """What the person wrote lately, as far as the user may read it."""
        messages = self.env["mail.message"].search(
            [("author_id", "=", self.person.id)], order="date desc, id desc", limit=MOST
        )
        return [
            " · ".join(
                filter(
                    None,
                    (
                        format_datetime(self.env, message.date),
                        message.subject,
                        html2plaintext(message.body or "").strip(),
                    ),
                )
            )
            for message in messages
        ]
