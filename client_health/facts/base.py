"""What every source of facts has in common.

A source is an abstract model ``client.health.facts.<source>``. It names the
models it reads, describes its relations (SQL that yields one row per event)
and its facts (what is summed up of a relation), and this module makes ONE statement
of all of them for a set of clients, one company and a period that ends at ``as_of``.
The same relations give the records behind a fact, so that a figure and its
evidence cannot drift apart.
"""

from datetime import timedelta

import pytz
from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..scoring.keys import FactKey
from . import figures, working_time
from .cost import passed_on, subcontractors
from .scope import Known, Scope

PREFIX = "client.health.facts."
PRELOADED = "client_health_preloaded_"  # what tables of the connection begin with
# Groups of sources that are read on connections of their own, at the same time. TALK
# (messages) takes about as long as all others together. SCORES comes last
# for a past day: it needs the scores of the day before.
LANES = TALK, BUSINESS, SCORES = range(3)


class ClientHealthFacts(models.AbstractModel):
    _name = "client.health.facts"
    _description = "Source of facts about clients"

    # Models, or "model:field", without which the source is absent.
    _requires = ()
    # Models of the records behind each relation: relation → model name.
    _evidence: dict[str, str] = {}
    # Relations whose rows have a timestamp, ``at`` (UTC), instead of a ``day``. Their
    # window is compared in timestamps, so that no row is converted to a date.
    _timed: frozenset[str] = frozenset()

    # The lane (of LANES) in which the source is read.
    _lane = BUSINESS

    # Keys of facts that are read whatever the checks ask for.
    _always: frozenset[FactKey] = frozenset()

    # The records that the set-up lists: :class:`Found`; None for none.
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
    def _preloaded(self, scope):
        """Name → SQL of relations that depend on the company only; of ``scope`` anybody
        is a client. The history keeps them as temporary tables while it reads one past
        day after another."""
        return {}

    @api.model
    def _materialized(self, scope):
        """Names of relations that PostgreSQL computes once per statement where all
        clients are asked for: those that are read more than once and have few rows or
        take long."""
        return ()

    @api.model
    def _population(self, scope):
        """SQL: ids of commercial partners that this source knows as clients.

        Of ``scope`` it uses company, date and memory only. None when the source makes
        nobody a client. A source with business has it from that; one that counts more,
        or reads its table faster, has its own.
        """
        business = self._business(scope.anybody)
        if business is None:
            return None
        return SQL(
            "SELECT client_id FROM (%s) business WHERE day > %s",
            business,
            scope.memory_start,
        )

    @api.model
    def _business(self, scope):
        """SQL: client and day of each piece of business that makes a partner a client,
        as a posted invoice does, up to the day of the scope: columns ``client_id`` and
        ``day``. Without any for long a client becomes quiet. None when the source
        knows of no business."""
        return None

    @api.model
    def _each(self, fact, window, scope):
        """The figure of each record behind a fact, for facts whose list of records does
        not show it: ``[(record id, text, figure)]``, the worst first, the figure in the
        unit of the fact."""
        return []

    @api.model
    def _changed(self, since):
        """SQL: ids of clients whose records were written since a moment (UTC), and
        maybe of others. None: what this source reads is not looked at before the
        night."""
        return None

    # -- what is derived from that ---------------------------------------------

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
        """The sources of this database, as a list of models, lane by lane."""
        names = sorted(
            name
            for name in self.env.registry
            if name.startswith(PREFIX) and not self.env[name]._transient
        )
        sources = [self.env[name] for name in names]
        sources.sort(key=lambda source: source._lane)
        return [s for s in sources if s._available()] if available else sources

    @api.model
    def _catalogue(self, available=False):
        """Name → (source, Fact) of all facts; ``available``: of installed apps only."""
        return {
            fact.name: (source, fact)
            for source in self._sources(available)
            for fact in source._facts()
        }

    @api.model
    def _kept(self):
        """Keys of the facts that are read whatever the checks ask for."""
        return figures.KEYS.union(*(source._always for source in self._sources()))

    @api.model
    def _zone(self, company):
        """Name of the time zone in which a company works."""
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    @api.model
    def _day_of(self, moment, company):
        """The calendar day of a moment (UTC) where the company is."""
        zone = pytz.timezone(self._zone(company))
        return pytz.utc.localize(moment).astimezone(zone).date()

    @api.model
    @ormcache("company_id", "zone", "stamp", "year")
    def _working_year(self, company_id, zone, stamp, year):
        """What :func:`.working_time.working_year` says, once for each ``stamp``."""
        company = self.env["res.company"].sudo().browse(company_id)
        return working_time.working_year(company, zone, year)

    @api.model
    def _scope(self, company, clients, as_of=None, everyone=False):
        """Build a :class:`Scope`; ``as_of`` defaults to today where the company is."""
        tz = self._zone(company)
        now = fields.Datetime.now()
        today = self._day_of(now, company)
        as_of = as_of or today
        everyone = everyone and len(clients) > 1
        scope = Scope(company, clients, as_of, tz, as_of >= today, now, everyone)
        return scope._replace(end=scope.midnight(as_of + timedelta(days=1)))

    @api.model
    def _look_up(self, scope):
        """The scope with the ids of :class:`Known`."""
        self.env.cr.execute(
            SQL(
                """SELECT ARRAY(SELECT id FROM project_project
                                 WHERE is_template IS TRUE),
                          ARRAY(%s),
                          ARRAY(SELECT partner_id FROM res_users
                                 WHERE share IS NOT TRUE),
                          ARRAY(SELECT id FROM mail_message_subtype WHERE internal),
                          ARRAY(%s), ARRAY(%s),
                          ARRAY(SELECT DISTINCT contact_id FROM client_affiliation)""",
                self._template_tasks(),
                passed_on(self.env),
                subcontractors(self.env),
            )
        )
        *known, moved = self.env.cr.fetchone()
        return scope._replace(known=Known(*known, moved=moved))

    @api.model
    def _template_tasks(self):
        """SQL: ids of template tasks and everything below them."""
        return SQL(
            """WITH RECURSIVE template(id) AS (
                    SELECT id FROM project_task WHERE is_template IS TRUE
                    UNION
                    SELECT t.id FROM project_task t
                      JOIN template ON t.parent_id = template.id
                ) SELECT id FROM template"""
        )

    @api.model
    def _with(self, scope, client=True):
        """SQL: the WITH clause of all relations of this source, and of ``client``.

        Of few clients every relation is small: computed once, each takes PostgreSQL
        less time to plan than being written out wherever it is read.
        """
        ctes = []
        materialized = self._materialized(scope)
        if client:
            ids = SQL("%s AS client_id", scope.clients_sql)
            ctes.append(SQL("client AS MATERIALIZED (%s)", ids))
        tables = {
            name: SQL("SELECT * FROM %s", SQL.identifier("pg_temp", PRELOADED + name))
            for name in scope.preloaded.intersection(self._preloaded(scope))
        }
        # temporary tables come first, and replace the relations of the same name
        relations = {**tables, **self._relations(scope), **tables}
        for name, body in relations.items():
            once = name in materialized or not scope.everyone
            how = SQL("MATERIALIZED" if once else "NOT MATERIALIZED")
            ctes.append(SQL("%s AS %s (%s)", SQL.identifier(name), how, body))
        return SQL("WITH %s", SQL(",\n").join(ctes)) if ctes else SQL()

    @api.model
    def _reach(self, wanted, scope):
        """Relation → the day after which its rows are needed for ``wanted``, a list
        of (key, Fact, window); None where all are."""
        reach = {}
        for _key, fact, window in wanted:
            day = None
            if fact.monthly:
                day = scope.months(fact.months)[-1] - timedelta(days=1)
            elif fact.windowed and fact.span != "older":
                spans = 2 if fact.span == "before" else 1
                day = scope.as_of - timedelta(days=spans * window + fact.ago)
            others = reach.get(fact.relation, day)
            known = day is not None and others is not None
            reach[fact.relation] = min(day, others) if known else None
        return reach

    @api.model
    def _rows_of(self, fact, window, scope):
        """SQL condition: the rows ``e`` of its relation that a fact counts."""
        conditions = [fact.where] if fact.where else []
        days = self._days(fact, window, scope)
        if days:
            conditions.append(self._between(fact, *days, scope))
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    @api.model
    def _days(self, fact, window, scope):
        """The first day whose rows a fact counts (None: whatever is older), and the
        day after the last; None where all rows count."""
        if fact.monthly:
            months = scope.months(fact.months)
            return months[-1], months[0]
        if not fact.windowed:
            return None
        last = scope.as_of - timedelta(days=fact.ago)
        start = last - timedelta(days=window - 1)
        if fact.span == "older":
            return None, start
        if fact.span == "before":
            return start - timedelta(days=window), start
        return start, last + timedelta(days=1)

    @api.model
    def _between(self, fact, start, end, scope):
        """SQL condition: a row ``e`` lies from one day up to before another."""
        column, days = SQL("e.day"), [start, end]
        if fact.relation in self._timed:
            column = SQL("e.at")
            days = [day and scope.midnight(day) for day in days]
        start, end = days
        until = SQL("%s < %s", column, end)
        return SQL("%s >= %s AND %s", column, start, until) if start else until

    @api.model
    def _wanted(self, keys, scope):
        """The facts of this source among ``keys``: [(key as text, Fact, window)]."""
        wanted = []
        facts = {fact.name: fact for fact in self._facts()}
        for key in sorted(keys):
            fact = facts.get(key.name)
            if fact and fact.windowed == bool(key.window):
                if fact.historical or scope.present:
                    wanted.append((str(key), _so_long_ago(fact, key), key.window))
        return wanted

    @api.model
    def _query(self, keys, scope):
        """SQL of this source: client_id and one column a key, for the relation
        ``client``.

        Returns ``(sql, {key: Fact})``, or ``(None, {})`` when nothing is asked of it.
        """
        wanted = self._wanted(keys, scope)
        if not wanted:
            return None, {}
        scope = scope._replace(reach=self._reach(wanted, scope))
        by_relation = {}
        for key, fact, window in wanted:
            relation = fact.summary or fact.relation
            by_relation.setdefault(relation, []).append((key, fact, window))
        columns, joins = [], []
        for relation, items in by_relation.items():
            alias = SQL.identifier("of_" + relation)
            sums = []
            for key, fact, window in items:
                name = SQL.identifier(key)
                sums.append(SQL("%s AS %s", self._sum(fact, window, scope), name))
                column = SQL("%s.%s", alias, name)
                if fact.default:
                    column = SQL("COALESCE(%s, %s)", column, fact.default)
                columns.append(SQL("%s AS %s", column, name))
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
            self._with(scope, client=False),
            SQL(", ").join(columns),
            SQL(" ").join(joins),
        )
        return query, {key: fact for key, fact, _window in wanted}

    @api.model
    def _sum(self, fact, window, scope):
        """SQL: the aggregate of a fact over the rows ``e`` that it counts."""
        if fact.monthly:
            amount = SQL.identifier("e", fact.monthly)
            starts = scope.months(fact.months)
            months = [
                SQL(
                    "COALESCE(ROUND(SUM(%s) FILTER (WHERE %s) * 1e6) / 1e6, 0)",
                    amount,
                    self._between(fact, start, end, scope),
                )
                for end, start in zip(starts, starts[1:], strict=False)
            ]
            return SQL("ARRAY[%s]::float8[]", SQL(", ").join(months))
        rows = SQL("FILTER (WHERE %s)", self._rows_of(fact, window, scope))
        if fact.latest:
            latest = SQL("MAX(e.day) %s", rows)
            if fact.relation in self._timed:
                latest = scope.day(SQL("(MAX(e.at) %s)", rows))
            return SQL("%s - %s", scope.as_of, latest)
        sql = fact.sql.replace("{rows}", "%s")
        return SQL(sql, *[rows] * sql.count("%s"))


def _so_long_ago(fact, key):
    """A fact as a key asks for it: of some days before."""
    if not key.ago:
        return fact
    if fact.moves:
        return fact._replace(ago=key.ago, relation=f"{fact.relation}_{key.ago}")
    return fact._replace(ago=key.ago)
