from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...facts.sides import CONTACT_DOMAIN
from ..mixins.access import USER
from ..mixins.dialog import open_form
from ..mixins.level_order import by_severity
from ..mixins.related_access import NO_HEALTH
from ..offboarding import returning
from .erasure import Erasure
from .partner_moves import PartnerMoves

# Model of records about a client → method that fills their fields on contacts.
ABOUT = {
    "client.incident": "_fill_incidents",
    "client.agreement": "_fill_agreement",
    "client.recovery": "_fill_recovery",
    "client.offboarding": "_fill_offboarding",
}


class ResPartner(models.Model):
    """A contact shows the health of its commercial entity in the current company. A
    client with open projects is not archived."""

    _name = "res.partner"
    _inherit = ["res.partner", "client.related.access"]

    own_health_id = fields.Many2one(
        "client.health",
        company_dependent=True,
        prefetch=True,  # with the rest of a contact: a query less where it is shown
        readonly=True,
        groups=USER,
        help="The health of the client in the present company; written once, when the "
        "contact becomes a client.",
    )
    health_id = fields.Many2one(
        related="commercial_partner_id.own_health_id",
        string="Health",
        groups=USER,
    )
    health_score = fields.Integer(
        related="commercial_partner_id.own_health_id.score",
        string="Health score",
        aggregator="avg",
        falsy_value=None,  # without a health there is no score, which is not 0
        groups=USER,
    )
    health_level = fields.Selection(
        related="commercial_partner_id.own_health_id.level",
        string="Health level",
        falsy_value_label=NO_HEALTH,
        group_expand=by_severity,
        groups=USER,
    )
    health_badge = fields.Json(
        related="commercial_partner_id.own_health_id.badge",
        exportable=False,
        groups=USER,
    )
    health_trend = fields.Integer(
        related="commercial_partner_id.own_health_id.trend",
        string="Health trend",
        aggregator=None,
        falsy_value=None,
        groups=USER,
    )
    red_flag_count = fields.Integer(
        related="commercial_partner_id.own_health_id.red_flag_count",
        string="Red flags",
        falsy_value=None,
        groups=USER,
    )
    health_phase = fields.Selection(
        related="commercial_partner_id.own_health_id.phase",
        string="Phase",
        falsy_value_label=NO_HEALTH,
        groups=USER,
    )
    # whose address, or mail domain, a sender has that is no author
    _client_health_domain = models.Index(
        f"(({CONTACT_DOMAIN.format(p='')}), email_normalized)"
        " WHERE email_normalized IS NOT NULL"
    )

    incident_count = fields.Integer(
        compute="_compute_about_client",
        groups=USER,
        help="Incidents with the client that one may see, dismissed ones left out.",
    )
    agreement_id = fields.Many2one(
        "client.agreement",
        string="Agreement in force",
        compute="_compute_about_client",
        groups=USER,
    )
    offboarding_id = fields.Many2one(
        "client.offboarding",
        string="Offboarding under way",
        compute="_compute_about_client",
        groups=USER,
    )
    left_offboarding_id = fields.Many2one(
        "client.offboarding",
        string="How the relationship ended",
        compute="_compute_about_client",
        groups=USER,
    )
    left_note = fields.Text(
        string="Client who left",
        compute="_compute_about_client",
        groups=USER,
    )
    recovery_id = fields.Many2one(
        "client.recovery",
        compute="_compute_about_client",
        groups=USER,
        help="The recovery under way, else the last one.",
    )
    in_recovery = fields.Boolean(compute="_compute_about_client", groups=USER)

    # -- health ----------------------------------------------------------------

    @api.constrains("own_health_id")
    def _check_own_health_id(self):
        """A contact can be linked to the health of its own client only."""
        company = self.env.company
        healths = self.env["client.health"].sudo()
        for partner in self.sudo():
            own = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
            if partner.own_health_id != healths.search(own):
                raise ValidationError(
                    self.env._(
                        "The health of “%(client)s” in %(company)s is found by the "
                        "nightly run and cannot be chosen.",
                        client=partner.display_name,
                        company=company.name,
                    )
                )

    @api.model
    def _link_healths(self, companies, clients=None):
        """Link contacts (all, or those with ids ``clients``) to their healths in some
        companies. Contacts that are linked already are not written."""
        self.env.flush_all()
        among = SQL() if clients is None else SQL("AND partner_id = ANY(%s)", clients)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p
                      SET own_health_id = COALESCE(p.own_health_id, '{}') || h.own
                     FROM (SELECT partner_id, jsonb_object_agg(company_id, id) AS own
                             FROM client_health WHERE company_id = ANY(%s) %s
                            GROUP BY partner_id) h
                    WHERE p.id = h.partner_id
                      AND NOT COALESCE(p.own_health_id, '{}') @> h.own""",
                companies.ids,
                among,
            )
        )
        if self.env.cr.rowcount:
            self.env.invalidate_all(flush=False)

    def action_open_health(self):
        """Open the health of the client this contact belongs to.

        Raises UserError when there is none, AccessError for those who may not read
        it.
        """
        self.ensure_one()
        self.check_access("read")
        health = self.health_id
        if not health:
            raise UserError(
                self.env._(
                    "The health of “%s” is not known yet. It is once there is business "
                    "with the client and the next night is over.",
                    self.display_name,
                )
            )
        health.check_access("read")
        name = self.env._("Relationship with %s", health.display_name)
        return open_form(health, name=name)

    @api.model
    def _open_health_of(self, record):
        """Open the health of the client that a record with a ``partner_id`` is about.

        Raises as :meth:`action_open_health` does.
        """
        record.ensure_one()
        record.check_access("read")
        if not record.partner_id.health_id:
            raise UserError(
                self.env._(
                    "“%s” has no client whose health is known yet. Choose a client, or "
                    "wait until the next night.",
                    record.display_name,
                )
            )
        return record.partner_id.action_open_health()

    # -- records about the client -----------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_about_client(self):
        """Incidents, agreement, offboarding and recovery of the clients. Most clients
        have none, so one query asks first which have any."""
        known = self._known_about()
        for name, fill in ABOUT.items():
            getattr(self, fill)(known.get(name, []))

    def _known_about(self):
        """Model → ids of clients of these contacts with any record in it.

        Without access rules, which makes it much faster than a search; the records
        themselves are searched with them.
        """
        clients = self.commercial_partner_id.ids
        queries = []
        for name in ABOUT:
            model = self.env[name]
            model.flush_model(["partner_id"])
            queries.append(
                SQL(
                    "SELECT %s, partner_id FROM %s WHERE partner_id = ANY(%s)",
                    name,
                    SQL.identifier(model._table),
                    clients,
                )
            )
        known = {}
        for name, client in self.env.execute_query(SQL(" UNION ").join(queries)):
            known.setdefault(name, []).append(client)
        return known

    def _fill_incidents(self, clients):
        incidents = self.env["client.incident"]
        found = incidents._about(clients, [("state", "!=", "dismissed")])
        counts = Counter(incident.partner_id.id for incident in found)
        for partner in self:
            partner.incident_count = counts[partner.commercial_partner_id.id]

    def _fill_agreement(self, clients):
        agreements = self.env["client.agreement"]._about(
            clients,
            [("company_id", "=", self.env.company.id), ("in_force", "=", True)],
        )
        found = {agreement.partner_id.id: agreement.id for agreement in agreements}
        for partner in self:
            partner.agreement_id = found.get(partner.commercial_partner_id.id)

    def action_open_agreement(self):
        """Open the agreement in force, else the list of the client's agreements."""
        self.ensure_one()
        if self.agreement_id:
            return self.agreement_id._open()
        return self._open_feedback("client_health.client_agreement_action")

    def action_open_incidents(self):
        """Open the incidents with the client that one may see."""
        self.ensure_one()
        return self._open_feedback("client_health.client_incident_action")

    def action_open_pulses(self):
        """Open the pulses on the client that one may see."""
        self.ensure_one()
        return self._open_feedback("client_health.client_pulse_action")

    def _open_feedback(self, xmlid):
        client = self.commercial_partner_id
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        self.env[action["res_model"]].check_access("read")
        return {
            **action,
            "domain": [("partner_id", "=", client.id)],
            "context": {"default_partner_id": client.id},
        }

    # -- offboarding -----------------------------------------------------------

    def _fill_offboarding(self, clients):
        """The open offboarding, and the one with which the relationship ended."""
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.offboarding"]._about(clients, here, "id")
        open_ones = {o.partner_id.id: o for o in found if o.state not in o._closed}
        latest = {o.partner_id.id: o for o in found if o.state == "done"}
        empty = self.env["client.offboarding"]
        for partner in self:
            client = partner.commercial_partner_id.id
            left = latest.get(client, empty)
            left = left if not left.reactivated_on else empty
            partner.offboarding_id = open_ones.get(client, empty)
            partner.left_offboarding_id = left
            partner.left_note = partner._left_words(left) if left else False

    def _left_words(self, left):
        """Why the relationship ended, and the conditions for a return, as text."""
        reasons = dict(left._fields["reason"]._description_selection(self.env))
        words = self.env._(
            "The relationship with %(client)s ended on %(day)s: %(reason)s.",
            client=left.partner_id.display_name,
            day=format_date(self.env, left.ended_on),
            reason=reasons.get(left.reason, self.env._("no reason given")),
        )
        if left.return_conditions:
            words += "\n" + self.env._(
                "Conditions for a return: %s", left.return_conditions
            )
        return words

    def _warn_who_left(self, record):
        """The onchange warning on new work for a client who left, for everybody; None
        for other clients. See :func:`returning.warning`."""
        if record._origin or not self or not self.has_access("read"):
            return None
        return returning.warning(self)

    @api.onchange("email", "vat", "street", "zip", "parent_id")
    def _onchange_client_who_left(self):
        """A new contact who resembles a client who left."""
        return None if self._origin else returning.warning(self)

    def action_start_offboarding(self):
        """Start ending the relationship with these clients, or go on with it."""
        offboardings = self.env["client.offboarding"]
        offboardings.check_access("create")
        (self | self.commercial_partner_id).check_access("read")
        if len(self) == 1:
            open_one = offboardings._open_of(self)
            if open_one:
                return open_one._open()
            offboardings._refuse_start(self, self.env.company)
        return offboardings._open_start(self)

    def action_open_offboarding(self):
        """Open the offboarding under way, or the one the client left with."""
        self.ensure_one()
        return (self.offboarding_id or self.left_offboarding_id)._open()

    # -- recovery --------------------------------------------------------------

    def _fill_recovery(self, clients):
        here = [("company_id", "=", self.env.company.id), ("state", "!=", "cancelled")]
        found = self.env["client.recovery"]._about(clients, here, "id")
        latest = {recovery.partner_id.id: recovery for recovery in found}
        latest.update({r.partner_id.id: r for r in found if r.state not in r._closed})
        for partner in self:
            recovery = latest.get(partner.commercial_partner_id.id, found.browse())
            partner.recovery_id = recovery
            partner.in_recovery = bool(recovery) and (
                recovery.state not in recovery._closed
            )

    def action_start_recovery(self):
        """Start a recovery with these clients, or go on with it."""
        recoveries = self.env["client.recovery"]
        recoveries.check_access("create")
        clients = self.commercial_partner_id
        (self | clients).check_access("read")
        if len(clients) == 1:
            open_one = recoveries._open_of(clients)
            if open_one:
                return open_one._open()
            reasons = recoveries._why_not(clients, self.env.company)
            for reason in reasons.values():
                raise UserError(reason)
        return recoveries._open_start(self)

    def action_open_recovery(self):
        """Open the recovery under way, else the last one."""
        self.ensure_one()
        return self.recovery_id._open()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_guarded(self):
        """Whoever owns open projects, or is in our records, is not deleted."""
        self.env["client.offboarding"]._archive_guard(self).check()
        Erasure(self).refuse_deletion()

    def write(self, vals):
        """A client with open projects is not archived; who is archived, comes back or
        becomes part of another client takes what is known along."""
        moves = PartnerMoves(self, vals)
        moves.check()
        result = super().write(vals)
        moves.follow()
        return result
