"""What one should know of the people between us and a client."""

from odoo.tools import format_list

from .counts import talks_text

FEW = 5  # so much must have been said before anything is told of it
FEW_DAYS = 3  # on so many days a contact was heard before silence says something
SILENT_DAYS = 60
FEW_LEFT = 3  # so often one of us talked with them before leaving matters
MOST_BOUNCED = 5  # contacts that are named one by one


class Warnings:
    """The warnings about the people of one client; ``people`` is a
    :class:`.people.People` that has counted, ``back`` whose mail came back."""

    def __init__(self, people, back):
        self.people = people
        self.back = back
        self.env = people.env
        self.today = people.scope.as_of

    def told(self):
        """``[{"kind", "contact", "text", "dismissed"}]``: ``contact`` the id of whom it
        is about, ``dismissed`` None or ``{"id", "by", "reason", "day"}``. A dismissal
        holds until something newer says the same."""
        found = [
            *self._one_contact(),
            *self._silent(),
            *self._bounced(),
            *self._left(),
        ]
        dismissals = self.env["client.people.dismissal"]._of(self.people.health)
        lines = []
        for kind, contact, since, text in found:
            said = dismissals.get((kind, contact))
            if said and since and said.dismissed_on < since:
                said = None
            lines.append(
                {
                    "kind": kind,
                    "contact": contact,
                    "text": text,
                    "dismissed": said and self._dismissed(said),
                }
            )
        return lines

    def _dismissed(self, said):
        return {
            "id": said.id,
            "by": said.user_id.sudo().name,
            "reason": said.reason,
            "day": self.people._text(said.dismissed_on),
        }

    def _name(self, contact):
        return self.people.names.get(contact) or self.env._(
            "A contact whom you may not open"
        )

    def _one_contact(self):
        """All that was said in a year was with one person of a company."""
        spoke = [contact for contact in self.people.by_contact if contact]
        count = self.people.all
        if not self.people.client.is_company or len(spoke) != 1 or count.total < FEW:
            return
        yield (
            "one_contact",
            spoke[0],
            None,
            self.env._(
                "%(contact)s is the only one who talks with us (%(talks)s in a year). "
                "Get to know somebody else there.",
                contact=self._name(spoke[0]),
                talks=talks_text(self.env, count),
            ),
        )

    def _silent(self):
        """Whoever talked with us most is silent for much longer than ever."""
        heard = {
            contact: count
            for contact, count in self.people.by_contact.items()
            if contact and len(count.heard_days) >= FEW_DAYS
        }
        if not heard:
            return
        main = max(heard, key=lambda c: (len(heard[c].heard_days), heard[c].heard, c))
        count = heard[main]
        days = sorted(count.heard_days)
        longest = max((b - a).days for a, b in zip(days, days[1:], strict=False))
        silence = (self.today - count.heard).days
        if silence <= SILENT_DAYS or silence <= 2 * longest:
            return
        name = self._name(main)
        text = self.env._("%s, who talked with us most, is silent.", name)
        if count.last:
            text = self.env._(
                "%(contact)s, who talked with us most, has not been heard for %(days)s "
                "days; the longest silence before was %(longest)s. Call.",
                contact=name,
                days=silence,
                longest=longest,
            )
        yield "silent", main, count.heard, text

    def _bounced(self):
        """The last mail to a contact came back."""
        for contact, day in self.back[:MOST_BOUNCED]:
            name = self._name(contact)
            text = self.env._("Mail to %s comes back. Ask for the address.", name)
            if day:
                text = self.env._(
                    "Mail to %(contact)s came back on %(day)s. Ask for the address.",
                    contact=name,
                    day=self.people._text(day),
                )
            yield "bounced", contact, day, text

    def _left(self):
        """One of us who talked with them has left."""
        staff = self.people.staff
        for key in sorted(staff.left.intersection(staff.names)):
            count = self.people.by_colleague[key]
            if count.total < FEW_LEFT:
                continue
            theirs = {p.contact for p in self.people.by_pair if p.colleague == key}
            others = {
                staff.names[pair.colleague]
                for pair in self.people.by_pair
                if pair.contact in theirs
                and pair.colleague in staff.names
                and pair.colleague not in staff.left
            }
            params = {
                "colleague": staff.names[key],
                "talks": talks_text(self.env, count),
                "others": format_list(self.env, sorted(others)) if others else "",
            }
            if others:
                text = self.env._(
                    "%(colleague)s, who talked with them (%(talks)s in a year), has "
                    "left. The same people are known to %(others)s.",
                    **params,
                )
            else:
                text = self.env._(
                    "%(colleague)s, who talked with them (%(talks)s in a year), has "
                    "left, and nobody else of us knows the same people. Plan a "
                    "hand-over.",
                    **params,
                )
            yield "left", key, None, text
