from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists

from ...engine.catch_up import CatchUp
from ...scoring.levels import LEVELS, is_thin
from ..mixins import company_day
from ..mixins.access import MANAGER, USER, check_manager, is_manager

MOST_OVERRIDDEN = 366  # days
# Rule that decided a level instead of the score → what the badge shows.
DECIDED_BY = {"floor": "flag", "override": "person"}


class ClientHealth(models.Model):
    """What people do with a client's health: override, list, search and open it."""

    _inherit = "client.health"

    flagged_check_ids = fields.Many2many(
        "client.health.check",
        string="Flagged checks",
        compute="_compute_flagged_check_ids",
        search="_search_flagged_check_ids",
        help="The checks with an open flag.",
    )
    badge = fields.Json(
        string="Health badge",
        compute="_compute_badge",
        exportable=False,
        help="What a badge shows: level, score, trend, our service, and by what the "
        "level was decided where it was not by the score: “flag” or “person”; “thin” "
        "where it rests on little evidence.",
    )
    # the level at the last alarm: what changes by day is told by the night
    told_level = fields.Char(groups=fields.NO_ACCESS)
    # codes of the figures that rest on too little to be shown
    grey_figures = fields.Char(groups=fields.NO_ACCESS)
    service_level = fields.Selection(
        [("ok", "Good"), ("watch", "Mediocre"), ("red", "Poor")],
        string="Our service",
        readonly=True,
        prefetch="badge",
        help="How well we serve the client, such as whether we answer in time: no part "
        "of the client's own level. Empty where nothing of it is measured.",
    )
    flag_summary = fields.Char(
        compute="_compute_flag_summary", help="What the open flags are about."
    )
    level_redefined = fields.Boolean(
        string="Level changed by new definitions",
        compute="_compute_level_redefined",
        search="_search_level_redefined",
        groups=MANAGER,
        help="An upgrade defined figures anew, and the next score had another level. "
        "What changed says by which figures.",
    )

    def init(self):
        """A column of numbers, which fields cannot be: those that the report of figures
        shows and adds up (facts/figures.py)."""
        done = super().init()
        if not column_exists(self.env.cr, self._table, "figures"):
            create_column(self.env.cr, self._table, "figures", "float8[]")
            codecs = self.env["client.health.codec"]
            if table_exists(self.env.cr, codecs._table):
                codecs._keep_figures()
        return done

    @api.depends("level", "score", "trend", "level_rule", "service_level", "coverage")
    def _compute_badge(self):
        for health in self:
            health.badge = health.level and {
                "level": health.level,
                "score": health.score,
                "trend": health.trend,
                "by": DECIDED_BY.get(health.level_rule),
                **({"service": health.service_level} if health.service_level else {}),
                **({"thin": True} if health._is_thin() else {}),
            }

    def _is_thin(self):
        """True where the level rests on little evidence."""
        return is_thin(self.level, self.coverage, self.level_rule)

    @api.depends("open_flag_ids.check_id", "open_flag_ids.side")
    @api.depends_context("lang")
    def _compute_flag_summary(self):
        """Names of the checks with an open flag, the red ones first."""
        for health in self:
            names = [
                self.env._("%s (ours)", flag.check_id.name)
                if flag.side == "ours"
                else flag.check_id.name
                for flag in health.open_flag_ids
            ]
            health.flag_summary = ", ".join(names)

    @api.depends("open_flag_ids.check_id")
    def _compute_flagged_check_ids(self):
        for health in self:
            health.flagged_check_ids = health.open_flag_ids.check_id

    @api.model
    def _search_flagged_check_ids(self, operator, value):
        """Who sees a client's health sees its flags: without a check of rights."""
        if operator != "in":
            return NotImplemented
        open_flags = Domain("state", "!=", "cleared")
        flagged = Domain("flag_ids", "any!", open_flags)
        found = Domain("flag_ids", "any!", open_flags & Domain("check_id", "in", value))
        return found | ~flagged if False in value else found

    # -- records behind a figure --------------------------------------------------

    @api.model
    def _record_lists(self):
        """Model → how a list of its records is shown best: ``view`` (the xmlid of a
        list view), ``manager_view`` (the one with amounts), ``context``.

        Another module that brings records adds its own.
        """
        return {
            "project.task": {"view": "project.open_view_all_tasks_list_view"},
            "account.move": {
                "view": "account.view_out_invoice_tree",
                "context": {"default_move_type": "out_invoice"},  # customer columns
            },
            "account.analytic.line": {
                "view": "hr_timesheet.timesheet_view_tree_user",
                "manager_view": "analytic.view_account_analytic_line_tree",
            },
            "mail.message": {"view": "client_health.mail_message_view_list"},
        }

    # -- the catch-up of the day --------------------------------------------------

    @api.model
    def _catch_up(self, company):
        """What scores the clients of a company whose records changed by day."""
        return CatchUp(self.with_company(company).env, company)

    @api.model
    def _cron_catch_up(self):
        """Score the clients whose records changed, in each company that wants it."""
        for company in self.env["res.company"].search([]):
            if company.client_health_catch_up:
                self._catch_up(company).run()

    # -- a level set by a person ------------------------------------------------

    @api.private
    def set_override(self, level, reason, until):
        """Put a level in place of the computed one, until a date.

        Raises UserError for a missing reason or a date that is past or more than
        a year away; AccessError for others than managers.
        """
        self._check_may_override()
        companies = self.company_id or self.env.company
        today = max(company_day.today(self.env, company) for company in companies)
        try:
            until = fields.Date.to_date(until)
        except (ValueError, TypeError):
            until = None
        if level not in dict(LEVELS) or level == "unknown":
            raise UserError(self.env._("Choose the level that the client should have."))
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why the level is overridden: others will ask.")
            )
        if not until or not today <= until <= today + timedelta(days=MOST_OVERRIDDEN):
            raise UserError(
                self.env._(
                    "Choose an end date within a year from today: an override ends by "
                    "itself, so that no judgement is forgotten."
                )
            )
        self.sudo().write(
            {
                "override_level": level,
                "override_reason": reason.strip(),
                "override_until": until,
                "override_user_id": self.env.uid,
            }
        )
        self._refresh_these()

    def action_end_override(self):
        """End the override: the level follows from the figures again."""
        self._check_may_override()
        self.sudo().write(dict.fromkeys(self._override_fields(), False))
        self._refresh_these()

    @api.model
    def _override_fields(self):
        return (
            "override_level",
            "override_reason",
            "override_until",
            "override_user_id",
        )

    def _check_may_override(self):
        """Raise AccessError unless the user is a manager who may read these clients."""
        self.check_access("read")
        check_manager(self.env, self.env._("override a level"))

    def _in_reader_language(self):
        """This health in the language of its salesperson, else of the company."""
        lang = self.user_id.lang or self.company_id.partner_id.lang
        return self.with_context(lang=lang)

    def _may_be_told(self, user):
        """True for a user at work here who may open this health."""
        return (
            user.active and self.company_id in user.company_ids and user.has_group(USER)
        )

    def action_open_sheet(self):
        """Open the sheet on which this client is fixed, repriced or parted with. Raises
        AccessError for others than managers."""
        self.ensure_one()
        check_manager(self.env, self.env._("work out prices"))
        self.check_access("read")
        return self.env["client.sheet"]._open_for(self)

    # -- the screen of clients ---------------------------------------------------

    @api.model
    def _group_expand_level(self, levels, domain):
        """Columns of the board: the four levels, the worst first, also without clients;
        unknown only with clients."""
        return [key for key, _label in LEVELS if key != "unknown" or key in levels]

    @api.model
    def search_panel_select_multi_range(self, field_name, **kwargs):
        """Count the clients of each flagged check: Odoo counts by stored fields."""
        if field_name != "flagged_check_ids":
            return super().search_panel_select_multi_range(field_name, **kwargs)
        parts = ("search_domain", "category_domain", "filter_domain")
        healths = self._search(Domain.AND(kwargs.get(part) or [] for part in parts))
        flags = self.env["client.health.flag"].sudo()
        counts = dict(
            flags._read_group(
                [("state", "!=", "cleared"), ("health_id", "in", healths)],
                ["check_id"],
                ["health_id:count_distinct"],
            )
        )
        return {
            "values": [
                {
                    "id": check.id,
                    "display_name": check.display_name,
                    "__count": counts.get(check.sudo(), 0),
                }
                for check in self.env["client.health.check"].search([])
            ]
        }

    # -- quick actions ---------------------------------------------------------

    def action_acknowledge_flags(self):
        """Acknowledge the open flags of these clients."""
        self.check_access("read")
        flags = self.env["client.health.flag"].search(
            [("health_id", "in", self.ids), ("state", "=", "open")]
        )
        return flags.action_acknowledge()

    def action_report_incident(self):
        """Open the dialog that reports an incident about this client."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_incident_action_report"
        )
        context = {"default_partner_id": self.partner_id.id}
        return {
            **action,
            "context": {**context, "default_company_id": self.company_id.id},
        }

    def action_start_recovery(self):
        """Start a recovery with these clients, or go on with it."""
        self.check_access("read")
        return self.partner_id.action_start_recovery()

    def action_start_offboarding(self):
        """Start ending the relationship with these clients, or go on with it."""
        self.check_access("read")
        return self.partner_id.action_start_offboarding()

    def action_open_flags(self):
        """Open the flags of this client that are not cleared."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_health.client_health_flag_action"
        )
        return {
            **action,
            "name": self.env._("Flags of %s", self.display_name),
            "domain": [("health_id", "=", self.id)],
            "context": {"search_default_current": 1},
        }

    # -- after an upgrade --------------------------------------------------------

    @api.model
    def _redefined_query(self):
        """SQL: ids of the healths whose level changed from the last score by figures
        that were defined anew since to the next one."""
        return SQL(
            """SELECT last.health_id
                 FROM (SELECT DISTINCT ON (s.health_id) s.health_id, s.date, s.level
                         FROM client_health_snapshot s
                         JOIN client_health_config c ON c.version = s.config_version
                        WHERE c.superseded
                        ORDER BY s.health_id, s.date DESC) last
                 JOIN LATERAL (
                      SELECT n.level FROM client_health_snapshot n
                       WHERE n.health_id = last.health_id AND n.date > last.date
                       ORDER BY n.date LIMIT 1) next ON next.level <> last.level"""
        )

    def _compute_level_redefined(self):
        self.env.flush_all()
        changed = {row[0] for row in self.env.execute_query(self._redefined_query())}
        for health in self:
            health.level_redefined = health.id in changed

    @api.model
    def _search_level_redefined(self, operator, value):
        check_manager(self.env, self.env._("see what new definitions changed"))
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._redefined_query())]

    # -- no clients yet --------------------------------------------------------

    @api.model
    def get_empty_list_help(self, help_message):
        """In companies without clients: how a partner becomes a client, and what the
        user can do."""
        if self.search_count([("company_id", "in", self.env.companies.ids)], limit=1):
            return super().get_empty_list_help(help_message)
        words = [
            self.env._(
                "A partner becomes a client with its first invoice, order, logged "
                "hour or project. An opportunity alone makes a prospect."
            )
        ]
        if self.env.company.sudo().client_health_setup_on:
            words.append(self.env._("All clients are scored every night."))
        elif is_manager(self.env):
            words.append(
                self.env._("Set it up, and they are scored from the records there are.")
            )
        else:
            words.append(
                self.env._("A manager of Client Health has to set it up first.")
            )
        title = self.env._("No clients yet")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            title,
            " ".join(words),
        )

    @api.model
    def _load_demo(self):
        """Make the demonstration clients; a second time does nothing."""
        from ...demo import story

        story.load(self.env)
