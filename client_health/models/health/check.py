from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...scoring.levels import GONE, LEVELS
from ..mixins import company_day
from ..mixins.access import MANAGER, storable

HEAVIEST = 1_000_000  # the largest weight


class ClientHealthCheck(models.Model):
    """One of the questions about a client. Changes of its weight are logged in its
    chatter."""

    _name = "client.health.check"
    _inherit = ["client.setting", "mail.thread"]
    _description = "Relationship check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short technical name, never changed.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    question = fields.Char(
        translate=True, help="What this check asks about the client, in one sentence."
    )
    advice = fields.Text(translate=True, help="What to do first when it turns red.")
    weight = fields.Float(
        default=10,
        groups=MANAGER,
        tracking=True,
        help="Its share in the score, compared with the other checks.",
    )
    floor_level = fields.Selection(
        selection=[level for level in LEVELS if level[0] not in ("healthy", "unknown")],
        string="Level when red",
        default="watch",
        tracking=True,
        help="When this check is red, the client is at best at this level, whatever "
        "the score. Empty: the score alone decides.",
    )
    indicator_ids = fields.One2many("client.health.indicator", "check_id")

    flag_total = fields.Integer(
        string="Flags",
        compute="_compute_flag_figures",
        groups=MANAGER,
        help="Raised in the last twelve months.",
    )
    false_alarm_count = fields.Integer(
        string="False alarms",
        compute="_compute_flag_figures",
        groups=MANAGER,
        help="Flags of the last twelve months that people called a false alarm.",
    )
    false_alarm_rate = fields.Float(
        compute="_compute_flag_figures",
        groups=MANAGER,
        help="Share of false alarms in all flags of the last twelve months.",
    )

    weight_share = fields.Float(
        string="Share of the score",
        compute="_compute_weight_share",
        groups=MANAGER,
        help="Its weight in the weight of all active checks. Checks that cannot be "
        "measured for a client leave their share to the others.",
    )
    watch_count = fields.Integer(
        string="Clients with a warning", compute="_compute_client_counts"
    )
    red_count = fields.Integer(
        string="Clients at red", compute="_compute_client_counts"
    )

    _code_unique = models.UniqueIndex(
        "(code)", "There is already a check with this code."
    )

    @api.model
    def _reasons(self):
        """Reasons to end a relationship, as (code, label): the checks, and two that no
        check covers."""
        checks = self.sudo().with_context(active_test=False).search([])
        return [
            *((check.code, check.name) for check in checks),
            ("theirs", self.env._("The client's own decision")),
            ("other", self.env._("Another reason")),
        ]

    def _compute_flag_figures(self):
        """Flags of the clients that the user may see."""
        today = company_day.today(self.env, self.env.company)
        since = today - relativedelta(years=1)
        figures = {}
        for check, feedback, count in self.env["client.health.flag"]._read_group(
            [("check_id", "in", self.ids), ("raised_on", ">", since)],
            ["check_id", "feedback"],
            ["__count"],
        ):
            figures.setdefault(check.id, {})[feedback] = count
        for check in self:
            counts = figures.get(check.id, {})
            check.flag_total = sum(counts.values())
            check.false_alarm_count = counts.get("false_alarm", 0)
            check.false_alarm_rate = (
                check.false_alarm_count / check.flag_total if check.flag_total else 0
            )

    @api.constrains("weight")
    def _check_weight(self):
        for check in self:
            if not 0 <= check.weight <= HEAVIEST:
                raise ValidationError(
                    self.env._(
                        "The weight of the check “%(check)s” is %(weight)s. Give zero "
                        "(it never costs points) or more, up to %(most)s.",
                        check=check.name,
                        weight=check.weight,
                        most=HEAVIEST,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create([storable(self._fields, vals) for vals in vals_list])
        self.env["client.health"]._refresh_soon()
        return checks

    def write(self, vals):
        result = super().write(storable(self._fields, vals))
        self.env["client.health"]._refresh_soon()
        return result

    def unlink(self):
        # through the ORM: records that refer to an indicator may refuse
        self.with_context(active_test=False).indicator_ids.unlink()
        result = super().unlink()
        self.env["client.health"]._refresh_soon()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_flagged(self):
        """The flags of a check say what happened with clients, and go with it."""
        flags = self.env["client.health.flag"].sudo()
        flagged = flags.search([("check_id", "in", self.ids)], limit=1).check_id
        if flagged:
            raise UserError(
                self.env._(
                    "“%s” has raised flags, which would be lost with it. Archive it "
                    "instead: then it counts no more.",
                    flagged.name,
                )
            )

    @api.model
    def _active_checks(self):
        """All active checks in order, as records of the superuser."""
        return self.sudo().search([])

    def _as_mapping(self):
        """One check as plain data, with its active indicators in order."""
        self.ensure_one()
        return {
            "code": self.code,
            "weight": self.weight,
            "floor_level": self.floor_level or None,
            "indicators": [i._as_mapping() for i in self.indicator_ids if i.active],
        }

    def action_open_indicators(self):
        """Open the figures that answer this check."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_indicator_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("check_id", "=", self.id)],
            "context": {"default_check_id": self.id, "active_test": False},
        }

    @api.depends("weight", "active")
    def _compute_weight_share(self):
        total = sum(self._active_checks().mapped("weight"))
        for check in self:
            counts = check.active and total
            check.weight_share = check.weight / total if counts else 0

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_client_counts(self):
        """From the open flags of current clients that the user may see."""
        groups = self.env["client.health.flag"]._read_group(
            [
                ("check_id", "in", self.ids),
                ("state", "!=", "cleared"),
                ("side", "=", "client"),
                ("company_id", "in", self.env.companies.ids),
                ("health_id", "any", [("phase", "not in", GONE)]),
            ],
            ["check_id", "level"],
            ["__count"],
        )
        counts = {(check.id, level): count for check, level, count in groups}
        for check in self:
            check.watch_count = counts.get((check.id, "watch"), 0)
            check.red_count = counts.get((check.id, "red"), 0)

    def action_show_flags(self):
        """Open the flags of this check that are not cleared."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_flag_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("check_id", "=", self.id)],
            "context": {"search_default_current": 1},
        }
