"""What every source of facts has in common.

A source is an abstract model ``client.health.facts.<source>``. It names the
models it reads, describes its relations (SQL that yields one row per event)
and its facts (what is summed up of a relation), and this module makes ONE query
of them for a set of clients, one company and a period that ends at ``as_of``.
The same relations give the records behind a fact, so that a figure and its
evidence cannot drift apart.
"""

import json
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz
from odoo import api, fields, models
from odoo.tools import SQL

PREFIX = "client.health.facts."
MEMORY_DAYS = 730  # a client is somebody we did business with in this period
MONTHS = 12  # length of a fact that is a row of calendar months


class Fact(NamedTuple):
    """One figure per client.

    ``relation``: the relation it sums up, whose rows have ``client_id``,
    ``res_id``, ``day`` and whatever ``sql`` and ``where`` read (as ``e.column``).
    ``sql``: the aggregate, in which ``{rows}`` stands for the filter on the rows
    that count. ``windowed``: counts the rows of a period only; ``span`` says whether
    they lie ``within`` the window, ``before`` it (in a window of the same length) or
    are ``older`` than it. ``default``: the value where there are no rows; without it
    the fact is absent then. ``historical``: can be known for a past date.
    ``evidence``: the relation whose rows are its records (default: its own).
    """

    name: str
    label: str
    meaning: str
    unit: str
    relation: str
    sql: str
    windowed: bool = True
    span: str = "within"
    where: SQL | None = None
    default: SQL | None = SQL("0")
    money: bool = False
    historical: bool = True
    evidence: str | None = None
    latest: bool = False  # only the rows of the latest day are its evidence


class Found(NamedTuple):
    """The records of a source, as people count them: what they are called, their
    model, which of them, and the field with their date."""

    label: str
    model: str
    domain: list
    date: str


