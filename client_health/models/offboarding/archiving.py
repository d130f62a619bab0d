"""Archive a client and what belongs to it, and bring exactly that back."""

from odoo import fields

from ..mixins import company_day
from ..mixins.access import colleagues, employees
from ..process.family import family

QUIET = {"dont_notify": True, "skip_attendee_notification": True}


def users_of(partners):
    """Active users among these partners."""
    users = partners.env["res.users"].sudo()
    return users.search([("partner_id", "in", partners.ids), ("active", "=", True)])


def portal_users(client):
    """Active portal users of the client and its contacts."""
    return users_of(family(client)).filtered(lambda user: not user._is_internal())


def outcome_lines(env, outcome):
    """What was archived, as sentences in the language of ``env``.

    ``outcome``: lines of the form "code: names", or sentences of old versions.
    """
    words = {
        "kept": env._(
            "Not archived: other companies of ours still work with this client (%s). "
            "Only our own relationship ended."
        ),
        "agreements": env._("Agreements ended: %s"),
        "stays": env._("Marked as left and not archived, because it is also: %s"),
        "meetings": env._("Upcoming meetings cancelled: %s"),
        "left": env._("Taken off meetings that go on with others: %s"),
        "activities": env._("Activities closed: %s"),
        "subscriptions": env._("Mailing-list subscriptions ended: %s"),
        "portal": env._("Portal access ended: %s"),
        "contacts": env._("Contacts archived: %s"),
        "client": env._("Client archived: %s"),
        "ours": env._("Left as they are, because they are users of ours: %s"),
        "shared": env._("Projects that go on, with others or by a manager's word: %s"),
    }
    lines = []
    for line in (outcome or "").splitlines():
        code, _colon, names = line.partition(": ")
        lines.append(words[code] % names if code in words else line)
    return lines


