"""Whether what a custom indicator describes can be measured, in sentences."""

import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

MAX_DOMAIN = 5000


class ClientHealthFactsCustomCheck(models.AbstractModel):
    _inherit = "client.health.facts.custom"

    @api.model
    def _check(self, item):
        """Raise ValidationError unless the definition ``item`` can be measured.

        As the superuser only the database is asked; as anybody else also whether
        they may read the model and every field that the definition names.
        """
        model = self._check_model(item)
        self._check_path(item, model)
        self._check_date(item, model)
        self._check_value(item, model)
        self._check_conditions(item, model, self._parse(item))

    @api.model
    def _check_model(self, item):
        """The model of a definition, if it has a table and may be read."""
        model = self.env.get(item.model)
        if model is None:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” has no records to count: there is no model "
                    "“%(model)s”. Choose one, or install its app.",
                    indicator=item.name,
                    model=item.model,
                )
            )
        if model._abstract or model._transient or not model._auto:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot count “%(model)s”: it keeps no records of "
                    "its own. Choose the model that the records are in.",
                    indicator=item.name,
                    model=self._label(model),
                )
            )
        self._check_access(item, model)
        return model

    @api.model
    def _check_access(self, item, model):
        if not model.has_access("read"):
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot use “%(model)s”: %(user)s has no access to "
                    "its records. Let somebody define it who has.",
                    indicator=item.name,
                    model=self._label(model),
                    user=self.env.user.name,
                )
            )

    @api.model
    def _check_works_in(self, item, company):
        """Raise ValidationError for a company in which the user does not work: nothing
        of it is read for them."""
        user = self.env.user
        if not self.env.su and company not in user.sudo().company_ids:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot be measured in this company: %(user)s, who "
                    "defined it, does not work in it. Let somebody define it again who "
                    "does.",
                    indicator=item.name,
                    user=user.name,
                )
            )

    @api.model
    def _check_field(self, item, model, name):
        """The field ``name`` of a model, if it exists and may be read."""
        field = model._fields.get(name)
        if field is None:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” names the field “%(field)s”, which does not "
                    "exist on “%(model)s”. Choose another one.",
                    indicator=item.name,
                    field=name,
                    model=self._label(model),
                )
            )
        if not model._has_field_access(field, "read"):
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot use the field “%(field)s” of “%(model)s”: "
                    "%(user)s has no access to it. Let somebody define it who has.",
                    indicator=item.name,
                    field=name,
                    model=self._label(model),
                    user=self.env.user.name,
                )
            )
        return field

    @api.model
    def _check_path(self, item, model):
        """Stored many2one fields, one after the other, that end at a contact."""
        comodel = model
        for name in item.partner_path.split(".") if item.partner_path else ():
            field = self._check_field(item, comodel, name)
            if field.type != "many2one" or not field.store:
                raise ValidationError(
                    self.env._(
                        "“%(indicator)s” cannot find its client through “%(path)s”: "
                        "“%(field)s” does not name one stored record. Use fields that "
                        "each link to one record, such as project_id.partner_id.",
                        indicator=item.name,
                        path=item.partner_path,
                        field=name,
                    )
                )
            comodel = self.env[field.comodel_name]
            self._check_access(item, comodel)
        if not item.partner_path or comodel._name != "res.partner":
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot find its client: the path “%(path)s” of "
                    "“%(model)s” does not end at a contact. Use one that does, such "
                    "as partner_id or project_id.partner_id.",
                    indicator=item.name,
                    path=item.partner_path,
                    model=self._label(model),
                )
            )

    @api.model
    def _check_date(self, item, model):
        field = self._check_field(item, model, item.date_field)
        if field.type not in ("date", "datetime") or not field.store:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot tell when its records happened: "
                    "“%(field)s” is not a stored date. Choose a date of “%(model)s”, "
                    "such as create_date.",
                    indicator=item.name,
                    field=item.date_field,
                    model=self._label(model),
                )
            )

    @api.model
    def _check_value(self, item, model):
        if item.aggregate == "count":
            return
        if not item.value_field:
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” does not say of what. Choose the number of "
                    "“%(model)s” that it adds up or averages, or count the records.",
                    indicator=item.name,
                    model=self._label(model),
                )
            )
        field = self._check_field(item, model, item.value_field)
        numeric = field.type in ("integer", "float", "monetary")
        if not numeric or not field.store or item.value_field == "id":
            raise ValidationError(
                self.env._(
                    "“%(indicator)s” cannot calculate with “%(field)s” of “%(model)s”: "
                    "it is not a stored number. Choose one that is.",
                    indicator=item.name,
                    field=item.value_field,
                    model=self._label(model),
                )
            )

    @api.model
    def _label(self, model):
        """What people call a model."""
        return self.env["ir.model"].sudo()._get(model._name).name or model._name

    # -- the domain ------------------------------------------------------------

    @api.model
    def _parse(self, item):
        """The domain of a definition. Raises ValidationError: nothing but a list
        of plain values is read, no code."""
        try:
            if len(item.domain) > MAX_DOMAIN:
                raise ValueError(self.env._("it is too long"))
            value = ast.literal_eval(item.domain.strip())
        except (
            ValueError, TypeError, SyntaxError, MemoryError, RecursionError,
        ) as error:  # fmt: skip
            raise self._unreadable(item, error) from None
        return self._as_domain(item, value)

    @api.model
    def _as_domain(self, item, value):
        """A list of plain conditions as a Domain. Raises ValidationError."""
        try:
            if not isinstance(value, list | Domain):
                raise ValueError(self.env._("it is no list of conditions"))
            return Domain(value)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise self._unreadable(item, error) from None

    @api.model
    def _unreadable(self, item, error):
        return ValidationError(
            self.env._(
                "The filter of “%(indicator)s” cannot be read: %(error)s. Use "
                "conditions with plain values; a relative date is written as "
                "“today -30d”.",
                indicator=item.name,
                error=str(error)[:200],
            )
        )

    @api.model
    def _conditions(self, item, model, domain):
        """Yield (field, operator, value) of every condition, at any depth.

        Raises ValidationError where a field does not exist or may not be read.
        """
        for condition in domain.iter_conditions():
            comodel = model
            field = None
            for name in condition.field_expr.split("."):
                if field is not None:
                    if not field.relational:
                        break  # part of a date or a property: the ORM checks it
                    comodel = self.env[field.comodel_name]
                    self._check_access(item, comodel)
                field = self._check_field(item, comodel, name)
            if condition.operator in ("any", "not any"):
                if not field.relational:
                    raise ValidationError(
                        self.env._(
                            "The filter of “%(indicator)s” looks into “%(field)s”, "
                            "which holds no records. Compare it with a value.",
                            indicator=item.name,
                            field=condition.field_expr,
                        )
                    )
                comodel = self.env[field.comodel_name]
                self._check_access(item, comodel)
                inner = self._as_domain(item, condition.value)
                yield from self._conditions(item, comodel, inner)
            else:
                yield field, condition.operator, condition.value

    @api.model
    def _check_conditions(self, item, model, domain):
        for field, _operator, _value in self._conditions(item, model, domain):
            if not field._description_searchable:
                raise ValidationError(
                    self.env._(
                        "The filter of “%(indicator)s” uses “%(field)s”, which cannot "
                        "be searched for. Choose another field.",
                        indicator=item.name,
                        field=field.name,
                    )
                )

    @api.model
    def _is_relative(self, item):
        """True when the domain compares a date with a day counted from now."""
        model = self.env.get(item.model)
        if model is None:
            return False
        try:
            conditions = list(self._conditions(item, model, self._parse(item)))
        except ValidationError:
            return False
        for field, _operator, value in conditions:
            if field.type in ("date", "datetime") and isinstance(value, str):
                try:
                    fields.Datetime.to_datetime(value)
                except ValueError:
                    return True
        return False