class Scope(NamedTuple):
    """What a query is about: whose facts, seen from when.

    ``end`` is the moment (UTC, naive) at which the day ``as_of`` ends in the
    time zone of the company; ``present`` is True unless ``as_of`` is past.
    """

    company: models.BaseModel
    clients: list
    as_of: date
    tz: str
    present: bool
    end: datetime
    lookback: int = 0  # days that the longest window looks back

    @property
    def clients_sql(self):
        return SQL("(SELECT unnest(%s::int[]))", list(self.clients))

    @property
    def memory_start(self):
        """First day of the period that makes a partner a client."""
        return self.as_of - timedelta(days=MEMORY_DAYS)

    def day(self, timestamp):
        """SQL: the calendar day, in the company's time zone, of a timestamp."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", timestamp, self.tz)

    def own_or_shared(self, alias):
        """SQL: the row belongs to the company, or to every company."""
        column = SQL.identifier(alias, "company_id")
        return SQL("(%s = %s OR %s IS NULL)", column, self.company.id, column)

    @property
    def first_month(self):
        """First day of the oldest month in a fact of MONTHS calendar months."""
        months = self.as_of.year * 12 + self.as_of.month - 1 - MONTHS
        return date(months // 12, months % 12 + 1, 1)

    @property
    def this_month(self):
        return self.as_of.replace(day=1)

    @property
    def is_month_end(self):
        """True when the day is the last of its month."""
        return (self.as_of + timedelta(days=1)).day == 1


NO_MONTHS = SQL("array_fill(0::float8, ARRAY[%s])", MONTHS)


def month_sums(column):
    """Aggregate: sums of ``e.<column>`` for the last full months, the latest first.

    The relation must have ``month``: 1 for the last full month, 2 for the one
    before, and so on.
    """
    sums = ", ".join(
        f"COALESCE(SUM(e.{column}) FILTER (WHERE e.month = {month}), 0)"
        for month in range(1, MONTHS + 1)
    )
    return f"ARRAY[{sums}]::float8[]"


def by_month(scope, relation, columns):
    """SQL: the rows of ``relation`` added up per client and calendar month."""
    number = SQL(
        "(%(year)s - EXTRACT(YEAR FROM e.day)) * 12"
        " + %(month)s - EXTRACT(MONTH FROM e.day)",
        year=scope.as_of.year,
        month=scope.as_of.month,
    )
    sums = SQL(", ").join(
        SQL("SUM(%s) AS %s", SQL.identifier("e", column), SQL.identifier(column))
        for column in columns
    )
    return SQL(
        """SELECT e.client_id, NULL::int AS res_id, MAX(e.day) AS day,
                  (%s)::int AS month, %s
             FROM %s e
            WHERE e.day >= %s AND e.day < %s
            GROUP BY e.client_id, 4""",
        number,
        sums,
        SQL.identifier(relation),
        scope.first_month,
        scope.this_month,
    )


class ClientHealthFacts(models.AbstractModel):
    _name = "client.health.facts"
    _description = "Source of facts about clients"

    # Models, or "model:field", without which the source is absent.
    _requires = ()
    # Models of the records behind each relation: relation → model name.
    _evidence = {}

    # The records it reads, as :class:`Found`; None where nobody asks for them.
    _found = None

    # -- what a source declares ------------------------------------------------

    @api.model
    def _facts(self):
        """The facts of this source: a list of :class:`Fact`."""
        return []

    @api.model
    def _relations(self, scope):
        """Name → SQL of the relations, in the order in which they build up."""
        return {}

    @api.model
    def _population(self, scope):
        """SQL: ids of commercial partners that this source knows as clients.

        Only the company, the date and the memory of ``scope`` count; None when
        the source makes nobody a client.
        """
        return None

    # -- what follows from it --------------------------------------------------

    @api.model
    def _available(self):
        """True when every model and field that the source reads is installed."""
        for required in self._requires:
            model, _, field = required.partition(":")
            if model not in self.env or (field and field not in self.env[model]):
                return False
        return True

    @api.model
    def _sources(self, available=True):
        """The sources of this database, as a list of models."""
        names = sorted(
            name
            for name in self.env.registry
            if name.startswith(PREFIX) and not self.env[name]._transient
        )
        sources = [self.env[name] for name in names]
        return [s for s in sources if s._available()] if available else sources

    @api.model
    def _catalogue(self, available=False):
        """Name → (source, Fact) of all facts; installed sources only on demand."""
        return {
            fact.name: (source, fact)
            for source in self._sources(available)
            for fact in source._facts()
        }

    @api.model
    def _scope(self, company, clients, as_of=None):
        """Build a :class:`Scope`; ``as_of`` defaults to today where the company is."""
        tz = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        zone = pytz.timezone(tz)
        now = fields.Datetime.now()
        today = pytz.utc.localize(now).astimezone(zone).date()
        as_of = as_of or today
        midnight = datetime.combine(as_of + timedelta(days=1), time.min)
        end = zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)
        return Scope(company, clients, as_of, tz, as_of >= today, end)

    @api.model
    def _with(self, scope):
        """SQL: the WITH clause of all relations of this source."""
        client = SQL("SELECT unnest(%s::int[]) AS client_id", list(scope.clients))
        ctes = [SQL("client AS (%s)", client)]
        for name, body in self._relations(scope).items():
            ctes.append(SQL("%s AS (%s)", SQL.identifier(name), body))
        return SQL("WITH %s", SQL(",\n").join(ctes))

    @api.model
    def _rows_of(self, fact, window, scope):
        """SQL condition: the rows ``e`` of its relation that a fact counts."""
        conditions = [fact.where] if fact.where else []
        if fact.windowed:
            start = scope.as_of - timedelta(days=window)
            end = scope.as_of
            if fact.span == "older":
                conditions.append(SQL("e.day <= %s", start))
            else:
                if fact.span == "before":
                    start, end = start - timedelta(days=window), start
                conditions.append(SQL("e.day > %s AND e.day <= %s", start, end))
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    @api.model
    def _wanted(self, keys, scope):
        """The facts of this source among ``keys``: [(key, Fact, window)]."""
        wanted = []
        facts = {fact.name: fact for fact in self._facts()}
        for key in sorted(keys):
            name, window = key, 0
            if name not in facts:
                name, _, days = key.rpartition("_")
                window = int(days) if days.isdigit() else 0
            fact = facts.get(name)
            if fact and fact.windowed == bool(window):
                if fact.historical or scope.present:
                    wanted.append((key, fact, window))
        return wanted

    @api.model
    def _query(self, keys, scope):
        """SQL of the one query of this source: client_id and one column a key.

        Returns ``(sql, columns)``, or ``(None, [])`` when nothing is asked of it.
        """
        by_relation = {}
        for key, fact, window in self._wanted(keys, scope):
            by_relation.setdefault(fact.relation, []).append((key, fact, window))
        if not by_relation:
            return None, []
        scope = scope._replace(
            lookback=max(
                window for items in by_relation.values() for _k, _f, window in items
            )
        )
        columns, joins = [], []
        for relation, items in by_relation.items():
            alias = SQL.identifier("of_" + relation)
            sums = []
            for key, fact, window in items:
                rows = self._rows_of(fact, window, scope)
                name = SQL.identifier(key)
                sums.append(SQL("%s AS %s", self._filtered(fact, rows), name))
                column = SQL("%s.%s", alias, name)
                if fact.default:
                    column = SQL("COALESCE(%s, %s)", column, fact.default)
                columns.append((key, column))
            joins.append(
                SQL(
                    "LEFT JOIN (SELECT e.client_id, %s FROM %s e GROUP BY e.client_id)"
                    " %s ON %s.client_id = client.client_id",
                    SQL(", ").join(sums),
                    SQL.identifier(relation),
                    alias,
                    alias,
                )
            )
        query = SQL(
            "%s SELECT client.client_id, %s FROM client %s",
            self._with(scope),
            SQL(", ").join(column for _, column in columns),
            SQL(" ").join(joins),
        )
        return query, [key for key, _ in columns]

    @api.model
    def _filtered(self, fact, rows):
        """SQL: the aggregate of a fact over ``rows`` only."""
        marker = "FILTER (WHERE %s)"
        return SQL(
            fact.sql.replace("{rows}", marker), *[rows] * fact.sql.count("{rows}")
        )

    @api.model
    def _read_facts(self, keys, scope):
        """Facts of all sources: client id → {key: number or list of numbers}.

        One query per source, whatever the number of clients. A fact whose
        source is not installed, that has no rows, or that cannot be known for a
        past date is not among the keys of a client.
        """
        result = {client: {} for client in scope.clients}
        for source in self._sources():
            query, columns = source._query(keys, scope)
            if query is None:
                continue
            self.env.cr.execute(query)
            for client, *values in self.env.cr.fetchall():
                facts = result[client]
                for key, value in zip(columns, values, strict=True):
                    if value is not None:
                        facts[key] = _plain(value)
        return result

    @api.model
    def _records(self, fact, window, scope):
        """Ids of the records behind one fact of the clients of ``scope``.

        Returns ``(model name, ids)``; ``(None, [])`` where a fact has no records.
        """
        relation = fact.evidence or fact.relation
        scope = scope._replace(lookback=window)
        model = self._evidence.get(relation)
        if not model or (not fact.historical and not scope.present):
            return None, []
        rows = self._rows_of(fact, window, scope)
        if relation != fact.relation:
            rows = SQL(
                "e.day >= %s AND e.day < %s", scope.first_month, scope.this_month
            )
        latest = SQL()
        if fact.latest:
            latest = SQL(
                "AND e.day = (SELECT MAX(day) FROM %s)", SQL.identifier(relation)
            )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "%s SELECT DISTINCT e.res_id FROM %s e WHERE %s %s ORDER BY 1",
                self._with(scope),
                SQL.identifier(relation),
                rows,
                latest,
            )
        )
        return model, [row[0] for row in self.env.cr.fetchall()]

    # -- SQL that several sources need -----------------------------------------

    @api.model
    def _tracked(self, model, alias, names, scope):
        """SQL: when one of the fields last changed up to the end of the day, as
        the chatter of the record ``alias`` tells; NULL where it does not know."""
        known = self.env["ir.model.fields"]
        ids = [known._get(model, name).id for name in names]
        return SQL(
            """(SELECT MAX(msg.date) FROM mail_message msg
                  JOIN mail_tracking_value v ON v.mail_message_id = msg.id
                 WHERE msg.model = %s AND msg.res_id = %s
                   AND v.field_id = ANY(%s) AND msg.date < %s)""",
            model,
            SQL.identifier(alias, "id"),
            ids,
            scope.end,
        )

    @api.model
    def _was(self, model, alias, name, scope, otherwise):
        """SQL: the value that a selection or boolean had at the end of the day.

        The first change after it in the chatter says what it was until then; where
        the chatter knows of none, ``otherwise``. A value that the chatter does not
        name is ``''`` (a selection) or NULL (a boolean): unknown.
        """
        if scope.present:
            return otherwise
        if self.env[model]._fields[name].type == "boolean":
            return SQL("COALESCE(%s, %s)", self._first_later(
                model, alias, name, scope, SQL("v.old_value_integer <> 0")
            ), otherwise)  # fmt: skip
        value = SQL(
            "COALESCE(%s::jsonb ->> v.old_value_char, '')",
            json.dumps(self._keys_of_labels(model, name)),
        )
        earlier = self._first_later(model, alias, name, scope, value)
        return SQL("COALESCE(%s, %s)", earlier, otherwise)

    @api.model
    def _first_later(self, model, alias, name, scope, value):
        """SQL: ``value`` of the first change of a field after the day; else NULL."""
        return SQL(
            """(SELECT %s FROM mail_message msg
                  JOIN mail_tracking_value v ON v.mail_message_id = msg.id
                 WHERE msg.model = %s AND msg.res_id = %s
                   AND v.field_id = %s AND msg.date >= %s
                 ORDER BY msg.date, v.id LIMIT 1)""",
            value,
            model,
            SQL.identifier(alias, "id"),
            self.env["ir.model.fields"]._get(model, name).id,
            scope.end,
        )

    @api.model
    def _keys_of_labels(self, model, name):
        """Label → value of a selection: the chatter keeps what its writer read."""
        keys = {}
        for code, _name in self.env["res.lang"].get_installed():
            env = self.with_context(lang=code).env
            for key, label in env[model]._fields[name]._description_selection(env):
                keys.setdefault(label, key)
        return keys

    @api.model
    def _active(self, alias, scope):
        """SQL: the record was not archived yet at the end of the day.

        Odoo does not keep when a project or task was archived: it is taken to be
        the last time that anything of it was written.
        """
        active = SQL.identifier(alias, "active")
        if scope.present:
            return active
        written = SQL.identifier(alias, "write_date")
        return SQL("(%s OR %s >= %s)", active, written, scope.end)

    @api.model
    def _moved(self, model, alias, names, scope):
        """SQL: when a task or opportunity last entered a stage, seen from the day.

        What Odoo keeps is the latest move only; where that came after the day,
        the chatter is asked, and else it has not moved since it was made.
        """
        last = SQL.identifier(alias, "date_last_stage_update")
        return SQL(
            """CASE WHEN COALESCE(%(last)s, '-infinity') < %(end)s
                    THEN COALESCE(%(last)s, %(made)s)
                    ELSE COALESCE(%(tracked)s, %(made)s) END""",
            last=last,
            end=scope.end,
            made=SQL.identifier(alias, "create_date"),
            tracked=self._tracked(model, alias, names, scope),
        )

    @api.model
    def _template_tasks(self):
        """SQL: ids of template tasks and everything below them."""
        return SQL(
            """(WITH RECURSIVE template(id) AS (
                    SELECT id FROM project_task WHERE is_template
                    UNION
                    SELECT t.id FROM project_task t
                      JOIN template ON t.parent_id = template.id
                ) SELECT id FROM template)"""
        )


def _plain(value):
    """A database value as JSON holds it: float, or list of floats."""
    if isinstance(value, list):
        return [round(float(item), 6) for item in value]
    return round(float(value), 6)
