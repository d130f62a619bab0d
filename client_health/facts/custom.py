"""Figures that a manager defined: counts, sums and averages over any model.

Every custom indicator yields two facts, its figure and its number of cases. What
it reads is described by names of fields and a domain: :mod:`custom_check` says
whether they are right, and here the ORM makes SQL of them. A definition whose
model or field is gone yields nothing, so that its indicator is not measured. The
records are those that the person may read who defined it, of the company at hand.
"""

import logging
from typing import NamedTuple

import psycopg2
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, ormcache

from .scope import Fact

_logger = logging.getLogger(__name__)

# What a filter of a user may run into, in the ORM, in other modules and in SQL.
BROKEN = (
    psycopg2.Error, UserError, ValueError, TypeError, KeyError, AttributeError,
    AssertionError, NotImplementedError, RecursionError,
)  # fmt: skip

# No rows, for an indicator that cannot be measured.
NOTHING = SQL(
    """SELECT NULL::int AS client_id, NULL::int AS res_id, NULL::date AS day,
              NULL::float8 AS amount WHERE FALSE"""
)
LARGEST = 1e15  # an amount beyond is no amount

AGGREGATES = {
    "count": ("COUNT(*) {rows}", SQL("0")),
    "sum": ("SUM(e.amount) {rows}", SQL("0")),
    "average": ("AVG(e.amount) {rows}", None),
}


class Definition(NamedTuple):
    """What a custom indicator measures, as plain data.

    ``historical``: False when the domain speaks of days from now, so that it says
    nothing about a past date. ``money``: for managers only. ``user_id``: whoever
    defined it, whose rights decide what it reads.
    """

    code: str
    name: str
    model: str
    domain: str
    partner_path: str
    date_field: str
    aggregate: str
    value_field: str
    unit: str
    historical: bool
    money: bool
    user_id: int

    @property
    def fact(self) -> str:
        """Name of the figure, of its relation, and the formula of its indicator."""
        return f"custom_{self.code}"

    @property
    def cases(self) -> str:
        """Name of the fact that counts its cases."""
        return f"custom_{self.code}_cases"


