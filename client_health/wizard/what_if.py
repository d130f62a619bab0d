from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from ..engine.flags import Flags, held_levels
from ..models.extensions.res_company import LIMITS
from ..models.mixins.access import check_manager
from ..scoring.compare import Client, compare
from ..scoring.levels import LEVELS, NOT_JUDGED, SEVERITY

SHOWN = 100  # clients that change level, the worst ones


class ClientHealthWhatIf(models.TransientModel):
    """Other limits and weights, tried on the stored facts of all clients.

    The settings are loaded into lines; nothing of them is written before
    :meth:`action_apply`.
    """

    _name = "client.health.what.if"
    _description = "What if the limits were different"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    healthy = fields.Integer(string="Healthy from")
    watch = fields.Integer(string="Watch from")
    at_risk = fields.Integer(string="At risk from")
    min_coverage = fields.Integer(string="Measured at least")
    loaded = fields.Json(readonly=True, help="The settings as they were loaded.")
    check_line_ids = fields.One2many("client.health.what.if.check", "wizard_id")
    indicator_line_ids = fields.One2many("client.health.what.if.indicator", "wizard_id")
    compared = fields.Boolean()
    summary = fields.Char(readonly=True)
    level_line_ids = fields.One2many("client.health.what.if.level", "wizard_id")
    flag_line_ids = fields.One2many("client.health.what.if.flag", "wizard_id")
    client_line_ids = fields.One2many("client.health.what.if.client", "wizard_id")

    @api.depends("company_id")
    def _compute_display_name(self):
        for wizard in self:
            name = wizard.company_id.name
            wizard.display_name = self.env._("What if: %s", name)

    # -- loading ---------------------------------------------------------------

    @api.model
    def action_open(self):
        """Open the wizard with the settings of the company. For managers."""
        wizard = self.create({})
        wizard._load()
        return wizard._show()

    def action_reset(self):
        """Load the settings again as they are, and forget what was tried."""
        for wizard in self:
            wizard._load()
        return self._show()

    def _show(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def _load(self):
        """Fill the lines with the settings in force."""
        self.ensure_one()
        self._forget_result()
        self.check_line_ids.unlink()
        self.indicator_line_ids.unlink()
        limits = {key: self.company_id[name] for name, key in LIMITS.items()}
        checks = self.env["client.health.check"].search([])
        indicators = self.env["client.health.indicator"].with_context(active_test=False)
        checks_lines, indicator_lines = [], []
        for check in checks:
            values = {"weight": check.weight, "floor_level": check.floor_level}
            checks_lines.append(
                (0, 0, {"check_id": check.id, **values, "loaded": values})
            )
            for indicator in indicators.search([("check_id", "=", check.id)]):
                values = {name: indicator[name] for name in ("good", "watch", "red")}
                values["in_use"] = indicator.active
                indicator_lines.append(
                    (0, 0, {"indicator_id": indicator.id, **values, "loaded": values})
                )
        self.write(
            {
                **limits,
                "loaded": limits,
                "check_line_ids": checks_lines,
                "indicator_line_ids": indicator_lines,
            }
        )

    @api.onchange(
        "healthy", "watch", "at_risk", "min_coverage", "check_line_ids",
        "indicator_line_ids",
    )  # fmt: skip
    def _onchange_settings(self):
        """Hide a result that was computed with other settings."""
        self.compared = False

    def _forget_result(self):
        self.level_line_ids.unlink()
        self.flag_line_ids.unlink()
        self.client_line_ids.unlink()
        self.write({"compared": False, "summary": False})

    # -- comparing -------------------------------------------------------------

    def action_compare(self):
        """Judge all clients of the company under both settings, and show what
        would change. Raises ValidationError for limits out of order."""
        self.ensure_one()
        self.check_access("write")
        self._validate()
        self._forget_result()
        config = self.env["client.health.config"]
        old = config._current(self.company_id)
        new = config._build(self._content())
        with disabling_gc():  # many small objects, none of them in a circle
            clients = self._clients(old.version)
            result = compare(clients, old, new)
        self._store_result(result, len(clients))
        return self._show()

    def _validate(self):
        """The checks of the records themselves, on the values tried here."""
        self.check_line_ids._validate()
        self.indicator_line_ids._validate()
        names = {name: self[key] for name, key in LIMITS.items()}
        company = self.env["res.company"].new(
            {"name": self.company_id.name, "client_health_required_rate": 0, **names}
        )
        company._check_client_health_limits()

    def _content(self):
        """The settings tried here, as ``client.health.config`` keeps them."""
        tried = {line.indicator_id: line for line in self.indicator_line_ids}
        checks = []
        for line in self.check_line_ids:
            indicators = []
            members = line.check_id.with_context(active_test=False).indicator_ids
            for indicator in members:
                limits = tried.get(indicator)
                if limits and limits.in_use:
                    values = indicator._as_mapping()
                    for name in ("good", "watch", "red"):
                        values[name] = limits[name]
                    indicators.append(values)
            checks.append(
                {
                    "code": line.check_id.code,
                    "weight": line.weight,
                    "floor_level": line.floor_level or None,
                    "indicators": indicators,
                }
            )
        return {"checks": checks, "settings": [self[key] for key in LIMITS.values()]}

    def _clients(self, version):
        """The current clients that the user may read: a list of Client.

        ``version``: the settings in force; who was scored with older ones is
        judged anew.
        """
        health = self.env["client.health"]
        query = health._search(
            [("company_id", "=", self.company_id.id), ("phase", "not in", NOT_JUDGED)]
        )
        names = (
            "id", "score", "level", "level_rule", "config_version", "codec",
            "encoded_facts",
        )  # fmt: skip
        rows = self.env.execute_query(
            query.select(*(SQL.identifier(query.table, name) for name in names))
        )
        flags = Flags(self.env).open([row[0] for row in rows])
        clients = []
        decode = self.env["client.health.codec"]._decoder()
        for key, score, level, rule, scored_with, codec, text in rows:
            clients.append(
                Client(
                    key,
                    score,
                    level,
                    decode(codec, text),
                    held_levels(flags.get(key, {})),
                    current=scored_with == version,
                    fixed=rule == "override",
                    lacked_evidence=rule == "coverage",
                )
            )
        return clients

    def _store_result(self, result, total):
        """Show a comparison: who moves, worst first, levels and flags."""
        levels = [
            (0, 0, {
                "level": level,
                "before": result.before[level],
                "after": result.after[level],
            })
            for level, _name in LEVELS
        ]  # fmt: skip
        flags = []
        for check in self.check_line_ids.check_id:
            raised, cleared = result.raised[check.code], result.cleared[check.code]
            if raised or cleared:
                values = {"check_id": check.id, "raised": raised, "cleared": cleared}
                flags.append((0, 0, values))
        moves = sorted(result.moves, key=_worst_first)
        checks = {check.code: check.id for check in self.check_line_ids.check_id}
        lines = [
            (0, 0, {
                "health_id": move.key,
                "level_before": move.level_before,
                "level": move.level,
                "score_before": move.score_before or 0,
                "score": move.score or 0,
                "uncapped": move.uncapped or 0,
                "capped_by": checks.get(move.capped_by),
            })
            for move in moves[:SHOWN]
        ]  # fmt: skip
        summary = self.env._(
            "%(moved)s of %(total)s clients would change level.",
            moved=len(moves),
            total=total,
        )
        if len(moves) > SHOWN:
            summary += " " + self.env._("The list shows the worst %s.", SHOWN)
        unmeasured = self.indicator_line_ids.filtered(
            lambda line: line.in_use and not line.loaded["in_use"]
        )
        if unmeasured:
            summary += " " + self.env._(
                "Not counted yet: %s. Its figures are read by the next run.",
                ", ".join(unmeasured.mapped("name")),
            )
        self.write(
            {
                "compared": True,
                "summary": summary,
                "level_line_ids": levels,
                "flag_line_ids": flags,
                "client_line_ids": lines,
            }
        )

    # -- applying --------------------------------------------------------------

    def action_apply(self):
        """Write what was changed here, and have all clients scored soon.

        Settings that somebody else changed meanwhile stay, unless they were
        changed here as well. Raises ValidationError for limits out of order,
        UserError when nothing was changed.
        """
        self.ensure_one()
        self.check_access("write")
        check_manager(self.env, self.env._("set limits"))
        self._validate()
        changes = [
            (line[name], line._changed())
            for lines, name in (
                (self.check_line_ids, "check_id"),
                (self.indicator_line_ids, "indicator_id"),
            )
            for line in lines
        ]
        names = {key: name for name, key in LIMITS.items()}
        limits = {
            names[key]: self[key]
            for key, was in self.loaded.items()
            if self[key] != was
        }
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "These are settings of %s, which is not among the companies you "
                    "work in now. Switch to it first.",
                    self.company_id.name,
                )
            )
        if not limits and not any(values for _record, values in changes):
            raise UserError(
                self.env._("Nothing was changed here, so there is nothing to apply.")
            )
        for record, values in changes:
            if values:
                record.write(values)
        if limits:
            # Settings of a company are the administrator's; these four are ours.
            self.company_id.sudo().write(limits)
        self.env["client.health"]._refresh_soon()
        self._load()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The new settings are saved. All clients are scored again in the "
                    "background."
                ),
                "next": self._show(),
            },
        }


def _worst_first(move):
    """Sort key: the worst new level first, unknown last, then the largest fall."""
    fall = (move.score_before or 0) - (move.score or 0)
    return (SEVERITY.get(move.level, len(SEVERITY)), -fall, move.key)