class Archiving:
    """Archives one client, with sudo. ``offboarding`` tells what else to archive;
    ``projects``: of the client.

    ``changed`` is a list of ``[model, id, {field: value before}, {field: value
    after}]``, in the order of the changes; the last was not kept by older versions.
    """

    def __init__(self, offboarding, projects):
        self.offboarding, self.projects = offboarding.sudo(), projects
        self.env = self.offboarding.env
        self.client = self.offboarding.partner_id

    def end(self, keepers, stays=""):
        """Archive the client and what belongs to it; returns (changed, outcome).
        Nothing is archived where other companies, ``keepers``, keep the client: what is
        chosen happens to our meetings and activities. Nor where it stays as what
        ``stays`` says, such as a supplier."""
        changed, outcome = self._end_agreements()
        if keepers:
            for code, records, values in self._ours():
                if records:
                    changed += self._write(records, values)
                    outcome.append(f"{code}: {', '.join(map(_name, records))}")
            # the reader may work in none of them: their number only
            return changed, "\n".join([*outcome, f"kept: {len(keepers)}"])
        if stays:
            return changed, "\n".join([*outcome, f"stays: {stays}"])
        everybody = family(self.client)
        users = users_of(everybody)
        internal = users.filtered(lambda user: user._is_internal())
        for code, records, values in [*self._groups(everybody, users, internal)]:
            if records:
                changed += self._write(records, values)
                outcome.append(f"{code}: {', '.join(map(_name, records))}")
        shared = self.projects.open(everybody)
        if internal:
            names = ", ".join(internal.partner_id.mapped("display_name"))
            outcome.append(f"ours: {names}")
        if shared:  # not everybody who reads this may read them
            outcome.append(f"shared: {len(shared)}")
        return changed, "\n".join(outcome)

    def end_access(self, users):
        """End the access of portal users; returns what was changed."""
        return self._write(users, self._no_access())

    def bring_back(self, changed):
        """Restore what was changed, in reverse order, where it still is as the end left
        it and still the client's.

        Returns (names of records that were deleted meanwhile, names of those that were
        left alone).
        """
        gone, left = [], []
        for model, record_id, before, *rest in reversed(changed):
            after = rest[0] if rest else {}
            # when its app is gone, so is the record
            record = model in self.env and self.env[model].browse(record_id).exists()
            if not record:
                gone.append(f"{model} {record_id}")
            elif "partner_ids" in before and record.active:
                left += self._ask_again(record, before, after)
            elif self._is_as_left(record, before, after):
                self._restore(record, dict(before))
            else:
                left.append(_name(record))
        return gone, left

    # -- archive ---------------------------------------------------------------

    def _groups(self, everybody, users, internal):
        """Yield (code, records, values) to write, in this order. The records are all
        found before the first is written."""
        offboarding, away = self.offboarding, {"active": False}
        if offboarding.cancel_meetings:
            meetings = self._meetings(everybody)
            shared = meetings.filtered(
                lambda event: event.partner_ids.filtered("partner_share") - everybody
            )
            leave = [fields.Command.unlink(partner.id) for partner in everybody]
            yield "meetings", meetings - shared, away
            yield "left", shared, {"partner_ids": leave}
        if offboarding.close_activities:
            yield "activities", self._activities(everybody), away
        if offboarding.end_subscriptions:
            yield "subscriptions", self._subscriptions(everybody), {"opt_out": True}
        yield "portal", users - internal, self._no_access()
        contacts = everybody - self.client - internal.partner_id
        yield "contacts", contacts.filtered("active"), away
        yield "client", self.client, away

    def _ours(self):
        """Yield, as :meth:`_groups`, what is chosen of what our company planned with a
        client that another one keeps. A mailing list belongs to no company."""
        offboarding, away = self.offboarding, {"active": False}
        everybody, company = family(self.client), self.offboarding.company_id
        if offboarding.cancel_meetings:
            meetings = self._meetings(everybody)
            yield "meetings", self._planned_by(meetings, company), away
        if offboarding.close_activities:
            activities = self._activities(everybody)
            yield "activities", self._planned_by(activities, company), away

    def _planned_by(self, records, company):
        """Those whose person works in this company alone."""
        return records.filtered(lambda record: record.user_id.company_ids == company)

    def _end_agreements(self):
        """End what was agreed with our company, on the last day of the relationship;
        drafts are refused. Returns (changed, outcome)."""
        offboarding = self.offboarding
        agreements = self.env["client.agreement"].search(
            [
                ("partner_id", "=", self.client.id),
                ("company_id", "=", offboarding.company_id.id),
                ("state", "in", ("draft", "active")),
            ]
        )
        names = ("state", "date_end")
        before = _values(agreements, names)
        today = company_day.today(offboarding.env, offboarding.company_id)
        active = agreements.filtered(lambda a: a.state == "active")
        (agreements - active).write({"state": "refused"})
        active._stop(min(offboarding.date_end or today, today))
        active.filtered(lambda a: a.state == "active").write({"state": "ended"})
        ended = ", ".join(map(_name, agreements))
        changed = _changes(agreements, names, before)
        return changed, [f"agreements: {ended}"] if agreements else []

    def _write(self, records, values):
        """Write ``values``; returns what was changed, as in ``changed``."""
        names = list(values)
        if records._name == "mailing.subscription":
            names += ["opt_out_datetime", "opt_out_reason_id"]
        if records._name == "res.users":
            names.append("partner_id")
        before = _values(records, names)
        if records._name == "res.users":
            for old, user in zip(before, records, strict=True):
                old["signup_type"] = user.partner_id.signup_type or False
            records.partner_id.write({"signup_type": False})
        records.with_context(**QUIET).write(dict(values))
        return _changes(records, names, before)

    def _no_access(self):
        """Values that end the access of a portal user, as Odoo's portal does it."""
        portal = self.env.ref("base.group_portal")
        public = self.env.ref("base.group_public")
        return {
            "group_ids": [
                fields.Command.unlink(portal.id),
                fields.Command.link(public.id),
            ],
            "active": False,
        }

    def _meetings(self, everybody):
        """Upcoming meetings with the client or one of its contacts."""
        now = fields.Datetime.now()
        mine = [("partner_ids", "in", everybody.ids), ("start", ">=", now)]
        return self.env["calendar.event"].search(mine).with_context(**QUIET)

    def _activities(self, everybody):
        """Open activities on the client and its contacts."""
        mine = [("res_model", "=", "res.partner"), ("res_id", "in", everybody.ids)]
        return self.env["mail.activity"].search(mine)

    def _subscriptions(self, everybody):
        """Mailing-list subscriptions of the client's addresses, without addresses that
        others have too."""
        if "mailing.subscription" not in self.env:
            return None
        addresses = {p.email_normalized for p in everybody if p.email_normalized}
        shared = self.env["res.partner"].search(
            [
                ("email_normalized", "in", list(addresses)),
                ("id", "not in", everybody.ids),
            ]
        )
        addresses -= set(shared.mapped("email_normalized"))
        return self.env["mailing.subscription"].search(
            [
                ("contact_id.email_normalized", "in", list(addresses)),
                ("opt_out", "=", False),
            ]
        )

    # -- reactivate ------------------------------------------------------------

    def _is_theirs(self, people):
        """True while people are of the client, and none of them works for us."""
        is_ours = colleagues(people) or employees(people)
        return people.commercial_partner_id == self.client and not is_ours

    def _is_as_left(self, record, before, after):
        """False for who moved to another client, works for us now or wants no mail any
        more, and for what somebody brought back or changed since."""
        if record._name == "res.users":
            theirs = self._is_theirs(record.partner_id)
            return theirs and not (record.active or record._is_internal())
        if any(_plain(record, name) != value for name, value in after.items()):
            return False
        if record._name == "res.partner":
            return self._is_theirs(record) and not record.active
        if record._name == "project.task":
            recurrence = record.env["project.task.recurrence"]
            kept = recurrence.browse(before["recurrence_id"]).exists()
            return bool(kept) and not record.recurrence_id
        if record._name == "client.agreement":
            others = record._in_force(self.client, self.offboarding.company_id)
            return record.state in ("ended", "refused") and not others - record
        if record._name == "mailing.subscription":
            wanted = record.opt_out and not record.contact_id.is_blacklisted
            address = record.contact_id.email_normalized
            people = self.env["res.partner"].with_context(active_test=False)
            people = people.search([("email_normalized", "=", address)])
            return wanted and self._is_theirs(people)
        return all(not record[name] for name in before)

    def _ask_again(self, meeting, before, after):
        """Put people back on a meeting that went on with others; returns the names of
        those who are left alone."""
        off = set(before["partner_ids"]) - set(after.get("partner_ids", ()))
        people = self.env["res.partner"].browse(sorted(off)).exists()
        people -= meeting.partner_ids
        theirs = people.filtered(self._is_theirs)
        back = [fields.Command.link(person.id) for person in theirs]
        meeting.with_context(**QUIET).write({"partner_ids": back})
        if after:
            return [_name(person) for person in people - theirs]
        return []  # it is not known who of them was taken off

    def _restore(self, record, values):
        if record._name != "res.users":
            record.with_context(**QUIET).write(values)
            return
        partner = self.env["res.partner"].browse(values.pop("partner_id"))
        kind = values.pop("signup_type")
        groups = self.env["res.groups"].browse(values["group_ids"]).exists()
        public = self.env.ref("base.group_public") - groups
        values["group_ids"] = [
            *(fields.Command.unlink(group.id) for group in public),
            *(fields.Command.link(group.id) for group in groups - record.group_ids),
        ]
        record.write(values)
        partner.signup_type = kind


def _name(record):
    """The name of a record; a subscriber may have a mail address only."""
    address = record.contact_id.email if "contact_id" in record else None
    return record.display_name or address or "…"


def _values(records, names):
    """The values of fields, record by record, as :func:`_plain` has them."""
    return [{name: _plain(record, name) for name in names} for record in records]


def _changes(records, names, before):
    """Records that were written, as in ``changed``; ``before``: their values."""
    return [
        [record._name, record.id, old, new]
        for record, old, new in zip(
            records, before, _values(records, names), strict=True
        )
    ]


def _plain(record, name):
    """The value of a field in a form that JSON can hold and write() accepts."""
    field, value = record._fields[name], record[name]
    if field.type == "many2one":
        return value.id
    if field.relational:
        return value.ids
    if field.type in ("date", "datetime"):
        return value and field.to_string(value)
    return value
