"""What a source of facts declares, and what a query is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL

MEMORY_DAYS = 730  # a client is somebody we did business with in this period
MONTHS = 12  # length of a fact that is a row of calendar months
LONG_MONTHS = 24  # and of one that compares years


class Fact(NamedTuple):
    """One figure per client.

    ``relation``: the relation it sums up, whose rows have ``client_id``,
    ``res_id``, ``day`` (or, in a timed relation, ``at``) and whatever ``sql`` and
    ``where`` read (as ``e.column``). ``sql``: the aggregate, in which ``{rows}``
    stands for the filter on the rows that count. ``windowed``: counts the rows of a
    period only; ``span`` says whether they lie ``within`` the window, ``before`` it
    (in a window of the same length) or are ``older`` than it. ``default``: the value
    where there are no rows; without it the fact is absent then. ``historical``: can
    be known for a past date. ``latest``: instead of ``sql``, the days since the
    latest row, whose day's rows are its evidence. ``monthly``: instead of ``sql``,
    this column added up for each of the last ``months`` full calendar months, the
    latest first. ``listed``: a list of numbers. ``summary``: a relation that yields
    the same figure with others, read in place of ``relation`` where no records are
    asked for. ``cost``: tells what our own work costs, which no plain user may see.
    ``ago``: of so many days before; ``moves``: a fact without a window can be asked for
    so, of a relation whose name ends in ``_`` and the days.
    """

    name: str
    label: str
    meaning: str
    unit: str
    relation: str
    sql: str = ""
    windowed: bool = True
    span: str = "within"
    where: SQL | None = None
    default: SQL | None = SQL("0")
    money: bool = False
    historical: bool = True
    latest: bool = False
    monthly: str = ""
    listed: bool = False
    summary: str = ""
    cost: bool = False
    months: int = MONTHS
    ago: int = 0
    moves: bool = False


def days_since(
    name: str,
    label: str,
    meaning: str,
    relation: str,
    where: SQL | None = None,
    summary: str = "",
) -> Fact:
    """The :class:`Fact` of how many days ago the latest row of a relation was."""
    return Fact(
        name, label, meaning, "days", relation,
        windowed=False, where=where, default=None, latest=True, summary=summary,
    )  # fmt: skip


def by_month(
    name: str, label: str, meaning: str, relation: str, column: str,
    months: int = MONTHS, cost: bool = False, where: SQL | None = None,
    summary: str = "",
) -> Fact:  # fmt: skip
    """The :class:`Fact` of the money in a column for each of the last months.

    ``where``: which rows of ``relation`` are its records.
    """
    return Fact(
        name, label, meaning, "money", relation,
        windowed=False, money=True, monthly=column, listed=True, cost=cost,
        default=SQL("array_fill(0::float8, ARRAY[%s])", months), months=months,
        where=where, summary=summary,
    )  # fmt: skip


class Found(NamedTuple):
    """The records of a source as the set-up lists them: label, model, domain, and the
    field with their date."""

    label: str
    model: str
    domain: list
    date: str


class Known(NamedTuple):
    """Ids that many rows are compared with, looked up once a statement: template
    projects, template tasks and everything below them, our own people, internal
    message subtypes, products that are passed on at cost, employees who send bills,
    contacts who once were of another client.
    A list in the statement is hashed, and planned well, where a subquery is not.
    """

    template_projects: Sequence[int] = ()
    templates: Sequence[int] = ()
    ours: Sequence[int] = ()
    internal_subtypes: Sequence[int] = ()
    passed_on: Sequence[int] = ()
    subcontractors: Sequence[int] = ()
    moved: Sequence[int] = ()


class Scope(NamedTuple):
    """What a query is about: company, clients and day.

    ``end`` is the moment (UTC, naive) at which the day ``as_of`` ends in the
    time zone of the company; ``present`` is True unless ``as_of`` is past.
    ``everyone``: ``clients`` are all that have an id between the first and the last
    of them, so that a condition on the range is enough. ``reach``: relation → the day
    after which its rows are needed (None: all of them). ``preloaded``: relations that
    are temporary tables of the connection, while several days are read one by one.
    """

    company: models.BaseModel
    clients: list[int]
    as_of: date
    tz: str
    present: bool
    end: datetime
    everyone: bool = False
    reach: Mapping[str, date | None] = {}
    known: Known = Known()
    preloaded: frozenset[str] = frozenset()

    @property
    def anybody(self) -> "Scope":
        """The scope of the same company and day, with everybody who can be a client."""
        return self._replace(clients=[1, 2**31 - 1], everyone=True)

    @property
    def clients_sql(self) -> SQL:
        """SQL: the ids of the clients, as rows."""
        return SQL("SELECT unnest(%s::int[])", array(self.clients))

    def mine(self, column: SQL) -> SQL:
        """SQL condition: the column holds one of the clients."""
        if self.everyone:
            first, last = min(self.clients), max(self.clients)
            return SQL("%s BETWEEN %s AND %s", column, first, last)
        if len(self.clients) == 1:
            return SQL("%s = %s", column, self.clients[0])
        return one_of(column, self.clients)

    @property
    def distinct(self) -> SQL:
        """SQL: DISTINCT where all clients are asked for, so that each partner is joined
        once; empty for few clients, whose rows are found through the joins."""
        return SQL("DISTINCT") if self.everyone else SQL()

    def client_of(self, partner: str, day: SQL) -> SQL:
        """SQL: the id of the client that the contact ``partner`` (alias of a row of
        res_partner) was of on a day."""
        own = SQL.identifier(partner, "commercial_partner_id")
        if not self.known.moved:
            return own
        contact = SQL.identifier(partner, "id")
        return SQL(
            """CASE WHEN %(moved)s THEN COALESCE(
                  (SELECT was.partner_id FROM client_affiliation was
                    WHERE was.contact_id = %(contact)s AND was.until > %(day)s
                    ORDER BY was.until LIMIT 1), %(own)s) ELSE %(own)s END""",
            moved=one_of(contact, self.known.moved),
            contact=contact,
            day=day,
            own=own,
        )

    def may_be_mine(self, partner: str) -> SQL:
        """SQL condition: the contact ``partner`` is of one of the clients, or was; by
        the indexes, in addition to a condition on :meth:`client_of`."""
        own = SQL.identifier(partner, "commercial_partner_id")
        if not self.known.moved:
            return self.mine(own)
        return SQL(
            """(%s OR %s IN (SELECT was.contact_id FROM client_affiliation was
                              WHERE %s))""",
            self.mine(own),
            SQL.identifier(partner, "id"),
            self.mine(SQL("was.partner_id")),
        )

    def was_mine(self, partner: str, day: SQL) -> SQL:
        """SQL condition: the contact ``partner`` was of one of the clients on a day."""
        if not self.known.moved:
            return self.may_be_mine(partner)
        client = self.client_of(partner, day)
        return SQL("%s AND %s", self.may_be_mine(partner), self.mine(client))

    def my_task(self, task: SQL) -> SQL:
        """SQL condition: the task may belong to one of the clients, by its partner or
        by its project's.

        In addition to the join on the partner that counts, which no index supports.
        """
        if self.everyone:
            return SQL("TRUE")
        return SQL(
            """%(task)s IN (
                SELECT mine.id FROM res_partner p
                  JOIN project_task mine ON mine.partner_id = p.id WHERE %(mine)s
                UNION ALL
                SELECT mine.id FROM res_partner p
                  JOIN project_project theirs ON theirs.partner_id = p.id
                  JOIN project_task mine ON mine.project_id = theirs.id
                 WHERE mine.partner_id IS NULL AND %(mine)s)""",
            task=task,
            mine=self.may_be_mine("p"),
        )

    @property
    def memory_start(self) -> date:
        """First day of the period that makes a partner a client."""
        return self.as_of - timedelta(days=MEMORY_DAYS)

    def day(self, timestamp: SQL) -> SQL:
        """SQL: the calendar day, in the company's time zone, of a timestamp."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", timestamp, self.tz)

    def begins(self, day: SQL | date) -> SQL:
        """SQL: the moment (UTC) at which a day begins where the company is."""
        return SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, self.tz)

    def midnight(self, day: date) -> datetime:
        """The moment (UTC, naive) at which a day begins where the company is."""
        midnight = pytz.timezone(self.tz).localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def since(self, *relations: str) -> date | None:
        """The day after which rows of these relations are needed, or None."""
        reached = [self.reach[name] for name in relations if name in self.reach]
        days = [day for day in reached if day]
        return min(days) if days and len(days) == len(reached) else None

    def needed(self, column: SQL, *relations: str) -> SQL:
        """SQL condition: a date is late enough for what is asked of relations."""
        since = self.since(*relations)
        return SQL("%s > %s", column, since) if since else SQL("TRUE")

    def needed_at(self, column: SQL, *relations: str) -> SQL:
        """SQL condition: like ``needed``, for a timestamp."""
        since = self.since(*relations)
        if not since:
            return SQL("TRUE")
        return SQL("%s >= %s", column, self.midnight(since + timedelta(days=1)))

    def own_or_shared(self, alias: str) -> SQL:
        """SQL: the row belongs to the company, or to every company."""
        column = SQL.identifier(alias, "company_id")
        return SQL("(%s = %s OR %s IS NULL)", column, self.company.id, column)

    def no_template(self, task: SQL) -> SQL:
        """SQL condition: the task is no template, nor below one; None is none."""
        if not self.known.templates:
            return SQL("TRUE")
        return SQL("(%s IS NULL OR NOT %s)", task, one_of(task, self.known.templates))

    def in_project(self, project: SQL) -> SQL:
        """SQL condition: there is a project, and it is no template."""
        if not self.known.template_projects:
            return SQL("%s IS NOT NULL", project)
        # NULL is none of them, so it is left out too
        return SQL("NOT %s", one_of(project, self.known.template_projects))

    def internal(self, partner: SQL) -> SQL:
        """SQL condition: the partner is one of our own people."""
        return one_of(partner, self.known.ours)

    def months(self, number: int = MONTHS) -> list[date]:
        """First days of the last so many full months and of the running one, the
        latest first."""
        this = self.as_of.year * 12 + self.as_of.month - 1
        return [
            date((this - back) // 12, (this - back) % 12 + 1, 1)
            for back in range(number + 1)
        ]

    def months_ago(self, number: int) -> date:
        """The day so many months before: the last of its month where the day itself
        is the last of its own.

        What is paid by month lies as often in one such period as in another.
        """
        last = self.is_month_end
        then = self.as_of - relativedelta(months=number)
        return then + relativedelta(day=31) if last else then

    @property
    def is_month_end(self) -> bool:
        """True when the day is the last of its month."""
        return (self.as_of + timedelta(days=1)).day == 1


def array(values: Iterable[object]) -> str:
    """A PostgreSQL array of numbers or plain words as text: read much faster than a
    list of parameters."""
    return "{" + ",".join(map(str, values)) + "}"


def one_of(column: SQL, ids: Iterable[int]) -> SQL:
    """SQL condition: the column holds one of the ids."""
    return SQL("%s = ANY(%s::int[])", column, array(ids))
