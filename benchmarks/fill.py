"""Fill a database with 24 months of business, by SQL: much faster than the ORM.

``fill(env, clients)`` makes, for 25,000 clients: 75,000 contacts, 25,000 projects,
400,000 tasks, 1.2 million hours, 400,000 invoices with their payments, 2 million
messages (those read) with 667,000 notifications, 100,000 quotations, 50,000
opportunities, 100,000 meetings, ratings, incidents and a colleague's word for every
fifth client.
Everything grows with ``clients``.
"""

import time

import psycopg2
from odoo.tools import SQL, sql
from tables import ONLY, PEOPLE, TABLES


def condition(what, table):
    return ONLY.get(what) or ONLY.get(f"{what} of {table}") or "TRUE"


def fill(env, clients, say=print):
    """Add ``clients`` clients and all their records to the company of ``env``."""
    started = time.monotonic()
    params = _params(env, clients)
    _unchecked(env.cr)
    # those of the module are missing in a database without it
    tables = [entry for entry in TABLES if sql.table_exists(env.cr, entry[2])]
    for what, each, table, columns in tables:
        rows = int(clients * each)
        source = ", ".join(columns.values()).replace("{client}", "i %% %(n)s")
        where = condition(what, table).replace("{client}", "i %% %(n)s")
        statement = (
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {source} FROM generate_series(0, {rows - 1}) i WHERE {where}"
        )
        env.cr.execute(_escaped(statement), params)
        say(f"  {env.cr.rowcount:>9,} {what} [{time.monotonic() - started:.0f} s]")
    for table in {table for _what, _each, table, _columns in tables}:
        env.cr.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), MAX(id)) FROM %s",
                table,
                SQL.identifier(table),
            )
        )
    env.cr.commit()
    env.invalidate_all()
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE")
    env.cr._cnx.autocommit = False


def _unchecked(cr):
    """Insert without looking up every foreign key, where the server lets us: half
    of the time. The rows fit together by construction."""
    try:
        with cr.savepoint():
            cr.execute("SET LOCAL session_replication_role = replica")
    except psycopg2.errors.InsufficientPrivilege:
        pass


def _escaped(statement):
    """psycopg reads ``%``: those that are no parameter are doubled, once."""
    marked = statement.replace("%%", "%").replace("%(", "\0(").replace("%", "%%")
    return marked.replace("\0(", "%(")


def _params(env, clients):
    company = env.company
    users = env["res.users"].create(
        [{"name": f"Colleague {i}", "login": f"colleague{i}"} for i in range(PEOPLE)]
    )
    employees = env["hr.employee"].create(
        [{"name": user.name, "user_id": user.id} for user in users]
    )
    env.flush_all()

    def journal(kind):
        domain = [("type", "=", kind), ("company_id", "=", company.id)]
        return env["account.journal"].search(domain, limit=1).id

    def account(kind):
        domain = [("account_type", "=", kind), ("company_ids", "in", company.id)]
        return env["account.account"].search(domain, limit=1).id

    firsts = {}
    for name, table in (
        ("partner", "res_partner"), ("alias", "mail_alias"),
        ("project", "project_project"), ("task", "project_task"),
        ("move", "account_move"), ("line", "account_move_line"),
        ("message", "mail_message"), ("order", "sale_order"),
        ("event", "calendar_event"),
    ):  # fmt: skip
        env.cr.execute(
            SQL("SELECT COALESCE(MAX(id), 0) + 1 FROM %s", SQL.identifier(table))
        )
        firsts[name] = env.cr.fetchone()[0]
    firsts["contact"] = firsts["partner"] + clients
    firsts["paid"] = firsts["move"] + 16 * clients
    firsts["paid_line"] = firsts["line"] + 16 * clients
    # lines without a number of their own come behind those with one
    env.cr.execute(
        "SELECT setval(pg_get_serial_sequence('account_move_line', 'id'), %s)",
        [firsts["paid_line"] + 16 * clients],
    )
    return {
        **firsts,
        "n": clients,
        "people": PEOPLE,
        "users": users.ids,
        "authors": users.partner_id.ids,
        "employees": employees.ids,
        "company": company.id,
        "currency": company.currency_id.id,
        "sales": journal("sale"),
        "bank": journal("bank"),
        "receivable": account("asset_receivable"),
        "income": account("income"),
        "task_model": env["ir.model"]._get_id("project.task"),
        "project_model": env["ir.model"]._get_id("project.project"),
        "task_stage": env["project.task.type"].create({"name": "Work"}).id,
        "project_stage": env["project.project.stage"].search([], limit=1).id,
        "open_stages": env["crm.stage"].search([("is_won", "=", False)], limit=3).ids,
        "won_stage": env["crm.stage"].search([("is_won", "=", True)], limit=1).id,
        "note": env.ref("mail.mt_note").id,
        "discussion": env.ref("mail.mt_comment").id,
    }
