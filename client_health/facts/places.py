"""Records on which people talk: whose client they are about, and when they closed."""

from collections.abc import Callable
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from .chatter import last_move, later, tracked
from .due_tasks import CLOSED
from .projects import MOVES
from .scope import Scope

Condition = Callable[[SQL], SQL]  # SQL of a client's id → SQL: it is one of those asked


class Place(NamedTuple):
    """A model of records that are about a client.

    ``rows``: SQL of FROM, with the record as ``d``; ``client``: SQL of the id of its
    commercial entity; ``ids``: takes a :data:`Condition` and gives SQL of the ids of
    records that may be about such a client, which indexes find (None: they are found
    by ``client``); ``closed``: takes SQL of ids and a scope, and gives SQL of rows
    ``res_id`` and ``at``: which of these records are closed at the end of the day, and
    since when (None: they never close).
    """

    model: str
    rows: SQL
    client: SQL
    ids: Callable[[Condition], SQL] | None = None
    closed: Callable[[Environment, SQL, Scope], SQL] | None = None


def of_contact(
    model: str,
    table: str,
    closed: Callable[[Environment, SQL, Scope], SQL] | None = None,
) -> Place:
    """The :class:`Place` of records with a contact in ``partner_id``."""
    rows = SQL("%s d JOIN res_partner p ON p.id = d.partner_id", SQL.identifier(table))
    return Place(model, rows, SQL("p.commercial_partner_id"), closed=closed)


def known_places(env: Environment) -> list[Place]:
    """The places of Odoo's own apps and their neighbours, those that are installed."""
    places = [
        Place("res.partner", SQL("res_partner d"), SQL("d.commercial_partner_id")),
        Place("project.task", TASK, TASK_CLIENT, task_ids, closed_tasks),
    ]
    closing = {
        "crm.lead": closed_leads,
        "sale.order": closed_orders,
        "helpdesk.ticket": closed_tickets,
    }
    for model in (
        "project.project",
        "crm.lead",
        "sale.order",
        "account.move",
        "account.payment",
        "purchase.order",
        "repair.order",
        "helpdesk.ticket",
    ):
        if model in env and env[model]._fields["partner_id"].store:
            places.append(of_contact(model, env[model]._table, closing.get(model)))
    return places


# -- whose ---------------------------------------------------------------------

# A task is its own customer's. One who is no company, on a project with a customer,
# writes for the project's: an address that mail made a contact of is such a one.
TASK = SQL(
    """project_task d
       LEFT JOIN res_partner own ON own.id = d.partner_id
       LEFT JOIN res_partner entity ON entity.id = own.commercial_partner_id
       LEFT JOIN project_project j ON j.id = d.project_id
       LEFT JOIN res_partner customer ON customer.id = j.partner_id"""
)
TASK_CLIENT = SQL(
    """CASE WHEN entity.is_company OR customer.id IS NULL THEN entity.id
            ELSE customer.commercial_partner_id END"""
)


def task_ids(mine: Condition) -> SQL:
    """SQL: ids of the tasks with such a customer, or on a project with one."""
    return SQL(
        """SELECT t.id FROM res_partner p JOIN project_task t ON t.partner_id = p.id
            WHERE %(mine)s
            UNION ALL
           SELECT t.id FROM res_partner p
             JOIN project_project j ON j.partner_id = p.id
             JOIN project_task t ON t.project_id = j.id
            WHERE %(mine)s""",
        mine=mine(SQL("p.commercial_partner_id")),
    )


def places_of(places: list[Place], spots: SQL) -> SQL:
    """SQL: ``model``, ``res_id`` and ``client_id`` of the records in ``spots`` (SQL of
    a relation with ``model`` and ``res_id``) that are about a client."""
    return SQL(" UNION ALL ").join(
        SQL(
            """SELECT s.model, s.res_id, %(client)s AS client_id
                 FROM %(rows)s
                 JOIN (SELECT model, res_id FROM %(spots)s WHERE model = %(model)s) s
                   ON s.res_id = d.id
                WHERE %(client)s IS NOT NULL""",
            client=place.client,
            spots=spots,
            model=place.model,
            rows=place.rows,
        )
        for place in places
    )


def records_of(places: list[Place], mine: Condition) -> SQL:
    """SQL: ``model`` and ``res_id`` of the records about such clients, or, of tasks,
    that may be."""
    parts = []
    for place in places:
        if place.ids:
            rows = SQL("(%s) d(id)", place.ids(mine))
            found = SQL("SELECT %s AS model, d.id AS res_id FROM %s", place.model, rows)
        else:
            found = SQL(
                "SELECT %s AS model, d.id AS res_id FROM %s WHERE %s",
                place.model,
                place.rows,
                mine(place.client),
            )
        parts.append(found)
    return SQL(" UNION ALL ").join(parts)