class ClientHealthFactsCustom(models.AbstractModel):
    _name = "client.health.facts.custom"
    _inherit = "client.health.facts"
    _description = "Facts of custom indicators"

    @property
    def _evidence(self):
        return {item.fact: item.model for item in self._definitions()}

    @api.model
    @ormcache("self.env.lang")
    def _definitions(self):
        """The definitions of all custom indicators, archived ones included: a
        formula and an old flag stay readable."""
        indicators = self.env["client.health.indicator"].sudo()
        indicators = indicators.with_context(active_test=False)
        return tuple(
            self._define(indicator)
            for indicator in indicators.search([("kind", "=", "custom")])
        )

    @api.model
    def _define(self, indicator):
        """The :class:`Definition` of an indicator, saved or not."""
        indicator = indicator.sudo()
        model = self.env.get(indicator.model_name or "")
        value_field = indicator.aggregate != "count" and indicator.value_field or ""
        field = model._fields.get(value_field) if model is not None else None
        definition = Definition(
            code=indicator.code or "new",
            name=indicator.name or self.env._("New indicator"),
            model=indicator.model_name or "",
            domain=indicator.domain or "[]",
            partner_path=indicator.partner_path or "",
            date_field=indicator.date_field or "",
            aggregate=indicator.aggregate or "count",
            value_field=value_field,
            unit=indicator.unit or "count",
            historical=True,
            money=bool(
                indicator.managers_only
                or indicator.unit == "money"
                or (field and field.type == "monetary")
                or (indicator.aggregate != "count" and not indicator.shown_to_users)
            ),
            user_id=indicator._origin.defined_by_id.id or SUPERUSER_ID,
        )
        return definition._replace(historical=not self.sudo()._is_relative(definition))

    # -- what the framework asks -----------------------------------------------

    @api.model
    def _facts(self):
        return [fact for item in self._definitions() for fact in self._facts_of(item)]

    @api.model
    def _facts_of(self, item):
        """The two facts of a definition."""
        sql, default = AGGREGATES[item.aggregate]
        model = self.env.get(item.model)
        name = self._label(model) if model is not None else item.model
        meaning = self.env._("Counted from records of “%s”.", name)
        common = {
            "money": item.money,
            "cost": item.money,  # for managers until one of them opens it
            "historical": item.historical,
        }
        return [
            Fact(
                item.fact, item.name, meaning, item.unit, item.fact, sql,
                default=default, **common,
            ),
            Fact(
                item.cases, self.env._("%s: cases", item.name), meaning, "count",
                item.fact, "COUNT(*) {rows}", **common,
            ),
        ]  # fmt: skip

    @api.model
    def _relations(self, scope):
        """One relation per definition; without rows where it cannot be measured."""
        relations = {}
        for item in self._definitions():
            try:
                relations[item.fact] = self._rows(item, scope)
            except BROKEN as e:
                # an app was removed or changed, or whoever defined it left
                _logger.info("Custom indicator %s is not measured: %s", item.code, e)
                relations[item.fact] = NOTHING
        return relations

    @api.model
    def _wanted(self, keys, scope):
        wanted = super()._wanted(keys, scope)
        if not wanted:
            return wanted
        relations = self._relations(scope)
        return [
            entry for entry in wanted if relations[entry[1].relation] is not NOTHING
        ]

    @api.model
    def _trouble(self, indicator, company):
        """Why an indicator cannot be measured in a company, as a sentence; empty where
        it can."""
        try:
            self._rows(self._define(indicator), self._scope(company, []))
        except UserError as error:
            return str(error)
        except BROKEN as error:
            return self._broken(self._define(indicator), error)
        return ""

    # -- SQL -------------------------------------------------------------------

    @api.model
    def _rows(self, item, scope):
        """SQL: the rows of a definition: client_id, res_id, day, amount.

        Records as their list shows them (archived ones only where the domain says
        so) to whoever defined it, of the company or without one, dated up to the day of
        ``scope``. Raises one of BROKEN where that cannot be done.
        """
        source = self.with_user(item.user_id)
        source._check(item)
        source._check_works_in(item, scope.company)
        model = source.env[item.model].with_context(
            active_test=True, allowed_company_ids=scope.company.ids, tz=scope.tz
        )
        query = model._search(self._parse(item))
        table = query.table
        self._restrict(model, table, query, scope)
        comodel, partner = model, table
        for name in item.partner_path.split("."):
            comodel, partner = comodel._fields[name].join(comodel, partner, query)
            if comodel._name != "res.partner":
                self._restrict(comodel, partner, query, scope)
                if not comodel.env.su:
                    readable = comodel.with_context(active_test=False)._search([])
                    query.add_where(
                        SQL(
                            "%s IN %s",
                            SQL.identifier(partner, "id"),
                            readable.subselect(),
                        )
                    )
        client = SQL.identifier(partner, "commercial_partner_id")
        day = model._field_to_sql(table, item.date_field, query)
        if model._fields[item.date_field].type == "datetime":
            day = scope.day(day)
        amount = SQL("NULL::float8")
        query.add_where(scope.mine(client))
        query.add_where(SQL("%s <= %s", day, scope.as_of))
        query.add_where(scope.needed(day, item.fact))
        if item.value_field:
            amount = self._amount(item, model, query, day, scope)
            query.add_where(SQL("%s IS NOT NULL", amount))
        return query.select(
            SQL("%s AS client_id", client),
            SQL("%s AS res_id", SQL.identifier(table, "id")),
            SQL("%s AS day", day),
            SQL("%s AS amount", amount),
        )

    @api.model
    def _restrict(self, model, alias, query, scope):
        """Leave out records of other companies, where a model has any."""
        owner = model._fields.get("company_id")
        if owner and owner.store and owner.comodel_name == "res.company":
            company = SQL.identifier(alias, "company_id")
            query.add_where(
                SQL("(%s = %s OR %s IS NULL)", company, scope.company.id, company)
            )

    @api.model
    def _amount(self, item, model, query, day, scope):
        """SQL: the value; money in the company's currency, at the rate of its day.
        NULL for what is beyond LARGEST: added up it would leave the range of numbers,
        and all figures of the night with it."""
        field = model._fields[item.value_field]
        value = model._field_to_sql(query.table, item.value_field, query)
        amount = SQL(
            "CASE WHEN ABS(%s) <= %s THEN %s::float8 END", value, LARGEST, value
        )
        if field.type != "monetary":
            return amount
        currency = model._field_to_sql(
            query.table, field.get_currency_field(model), query
        )
        own = scope.company.currency_id.id
        return SQL(
            "%s * CASE WHEN COALESCE(%s, %s) = %s THEN 1.0 ELSE %s / %s END",
            amount,
            currency,
            own,
            own,
            self._rate(SQL("%s", own), day, scope),
            self._rate(currency, day, scope),
        )

    @api.model
    def _rate(self, currency, day, scope):
        """SQL: the rate of a currency on a day, as Odoo looks it up: 1 unless set."""
        return SQL(
            """COALESCE((SELECT r.rate FROM res_currency_rate r
                          WHERE r.currency_id = %s AND r.name <= %s
                            AND (r.company_id IS NULL OR r.company_id = %s)
                          ORDER BY r.company_id, r.name DESC LIMIT 1),
                        (SELECT r.rate FROM res_currency_rate r
                          WHERE r.currency_id = %s
                            AND (r.company_id IS NULL OR r.company_id = %s)
                          ORDER BY r.company_id, r.name LIMIT 1), 1.0)""",
            currency,
            day,
            scope.company.root_id.id,
            currency,
            scope.company.root_id.id,
        )

    @api.model
    def _broken(self, item, error):
        """What is told of an error of the ORM or of PostgreSQL."""
        lines = str(error).splitlines() or [type(error).__name__]
        return self.env._(
            "“%(indicator)s” cannot be measured: %(error)s. Check the filter and the "
            "fields.",
            indicator=item.name,
            error=lines[0][:200],
        )

    @api.model
    def _measure(self, item, window, scope):
        """The figure of a definition, saved or not, for the clients of ``scope``.

        ``window`` in days. Returns client id → (value or None, cases); clients
        without rows are not in it. Raises ValidationError when the database or
        the ORM cannot do it.
        """
        figure, cases = self._facts_of(item)
        self.env.flush_all()
        try:
            # a filter may fail anywhere in the ORM or in SQL; without a flush the
            # values of an indicator that is not saved yet are kept
            with self.env.cr.savepoint(flush=False):
                wanted = [("", figure, window)]
                scope = scope._replace(reach=self._reach(wanted, scope))
                self.env.cr.execute(
                    SQL(
                        "SELECT e.client_id, %s, %s FROM (%s) e WHERE %s GROUP BY 1",
                        self._sum(figure, window, scope),
                        self._sum(cases, window, scope),
                        self._rows(item, scope),
                        self._rows_of(figure, window, scope),
                    ),
                    log_exceptions=False,
                )
                found = self.env.cr.fetchall()
        except BROKEN as error:
            if isinstance(error, UserError):
                raise
            raise ValidationError(self._broken(item, error)) from None
        return {
            client: (None if value is None else round(float(value), 6), int(count))
            for client, value, count in found
        }
