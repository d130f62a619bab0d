from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL

from ...scoring.score import SEVERITY

ACTIVITY = "client_health.mail_activity_type_drop"


class ClientHealth(models.Model):
    """A drop in level is said once: a note on the client, one to-do."""

    _inherit = "client.health"

    @api.model
    def _alert(self, pairs, gathered, config):
        """Tell of drops in level: ``pairs`` of the stored and the new row.

        Silent while a recovery or an offboarding runs, on the first score, and where
        only the settings changed.
        """
        dropped = [(old, new) for old, new in pairs if _is_drop(old, new)]
        dropped = self._dropped_by_themselves(dropped, gathered, config)
        if not dropped:
            return
        healths = self.browse(new["id"] for _old, new in dropped)
        self._log_drops(healths, {new["id"]: old["level"] for old, new in dropped})
        if healths.company_id.client_health_alert_activity:
            self._schedule_drops(healths)

    @api.model
    def _dropped_by_themselves(self, dropped, gathered, config):
        """Those of these drops that the settings of then would show too."""
        versions = {old["config_version"] for old, _new in dropped} - {config.version}
        before = {v: self.env["client.health.config"]._of_version(v) for v in versions}

        def by_settings(old):
            then = before.get(old["config_version"])
            if not then or not then.keys <= config.keys:
                return False  # nobody can tell
            facts = gathered.facts(old["partner_id"])
            level = then.assess(facts, old["levels"]).level
            return not _falls(old["level"], level)

        return [(old, new) for old, new in dropped if not by_settings(old)]

    @api.model
    def _log_drops(self, healths, before):
        """One internal note on each partner, without any figure about money; none on
        a client of several companies, whose notes they all read."""
        bodies = {}
        shared = self._shared(healths.partner_id)
        for health in healths.filtered(lambda h: h.partner_id not in shared):
            health = health._in_reader_language()
            levels = dict(health._fields["level"]._description_selection(health.env))
            bodies[health.partner_id.id] = Markup("<p>%s<br/>%s</p>%s") % (
                health.env._(
                    "Client health dropped from %(old)s to %(new)s.",
                    old=levels[before[health.id]],
                    new=levels[health.level],
                ),
                health.level_reason,
                health._flag_list(),
            )
        partners = self.env["res.partner"].browse(bodies)
        partners.mapped("display_name")  # read at once what is asked one by one
        partners._message_log_batch(bodies=bodies)

    @api.model
    def _shared(self, partners):
        """Those of these clients that are clients of several of our companies."""
        self.env.cr.execute(
            SQL(
                """SELECT partner_id FROM client_health WHERE partner_id = ANY(%s)
                    GROUP BY 1 HAVING COUNT(*) > 1""",
                partners.ids,
            )
        )
        return partners.browse(row[0] for row in self.env.cr.fetchall())

    def _in_reader_language(self):
        """This health in the language of its salesperson, else of the company."""
        lang = self.user_id.lang or self.company_id.partner_id.lang
        return self.with_context(lang=lang)

    def _may_be_told(self, user):
        """True for a user at work here who may open this health."""
        return (
            user.active
            and self.company_id in user.company_ids
            and user.has_group("client_health.group_user")
        )

    def _flag_list(self):
        """The open flags by the name of their check, as a list."""
        names = dict.fromkeys(self.open_flag_ids.check_id.mapped("name"))
        if not names:
            return ""
        items = Markup().join(Markup("<li>%s</li>") % name for name in names)
        return Markup("<ul>%s</ul>") % items

    @api.model
    def _schedule_drops(self, healths):
        """One to-do for the salesperson who may open it, unless one is open."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT res_id FROM mail_activity
                    WHERE res_model = %s AND active AND activity_type_id = %s
                      AND res_id = ANY(%s)""",
                self._name,
                kind.id,
                healths.ids,
            )
        )
        told = {row[0] for row in self.env.cr.fetchall()}
        model = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": health.id,
                    "user_id": health.user_id.id,
                    "summary": health._in_reader_language().level_reason,
                    "date_deadline": fields.Date.context_today(self),
                }
                for health in healths
                if health.id not in told and health._may_be_told(health.user_id)
            ]
        )


def _is_drop(old, new):
    """True when a level fell, or a client first measured is in trouble."""
    if old["phase"] != "active" or old["computed_on"] is None:
        return False
    return _falls(old["level"], new["level"])


def _falls(before, after):
    if before == after or after not in SEVERITY:
        return False
    if before not in SEVERITY:
        return after in ("at_risk", "critical")
    return SEVERITY[after] < SEVERITY[before]
