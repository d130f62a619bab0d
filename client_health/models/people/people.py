"""Who of us talks with whom of a client, how much and when last."""

from collections import defaultdict
from typing import NamedTuple

from odoo.tools import format_date, format_list

from ...facts.people import TALK_DAYS, bounced, talks
from ..turns.reader import Readable
from .counts import Count, talks_text
from .staff import Staff
from .warnings import Warnings

QUIET_PHASES = ("ended", "quiet", "past")  # nothing is warned about


class Pair(NamedTuple):
    """A contact and a colleague; either may be None, nobody by name."""

    contact: int | None
    colleague: int | None


class People:
    """What is known of who talks with whom for one health, as its reader may see it: of
    records that one may not open it gives counts, and no day; people whom one may not
    read are counted and not named."""

    def __init__(self, health):
        self.health = health
        self.env = health.env
        self.client = health.sudo().partner_id
        facts = self.env["client.health.facts"].sudo()
        self.facts = facts
        self.scope = facts._scope(health.sudo().company_id, self.client.ids)

    def told(self):
        """The people of both sides as a mapping; a fixed number of queries.

        ``{"since", "theirs", "ours", "links", "unnamed", "silent", "warnings"}``:
        ``since`` the first day that counts; ``theirs`` as ``[{"id", "name", "role",
        "archived", "talks", "total", "last", "with"}]``, who was heard last first;
        ``ours`` the same with a team as ``role`` and ``left`` in place of
        ``archived``, by name; ``talks`` as text, ``last`` a day as text or None where
        one may open none of it, ``with`` the names of the other side; ``links`` as
        ``[{"theirs", "ours", "total", "last"}]``; ``unnamed`` as ``{"theirs",
        "ours"}``, people whom one may not read; ``silent`` how many contacts nothing
        was said with; ``warnings`` as in :meth:`.warnings.Warnings.told`.
        """
        self._count()
        back = bounced(self.facts, self.scope)
        named = {talk for talk in self.by_contact if talk}
        contacts = self._contacts(named.union(found.contact for found in back))
        staff = Staff(self.env, set(self.by_colleague) - {None})
        self.names = {c.id: c.name or c.display_name for c in contacts}
        self.staff = staff
        theirs = [
            self._of_theirs(contact) for contact in contacts if contact.id in named
        ]
        theirs.sort(key=lambda line: (line["last"] or "", line["name"]), reverse=True)
        ours = [self._of_ours(key) for key in staff.names]
        ours.sort(key=lambda line: line["name"].casefold())
        warned = Warnings(self, back).told() if self._is_warned() else []
        return {
            "since": self._day(self.scope.as_of, -TALK_DAYS + 1),
            "theirs": theirs,
            "ours": ours,
            "links": self._links(),
            "unnamed": {
                "theirs": len(named.difference(self.names)),
                "ours": len(set(self.by_colleague) - {None} - set(staff.names)),
            },
            "silent": self._silent(named),
            "warnings": warned,
        }

    def _count(self):
        """Read what was said, and count it by contact, by colleague and by both."""
        found = talks(self.facts, self.scope, self.env.user.partner_id.id)
        places = {(t.model, t.res_id) for t in found if t.model and t.res_id}
        readable = Readable(self.env, places).names
        self.by_contact = defaultdict(Count)
        self.by_colleague = defaultdict(Count)
        self.by_pair = defaultdict(Count)
        self.all = Count()
        day_of = {}
        for talk in found:
            if talk.at not in day_of:
                day_of[talk.at] = self.facts._day_of(talk.at, self.scope.company)
            day = day_of[talk.at]
            open_ = (talk.model, talk.res_id) in readable
            for count in (
                self.all,
                self.by_contact[talk.contact],
                self.by_colleague[talk.colleague],
                self.by_pair[Pair(talk.contact, talk.colleague)],
            ):
                count.add(talk, day, open_)

    def _is_warned(self):
        return self.health.sudo().phase not in QUIET_PHASES

    def _contacts(self, ids):
        """Those of some contacts that the reader may read."""
        contacts = self.env["res.partner"].with_context(active_test=False)
        names = ["name", "function", "active", "parent_id", "is_company", "type"]
        return contacts.search_fetch([("id", "in", list(ids))], names)

    def _silent(self, named):
        """How many contacts of the client nothing was said with."""
        contacts = self.env["res.partner"]
        return contacts.search_count(
            [
                ("commercial_partner_id", "=", self.client.id),
                ("id", "not in", [self.client.id, *named]),
                ("is_company", "=", False),
                ("type", "=", "contact"),
            ]
        )

    # -- lines -----------------------------------------------------------------

    def _line(self, key, name, count, others):
        return {
            "id": key,
            "name": name,
            "talks": talks_text(self.env, count),
            "total": count.total,
            "last": count.last and count.last.isoformat(),
            "last_text": count.last and self._text(count.last),
            "with": format_list(self.env, sorted(others)) if others else "",
        }

    def _of_theirs(self, contact):
        with_ours = {
            self.staff.names[pair.colleague]
            for pair in self.by_pair
            if pair.contact == contact.id and pair.colleague in self.staff.names
        }
        line = self._line(
            contact.id,
            self.names[contact.id],
            self.by_contact[contact.id],
            with_ours,
        )
        return {
            **line,
            "role": contact.function or "",
            "archived": not contact.active,
        }

    def _of_ours(self, key):
        with_theirs = {
            self.names[pair.contact]
            for pair in self.by_pair
            if pair.colleague == key and pair.contact in self.names
        }
        name = self.staff.names[key]
        line = self._line(key, name, self.by_colleague[key], with_theirs)
        return {
            **line,
            "role": self.staff.teams.get(key, ""),
            "left": key in self.staff.left,
        }

    def _links(self):
        return [
            {
                "theirs": pair.contact,
                "ours": pair.colleague,
                "total": count.total,
                "last": count.last and count.last.isoformat(),
            }
            for pair, count in sorted(
                self.by_pair.items(),
                key=lambda item: (item[0][0] or 0, item[0][1] or 0),
            )
            if pair.contact in self.names and pair.colleague in self.staff.names
        ]

    # -- words -----------------------------------------------------------------

    def _day(self, day, days=0):
        return self._text(day.fromordinal(day.toordinal() + days))

    def _text(self, day):
        return format_date(self.env, day, date_format="d MMMM y")