# -- closed --------------------------------------------------------------------


def closings(places: list[Place], env: Environment, spots: SQL, scope: Scope) -> SQL:
    """SQL: ``model``, ``res_id`` and ``at``: which of the records in ``spots`` are
    closed at the end of the day, and since when."""
    # of the records in question only, however many clients are asked for
    near = scope._replace(everyone=False)
    parts = [
        SQL(
            "SELECT %s AS model, c.res_id, c.at FROM (%s) c WHERE c.at < %s",
            place.model,
            place.closed(
                env,
                SQL("SELECT res_id FROM %s WHERE model = %s", spots, place.model),
                near,
            ),
            scope.end,
        )
        for place in places
        if place.closed
    ]
    return SQL(" UNION ALL ").join(parts)


def closed_tasks(env: Environment, ids: SQL, scope: Scope) -> SQL:
    """Done and cancelled tasks, since they last entered a stage or a status."""
    if scope.present:
        return SQL(
            """SELECT t.id AS res_id, %s AS at FROM project_task t
                WHERE t.id IN (%s) AND t.state IN %s""",
            last_move("t", "moved", scope),
            ids,
            CLOSED,
        )
    task = "project.task"
    return SQL(
        """SELECT t.id AS res_id, %(moved_at)s AS at
             FROM project_task t
             LEFT JOIN (%(state)s) later_state ON later_state.res_id = t.id
             LEFT JOIN (%(stage)s) later_stage ON later_stage.res_id = t.id
             LEFT JOIN (%(moved)s) moved ON moved.res_id = t.id
            WHERE t.id IN (%(ids)s) AND %(state_then)s IN %(closed)s""",
        moved_at=last_move("t", "moved", scope),
        state=later(env, task, "state", ids, scope),
        stage=later(env, task, "stage_id", ids, scope),
        moved=tracked(env, task, list(MOVES), ids, scope),
        ids=ids,
        state_then=env["client.health.facts.projects"]._state(scope),
        closed=CLOSED,
    )


def closed_leads(env: Environment, ids: SQL, scope: Scope) -> SQL:
    """Opportunities won or lost, since they were."""
    status, before = SQL("o.won_status"), SQL()
    closed = SQL("COALESCE(o.date_closed, o.write_date)")
    if not scope.present:
        status = SQL(
            """COALESCE(later_status.was,
                 CASE WHEN o.date_closed >= %s THEN 'pending' ELSE o.won_status END)""",
            scope.end,
        )
        closed = SQL(
            "CASE WHEN o.date_closed < %s THEN o.date_closed ELSE closed.at END",
            scope.end,
        )
        before = SQL(
            """LEFT JOIN (%s) later_status ON later_status.res_id = o.id
               LEFT JOIN (%s) closed ON closed.res_id = o.id""",
            later(env, "crm.lead", "won_status", ids, scope),
            tracked(env, "crm.lead", ["won_status"], ids, scope),
        )
    return SQL(
        """SELECT o.id AS res_id, %s AS at FROM crm_lead o %s
            WHERE o.id IN (%s) AND %s IN ('won', 'lost')""",
        closed,
        before,
        ids,
        status,
    )


def closed_orders(env: Environment, ids: SQL, scope: Scope) -> SQL:
    """Cancelled quotations and orders, since they were."""
    state, before = SQL("o.state"), SQL()
    if not scope.present:
        state = SQL("COALESCE(later.was, o.state)")
        states = later(env, "sale.order", "state", ids, scope)
        before = SQL("LEFT JOIN (%s) later ON later.res_id = o.id", states)
    return SQL(
        """SELECT o.id AS res_id, COALESCE(changed.at, o.write_date) AS at
             FROM sale_order o LEFT JOIN (%s) changed ON changed.res_id = o.id %s
            WHERE o.id IN (%s) AND %s = 'cancel'""",
        tracked(env, "sale.order", ["state"], ids, scope),
        before,
        ids,
        state,
    )


def closed_tickets(env: Environment, ids: SQL, scope: Scope) -> SQL:
    """Closed tickets of OCA's helpdesk_mgmt, since they were."""
    return SQL(
        """SELECT k.id AS res_id, k.closed_date AS at FROM helpdesk_ticket k
            WHERE k.id IN (%s) AND k.closed_date IS NOT NULL""",
        ids,
    )
