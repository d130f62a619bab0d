"""Taking a person out of what is stored: who is deleted, and who is erased."""

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..mixins import company_day
from ..mixins.access import check_manager, colleagues, employees
from .traces import Traces

# Models that keep somebody in a field, whom deleting the contact would take out.
RECORDS = {
    "client.incident": ("partner_id", "contact_id"),
    "client.agreement": ("partner_id",),
    "client.recovery": ("partner_id",),
    "client.offboarding": ("partner_id",),
}
# What stays of a contact that is erased.
STAYS = {"name", "type", "lang", "tz"}
# Where a person lives, in numbers.
PLACE = ("partner_latitude", "partner_longitude")
TEXTS = ("char", "text", "html", "binary", "date", "datetime", "properties")


def about(person, model, names):
    """The records of a model with these persons in one of these fields; with sudo."""
    records = person.env[model].sudo().with_context(active_test=False)
    domain = [(name, "in", person.ids) for name in names]
    return records.search(["|"] * (len(names) - 1) + domain)


class Erasure:
    """Contacts whom somebody wants to delete, or to erase."""

    def __init__(self, partners):
        self.partners = partners
        self.env = partners.env

    # -- deleting --------------------------------------------------------------

    def refuse_deletion(self):
        """Raise UserError where incidents, agreements or processes are about one of
        them: they would be gone without anybody having decided so."""
        for partner in self.partners:
            if any(about(partner, *kept) for kept in RECORDS.items()):
                raise UserError(
                    self.env._(
                        "Client Health has records about %s, which would be lost. "
                        "Archive the contact instead. Who asks to be forgotten is "
                        "erased by a manager of Client Health, with “Erase this "
                        "person” among the actions of the contact.",
                        partner.display_name,
                    )
                )

    # -- erasing ---------------------------------------------------------------

    def check(self):
        """Raise unless the user may erase them, and they can be."""
        check_manager(self.env, self.env._("erase a person"))
        self.partners.check_access("write")
        for person in self.partners:
            if person.is_company or colleagues(person) or employees(person):
                raise UserError(
                    self.env._(
                        "%s is no person outside our firm, and is not erased.",
                        person.display_name,
                    )
                )
        companies = self.env["res.company"].sudo().search([])
        elsewhere = companies - self.env.user.sudo().company_ids
        if elsewhere and any(self._is_known_in(p, elsewhere) for p in self.partners):
            raise AccessError(
                self.env._(
                    "A person is erased in all companies, and there are some in which "
                    "you do not work. Ask a manager who works in all."
                )
            )
        for person in self.partners:
            open_ones = [
                record
                for model in ("client.recovery", "client.offboarding")
                for record in about(person, model, ("partner_id",))
                if record.state not in record._closed
            ]
            if open_ones:
                raise UserError(
                    self.env._(
                        "Finish or cancel this first: %s.",
                        ", ".join(record.display_name for record in open_ones),
                    )
                )

    def _is_known_in(self, person, companies):
        """True for a person whom these companies share, have records about, or with
        whose client they have business. The company on a contact alone says little: who
        may write the contact may have set it a moment ago."""
        if not person.sudo().company_id:
            return True
        worked = about(person, "client.affiliation", ("contact_id",)).partner_id
        clients = person.sudo().commercial_partner_id | worked
        healths = about(clients, "client.health", ("partner_id",))
        records = [about(person, *kept) for kept in RECORDS.items()]
        records.append(about(person, "client.request", ("contact_id",)))
        records.append(about(person, "client.turn", ("contact_id",)))
        known = [healths.company_id, *(found.company_id for found in records)]
        return any(found & companies for found in known)

    def erase(self):
        """Take the persons out of everything that is kept of them, for good."""
        self.check()
        for person in self.partners.sudo().with_context(
            tracking_disable=True, active_test=False
        ):
            self._erase(person)

    def _erase(self, person):
        client = person.commercial_partner_id
        traces = Traces(person)
        rows = traces.rows()
        worked = about(person, "client.affiliation", ("contact_id",)).partner_id
        records = self._records(client | worked)
        self._erase_incidents(person)
        for model, names in (
            ("client.turn", ("contact_id",)),
            ("client.people.dismissal", ("contact_id",)),
            ("client.affiliation", ("contact_id",)),
        ):
            about(person, model, names).unlink()
        requests = about(person, "client.request", ("contact_id",))
        requests.with_context(tracking_disable=True).contact_id = False
        about(person, "client.talk", ("contact_id",)).contact_id = False
        about(person, "client.pulse", ("partner_id",)).note = False
        self._erase_files(person, records if client == person else {})
        everywhere = {
            model: [*{*records.get(model, ()), *rows.get(model, ())}]
            for model in {**records, **rows}
        }
        self._erase_messages(person, traces, everywhere)
        if "rating.rating" in rows:
            given = self.env["rating.rating"].sudo().browse(rows["rating.rating"])
            given.filtered(lambda r: r.partner_id == person).feedback = False
        for model, ids in everywhere.items():
            traces.replace(model, ids)
        self._erase_lists(person, traces)
        self._erase_contact(person)

    def _records(self, clients):
        """Model of ours → ids of its records about clients."""
        found = {}
        for name in sorted(self.env.registry):
            model = self.env[name].sudo().with_context(active_test=False)
            stored = model._auto and not model._abstract and not model._transient
            if name.startswith("client.") and stored and "partner_id" in model._fields:
                found[name] = model.search([("partner_id", "in", clients.ids)]).ids
        return found

    def _erase_incidents(self, person):
        incidents = about(person, "client.incident", RECORDS["client.incident"])
        incidents = incidents.with_context(tracking_disable=True)
        incidents._track_discard()
        incidents.filtered(lambda i: i.state == "reported").state = "dismissed"
        for company, mine in incidents.grouped("company_id").items():
            mine.write(
                {
                    "contact_id": False,
                    "description": False,
                    "dismiss_reason": False,
                    "res_model": False,
                    "res_id": False,
                    "anonymised_on": company_day.today(self.env, company),
                }
            )
        incidents._forget_traces()
        incidents._refresh_health()

    def _erase_files(self, person, records):
        """Files on the contact, in its messages and on ``records`` (model → ids)."""
        files = self.env["ir.attachment"].sudo()
        messages = self.env["mail.message"].sudo()
        mine = messages.search([("author_id", "=", person.id)])
        mine.attachment_ids.unlink()
        for model, ids in {**records, "res.partner": person.ids}.items():
            files.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("res_field", "in", [False, *self.env[model]._fields]),
                ]
            ).unlink()

    def _erase_messages(self, person, traces, records):
        """Messages on the contact go; what the person wrote loses its words; in others
        to the person, or on ``records``, the name is replaced."""
        self.env.flush_all()
        messages = self.env["mail.message"].sudo()
        on_contact = [("model", "=", "res.partner"), ("res_id", "=", person.id)]
        messages.search(on_contact).unlink()
        written = messages.search([("author_id", "=", person.id)])
        written |= messages.browse(traces.messages()).exists()
        to_person = messages.search(
            ["|", ("partner_ids", "in", person.ids)]
            + [("notification_ids.res_partner_id", "in", person.ids)]
        )
        others = to_person - written
        for model, ids in records.items():
            others |= messages.search([("model", "=", model), ("res_id", "in", ids)])
        activities = self.env["mail.activity"].sudo()
        activities.search(
            [("res_model", "=", "res.partner"), ("res_id", "=", person.id)]
        ).unlink()
        noted = activities.browse()
        for model, ids in records.items():
            noted |= activities.search(
                [("res_model", "=", model), ("res_id", "in", ids)]
            )
        mails = self.env["mail.mail"].sudo()
        theirs = [("mail_message_id", "in", (written | to_person).ids)]
        mails.search(theirs).unlink()
        for address in traces.mails:
            found = mails.search([("email_to", "ilike", address)])
            found.filtered(lambda mail: traces.is_to(mail.email_to)).unlink()
        kept = mails.search([("mail_message_id", "in", others.ids)])
        self.env["mail.followers"].sudo().search(
            [("partner_id", "=", person.id)]
        ).unlink()
        self.env.flush_all()
        for table, column in (
            ("mail_notification", "res_partner_id"),
            ("mail_message_res_partner_rel", "res_partner_id"),
            ("mail_message_res_partner_starred_rel", "res_partner_id"),
        ):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    person.id,
                )
            )
        self.env.cr.execute(
            SQL(
                "DELETE FROM client_message WHERE message_id = ANY(%s)",
                written.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message
                      SET body = '', subject = NULL, author_id = NULL, email_from = NULL
                    WHERE id = ANY(%s)""",
                written.ids,
            )
        )
        both = (written | others).ids
        traces.replace("mail.message", both)
        traces.replace("mail.activity", noted.ids)
        traces.replace("mail.mail", kept.exists().ids)
        for model in ("mail.tracking.value", "client.message"):
            field = "mail_message_id" if model.startswith("mail") else "message_id"
            found = self.env[model].sudo().search([(field, "in", both)])
            traces.replace(model, found.ids)
        self._erase_names_of_files((written | others).attachment_ids, traces, records)

    def _erase_names_of_files(self, files, traces, records):
        """Files of these messages and on ``records``: invitations go, of others the
        name and what Odoo knows of the content is replaced."""
        for model, ids in records.items():
            files |= files.search([("res_model", "=", model), ("res_id", "in", ids)])
        invitations = files.filtered(lambda f: f.mimetype == "text/calendar")
        invitations.unlink()
        traces.replace("ir.attachment", (files - invitations).ids)

    def _erase_lists(self, person, traces):
        """Mailing lists, numbers of banks and what was pushed to browsers."""
        numbers = (
            [person.phone_sanitized] if "phone_sanitized" in person._fields else []
        )
        for model, field, values in (
            ("mailing.contact", "email_normalized", traces.mails),
            ("mail.blacklist", "email", traces.mails),
            ("phone.blacklist", "number", numbers),
        ):
            if model in self.env:
                listed = self.env[model].sudo().with_context(active_test=False)
                listed.search([(field, "in", [*filter(None, values)])]).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner_bank
                      SET acc_number = 'erased-' || id,
                          sanitized_acc_number = 'ERASED' || id, acc_holder_name = NULL
                    WHERE partner_id = %s""",
                person.id,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM bus_bus WHERE message ~* %s", traces.sure))

    def _erase_contact(self, person):
        """The contact itself stays as a number, with nobody's name."""
        users = person.user_ids
        users.active = False
        self.env.flush_all()
        self.env.cr.execute(  # by the ORM Odoo would mail to the person about it
            SQL(
                "UPDATE res_users SET login = 'erased-' || id WHERE id = ANY(%s)",
                users.ids,
            )
        )
        self.env.invalidate_all(flush=False)
        values = {
            name: False
            for name, field in person._fields.items()
            if field.store
            and field.type in TEXTS
            and name not in STAYS
            and not field.required
            and not field.related
            and not (field.compute and not field.inverse and field.readonly)
            and name not in ("create_date", "write_date")
        }
        person.with_context(active_test=True).write(
            {
                **values,
                **{name: 0 for name in PLACE if name in person._fields},
                "name": self.env._("Erased person %s", person.id),
                "category_id": [(5, 0, 0)],
                "active": False,
            }
        )
        self.env.flush_all()
