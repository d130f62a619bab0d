import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mixins.access import is_manager
from .formulas import ALL
from .trial import Trial

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Endings with which the names of two facts could be the same.
CODE_TAKEN = re.compile(r".*(_cases|_\d+)")

# The fields that say what a custom indicator measures; changes are tried in SQL.
DEFINITION = (
    "kind", "model_name", "domain", "partner_path", "date_field", "aggregate",
    "value_field",
)  # fmt: skip


class ClientHealthIndicator(models.Model):
    """Indicators that a manager defines over the records of any model."""

    _inherit = "client.health.indicator"

    kind = fields.Selection(
        [("builtin", "Formula"), ("custom", "Custom")],
        required=True,
        default="builtin",
        help="Formula: arithmetic over the facts that the module reads. Custom: "
        "records of any model, counted, added up or averaged per client.",
    )
    code = fields.Char(
        compute="_compute_code", store=True, readonly=False, precompute=True
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        ondelete="set null",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="The kind of records that are counted.",
    )
    model_name = fields.Char(
        compute="_compute_model_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Technical name; kept when the app of the records is removed.",
    )
    domain = fields.Char(
        string="Filter", default="[]", help="Only these records count."
    )
    partner_path = fields.Char(
        string="Client",
        help="How to get from a record to its client: partner_id, or "
        "project_id.partner_id.",
    )
    date_field = fields.Char(
        string="Date", help="When a record happened; it counts in its window."
    )
    aggregate = fields.Selection(
        [("count", "Number of records"), ("sum", "Sum"), ("average", "Average")],
        string="Figure",
        required=True,
        default="count",
    )
    value_field = fields.Char(string="Of", help="The number that is calculated with.")
    managers_only = fields.Boolean(
        string="For managers only",
        help="Hide the figure from users, as is always done with amounts of money.",
    )
    shown_to_users = fields.Boolean(
        string="Users see the sum",
        help="A sum or an average is for managers only unless you open it here: from a "
        "total and a change, users could work out what they may not read. Amounts of "
        "money stay for managers.",
    )
    defined_by_id = fields.Many2one(
        "res.users",
        string="Defined by",
        readonly=True,
        copy=False,
        help="Whoever last said what is counted. It reads what this person may read.",
    )

    trial_now = fields.Boolean(
        string="Try it",
        store=False,
        help="Show what it says about your clients, before anything is saved.",
    )
    trial = fields.Html(compute="_compute_trial", sanitize=False)

    # -- defaults --------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """An indicator that is made on the screen is a custom one."""
        defaults = super().default_get(fields_list)
        if "kind" in fields_list and "default_kind" not in self.env.context:
            defaults["kind"] = "custom"
            if "unit" in fields_list and "default_unit" not in self.env.context:
                defaults["unit"] = "count"
        return defaults

    @api.depends("name")
    def _compute_code(self):
        """A code from the name for an indicator that has none."""
        taken = set()
        if any(not indicator.code for indicator in self):
            everything = self.with_context(active_test=False).sudo()
            taken.update(everything.search([]).mapped("code"))
        for indicator in self:
            if not indicator.code and indicator.name:
                indicator.code = self._free_code(indicator.name, taken)
                taken.add(indicator.code)
            else:
                indicator.code = indicator.code

    @api.model
    def _free_code(self, name, taken):
        """A code like ``name`` that is not among ``taken``."""
        text = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        text = re.sub(r"_(\d+)$", r"\1", text)
        text = re.sub(r"_cases$", "_number", text)[:36].strip("_")
        if not text[:1].isalpha():
            text = f"c{text}"[:36]
        code, number = text, 1
        while code in taken:
            number += 1
            code = f"{text}{number}"
        return code

    @api.depends("model_id")
    def _compute_model_name(self):
        for indicator in self:
            model = indicator.sudo().model_id
            indicator.model_name = model.model or indicator.model_name

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Propose the fields that most models have."""
        model = self.env.get(self.model_name or "")
        names = model._fields if model is not None else {}
        partner = names.get("partner_id")
        known = partner is not None and partner.store
        self.domain = "[]"
        self.partner_path = "partner_id" if known else False
        self.date_field = "create_date" if "create_date" in names else False
        self.value_field = False

    # -- constraints -----------------------------------------------------------

    @api.constrains("code", "kind")
    def _check_code(self):
        for indicator in self:
            custom = indicator.kind == "custom"
            right = CODE.fullmatch(indicator.code or "")
            if not right or (custom and CODE_TAKEN.fullmatch(indicator.code)):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” of “%(indicator)s” cannot be used. Give "
                        "up to 40 small letters, digits and underscores that begin "
                        "with a letter and do not end with _cases or a number after "
                        "an underscore.",
                        code=indicator.code,
                        indicator=indicator.name,
                    )
                )

    @api.constrains(*ALL, "window_days", "kind", "code")
    def _check_formulas(self):
        self._forget_definitions()
        for indicator in self.filtered(lambda item: item.kind == "custom"):
            right = indicator._custom_formulas()
            if any(indicator[name] != value for name, value in right.items()):
                raise ValidationError(
                    self.env._(
                        "“%(indicator)s” is a custom indicator: its code and formula "
                        "stay as they were made. Make a new indicator instead.",
                        indicator=indicator.name,
                    )
                )
        return super()._check_formulas()

    @api.constrains(*DEFINITION)
    def _check_definition(self):
        """The user may read what the indicator counts, and it can be measured."""
        source = self.env["client.health.facts.custom"]
        for indicator in self.filtered(lambda item: item.kind == "custom"):
            item = source._define(indicator)
            scope = source._scope(self.env.company, [])
            source._measure(item, indicator.window_days, scope)

    # -- create, write, unlink --------------------------------------------------

    def _custom_formulas(self):
        """Values of the formula fields of a custom indicator: its own two facts."""
        self.ensure_one()
        item = self.env["client.health.facts.custom"]._define(self)
        nothing = dict.fromkeys(("condition", "grey_rules", "watch_only"), False)
        return {"formula": item.fact, "sample": item.cases, **nothing}

    @api.model
    def _forget_definitions(self):
        """Clear the cached definitions of custom indicators."""
        self.env.registry.clear_cache()
        self.invalidate_model(["available", "money", "cost"])

    @api.model_create_multi
    def create(self, vals_list):
        ready = []
        for vals in vals_list:
            vals = dict(vals, defined_by_id=self.env.uid)
            vals.setdefault("kind", "builtin" if vals.get("formula") else "custom")
            if vals["kind"] == "custom":
                self._prepare_custom(vals)
            elif not vals.get("code"):
                vals.pop("code", None)
            ready.append(vals)
        indicators = super().create(ready)
        if any(vals["kind"] == "custom" for vals in ready):
            self._forget_definitions()
        return indicators

    @api.model
    def _prepare_custom(self, vals):
        """Complete the values of a new custom indicator, in place."""
        if not vals.get("code"):
            everything = self.with_context(active_test=False).sudo().search([])
            taken = set(everything.mapped("code"))
            vals["code"] = self._free_code(str(vals.get("name") or ""), taken)
        if vals.get("model_name") and not vals.get("model_id"):
            vals["model_id"] = self.env["ir.model"]._get_id(vals["model_name"])
        blank = self.new({"code": vals["code"]})
        vals.update(blank._custom_formulas())

    def write(self, vals):
        """Who says what is counted lends it their rights, and nobody else's."""
        if "defined_by_id" in vals and not self.env.su:
            raise UserError(
                self.env._("Who defined an indicator is whoever last saved it.")
            )
        if not {"kind", "model_id", *DEFINITION}.isdisjoint(vals):
            vals["defined_by_id"] = self.env.uid
        result = super().write(vals)
        if "kind" in vals or any(item.kind == "custom" for item in self):
            self._forget_definitions()
        return result

    def unlink(self):
        custom = any(item.kind == "custom" for item in self)
        result = super().unlink()
        if custom:
            self._forget_definitions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """Other formulas may read the facts of a custom indicator."""
        others = self.with_context(active_test=False).sudo().search([]) - self
        for indicator in self.filtered(lambda item: item.kind == "custom"):
            name = indicator._custom_formulas()["formula"]
            for other in others:
                texts = [other[name] for name in ALL]
                if any(re.search(rf"\b{name}(_cases)?\b", t or "") for t in texts):
                    raise UserError(
                        self.env._(
                            "“%(indicator)s” cannot be deleted: the formula of "
                            "“%(other)s” reads it. Archive it, or change that formula "
                            "first.",
                            indicator=indicator.name,
                            other=other.name,
                        )
                    )

    # -- words -----------------------------------------------------------------

    @api.depends(*DEFINITION, "managers_only", "shown_to_users", "defined_by_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_available(self):
        result = super()._compute_available()
        source = self.env["client.health.facts.custom"]
        for indicator in self.filtered(lambda item: item.kind == "custom"):
            item = source._define(indicator)
            indicator.money = indicator.cost = item.money
            trouble = source._trouble(indicator, self.env.company)
            indicator.available = not trouble
        return result

    # -- a trial on the clients before it is saved -----------------------------

    @api.depends(
        *DEFINITION, "name", "code", "unit", "trial_now", "window_days", "min_sample",
        "good", "watch", "red",
    )  # fmt: skip
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_trial(self):
        """For managers only, who see the figures of the clients they may see."""
        manager = is_manager(self.env)
        for indicator in self:
            wanted = indicator.trial_now and indicator.kind == "custom"
            if not (manager and wanted):
                indicator.trial = False
                continue
            try:
                indicator.trial = Trial(indicator).html()
            except UserError as error:
                indicator.trial = Markup(
                    '<div class="alert alert-warning mb-0" role="alert">%s</div>'
                ) % str(error)
