"""Where a person is found in what Odoo stores: records that name the person, and rows
with an address or number of theirs."""

import re

from odoo.tools import SQL, email_normalize, email_split

# Columns that hold mail addresses of people, in any model of Odoo.
MAILS = ("email", "email_normalized", "email_from", "partner_email")
# Models whose rows about the person are handled by themselves, or are no record.
APART = {
    "res.partner", "mail.message", "mail.notification", "mail.followers", "res.groups",
    "res.company", "res.partner.category",
}  # fmt: skip
SEPARATED = "[ ./()-]*"  # between the digits of a phone number
DIGITS = 8  # at its end, the same with and without a country


def is_table(model):
    """True for a model with rows of its own."""
    return model._auto and not model._abstract and bool(model._table)


class Traces:
    """What tells of one person. ``sure``: a regular expression of PostgreSQL for name,
    addresses and numbers; ``parts``: one for the words of the name, as written."""

    def __init__(self, person):
        self.person = person.sudo().with_context(active_test=False)
        self.env = self.person.env
        self.users = self.person.user_ids
        self.mails = self._mails()
        self.sure = self._sure()
        self.parts = self._parts()

    # -- patterns --------------------------------------------------------------

    def _mails(self):
        person = self.person
        found = {person.email, person.email_normalized, *self.users.mapped("login")}
        return sorted({mail.strip().lower() for mail in found if mail and "@" in mail})

    def _sure(self):
        words = {*self._turned(), *filter(None, self.users.mapped("login"))}
        words -= set(self.mails)
        found = [_escaped(word) for word in sorted(words, key=len)[::-1]]
        addresses = map(_whole_address, sorted(self.mails, key=len)[::-1])
        found = filter(None, [*addresses, *found, *self._numbers()])
        return "|".join(found) or r"\m\M"

    def _turned(self):
        """A name of several words, also as in lists: the last word first."""
        words = (self.person.name or "").split()
        if len(words) > 1:
            yield self.person.name
            yield f"{words[-1]}, {' '.join(words[:-1])}"
            yield f"{words[-1]} {' '.join(words[:-1])}"

    def _numbers(self):
        names = [n for n in ("phone", "mobile") if n in self.person._fields]
        for number in {self.person[name] for name in names} - {False}:
            digits = re.sub(r"\D", "", number)[-DIGITS:]
            if len(digits) == DIGITS:
                yield rf"(\+?[0-9]{{1,4}}{SEPARATED})?" + SEPARATED.join(digits) + r"\M"
            elif number.strip():
                yield _escaped(number)

    def _parts(self):
        """The words of the name, without those that others at the client, or of us,
        have too."""
        client = self.person.commercial_partner_id
        family = self.env["res.partner"].search(
            [("commercial_partner_id", "=", client.id), ("id", "!=", self.person.id)]
        )
        ours = self.env["res.users"].search([("share", "=", False)]).partner_id
        names = filter(None, (family | ours - self.person).mapped("name"))
        others = set(re.findall(r"\w+", " ".join(names)))
        words = set(re.findall(r"\w{3,}", self.person.name or "")) - others
        return "|".join(rf"\m{word}\M" for word in sorted(words)) or None

    # -- records ---------------------------------------------------------------

    def rows(self):
        """Model → ids of the records, in every app, that name the person, a user of the
        person, or an address of theirs."""
        self.env.flush_all()
        found = {}
        for name in sorted(set(self.env.registry) - APART):
            model = self.env[name].with_context(active_test=False)
            if is_table(model) and not name.startswith(("ir.", "bus.")):
                queries = [*self._naming(model), *self._with_mail(model)]
                if queries:
                    rows = self.env.execute_query(SQL(" UNION ").join(queries))
                    found[name] = [row[0] for row in rows if row[0]]
        return {name: ids for name, ids in found.items() if ids}

    def _naming(self, model):
        """SQL of the ids that name the person in a field."""
        people = {"res.partner": self.person.ids, "res.users": self.users.ids}
        if model._name == "res.users":
            people["res.users"] = []
        table = SQL.identifier(model._table)
        for field in model._fields.values():
            ids = people.get(field.comodel_name) if field.store else None
            if not ids or field.name in ("create_uid", "write_uid"):
                continue
            if field.type == "many2one" and field.column_type[0] == "int4":
                column = SQL.identifier(field.name)
                yield SQL("SELECT id FROM %s WHERE %s = ANY(%s)", table, column, ids)
            elif field.type == "many2many" and field.relation:
                relation, mine, theirs = field.relation, field.column1, field.column2
                yield SQL(
                    "SELECT %s FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(mine),
                    SQL.identifier(relation),
                    SQL.identifier(theirs),
                    ids,
                )

    def _with_mail(self, model):
        """SQL of the ids with an address of the person."""
        for name in MAILS if self.mails else ():
            field = model._fields.get(name)
            if field and field.store and field.column_type:
                yield SQL(
                    "SELECT id FROM %s WHERE %s ~* ANY(%s)",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                    [_whole_address(mail) for mail in self.mails],
                )

    # -- texts -----------------------------------------------------------------

    def texts(self, model):
        """The fields of a model in whose columns people write."""
        return [
            field
            for field in self.env[model]._fields.values()
            if field.store
            and field.type in ("char", "text", "html", "json", "properties")
            and field.column_type
        ]

    def named_in(self, model, ids):
        """Those of these ids of a model in whose texts the person is named."""
        matches = [
            SQL("%s::text ~%s %s", column, SQL("*" if insensitive else ""), pattern)
            for column in (SQL.identifier(f.name) for f in self.texts(model))
            for pattern, insensitive in self.patterns(model)
        ]
        if not (ids and matches):
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND (%s) ORDER BY id",
                SQL.identifier(self.env[model]._table),
                list(ids),
                SQL(" OR ").join(matches),
            )
        )
        return [row[0] for row in rows]

    def patterns(self, model):
        """(pattern, whether in upper and lower case) of what names the person in texts
        of a model. A word of a name may be another word in a line of the books."""
        found = [(self.sure, True)]
        if self.parts and not model.startswith("account."):
            found.append((self.parts, False))
        return found

    def replace(self, model, ids):
        """Replace what names the person in all texts of these records."""
        self.env.flush_all()
        named = self.named_in(model, ids)
        table = SQL.identifier(self.env[model]._table)
        for field in self.texts(model) if named else ():
            column = words = SQL.identifier(field.name)
            kind = SQL.identifier(field.column_type[0])
            for pattern, insensitive in self.patterns(model):
                flags = "gi" if insensitive else "g"
                words = SQL(
                    "regexp_replace(%s::text, %s, '…', %s)", words, pattern, flags
                )
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = (%(words)s)::%(kind)s
                        WHERE id = ANY(%(ids)s) AND %(column)s::text <> %(words)s""",
                    table=table,
                    column=column,
                    words=words,
                    kind=kind,
                    ids=named,
                )  # fmt: skip
            )
        self.env.invalidate_all(flush=False)

    def messages(self):
        """Ids of the messages from an address of the person that name no author."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM mail_message
                    WHERE author_id IS NULL AND email_from ~* ANY(%s)""",
                [_whole_address(mail) for mail in self.mails],
            )
        )
        return [row[0] for row in rows]

    def is_to(self, addresses):
        """True where a text of addresses has one of the person, whole."""
        named = {email_normalize(each) for each in email_split(addresses or "")}
        return not named.isdisjoint(self.mails)


def _escaped(word):
    """A regular expression that finds a text as whole words; empty for a short one."""
    word = word.strip()
    if len(word) < 3:
        return ""
    escaped = re.sub(r"([^\w\s])", r"\\\1", word)
    start = r"\m" if word[:1].isalnum() else ""
    end = r"\M" if word[-1:].isalnum() else ""
    return start + escaped + end


def _whole_address(mail):
    """A regular expression of PostgreSQL that finds a mail address, and not as part of
    another one. A full stop may follow it, at the end of a sentence."""
    escaped = re.sub(r"([^\w\s])", r"\\\1", mail)
    return rf"(?<![\w.+-]){escaped}(?![\w-]|\.\w)"
