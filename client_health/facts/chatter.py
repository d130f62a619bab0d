"""SQL for what a record was on a past day, as its chatter tells.

Each is a relation with one row per record (``res_id``) to join, so that it costs the
same way for one client and for all of them.
"""

import json
from collections.abc import Collection

from odoo.api import Environment
from odoo.tools import SQL

from .scope import Scope


def _changes(
    env: Environment, model: str, names: list[str], records: SQL, scope: Scope
) -> SQL:
    """SQL: the tracked changes of fields, as FROM and WHERE of ``msg`` and ``v``.

    ``records``: SQL of the ids in question; everyone's are not looked up.
    """
    known = env["ir.model.fields"]
    ids = [known._get(model, name).id for name in names]
    mine = SQL("TRUE")
    if not scope.everyone:
        mine = SQL("msg.res_id IN (%s)", records)
    return SQL(
        """FROM mail_message msg
           JOIN mail_tracking_value v ON v.mail_message_id = msg.id
          WHERE msg.model = %s AND v.field_id = ANY(%s) AND %s""",
        model,
        ids,
        mine,
    )


def tracked(
    env: Environment, model: str, names: list[str], records: SQL, scope: Scope
) -> SQL:
    """SQL: ``res_id``, and ``at``: when one of the fields last changed up to the
    end of the day. Without a row the chatter does not know."""
    return SQL(
        "SELECT msg.res_id, MAX(msg.date) AS at %s AND msg.date < %s GROUP BY 1",
        _changes(env, model, names, records, scope),
        scope.end,
    )


def later(env: Environment, model: str, name: str, records: SQL, scope: Scope) -> SQL:
    """SQL: ``res_id``, and ``was``: the value that a field had at the end of the
    day, as its first change after it says.

    Without a row it was not changed since. A value that the chatter does not
    name is ``''`` (a selection) or NULL (a boolean): unknown.
    """
    kind = env[model]._fields[name].type
    value = SQL("TRUE")
    if kind == "boolean":
        value = SQL("v.old_value_integer <> 0")
    elif kind == "float":
        value = SQL("v.old_value_float")
    elif kind == "selection":
        value = SQL(
            "COALESCE(%s::jsonb ->> v.old_value_char, '')",
            json.dumps(_keys_of_labels(env, model, name)),
        )
    return SQL(
        """SELECT DISTINCT ON (msg.res_id) msg.res_id, %s AS was %s
              AND msg.date >= %s ORDER BY msg.res_id, msg.date, v.id""",
        value,
        _changes(env, model, [name], records, scope),
        scope.end,
    )


def entered(
    env: Environment,
    model: str,
    name: str,
    values: Collection[str],
    records: SQL,
    scope: Scope,
) -> SQL:
    """SQL: ``res_id``, ``value`` and ``at``: the last of some values that a selection
    took up to the end of the day, and when. Without a row the chatter knows of none.
    """
    keys = _keys_of_labels(env, model, name)
    labels = {label: key for label, key in keys.items() if key in values}
    return SQL(
        """SELECT DISTINCT ON (msg.res_id) msg.res_id, msg.date AS at,
                  %s::jsonb ->> v.new_value_char AS value
             %s AND v.new_value_char = ANY(%s) AND msg.date < %s
            ORDER BY msg.res_id, msg.date DESC, v.id DESC""",
        json.dumps(labels),
        _changes(env, model, [name], records, scope),
        list(labels),
        scope.end,
    )


def ever(
    env: Environment,
    model: str,
    name: str,
    values: Collection[str],
    records: SQL,
    scope: Scope,
) -> SQL:
    """SQL: ``res_id`` of the records of which the chatter knows that a selection had
    one of some values up to the end of the day."""
    keys = _keys_of_labels(env, model, name)
    labels = [label for label, key in keys.items() if key in values]
    return SQL(
        """SELECT DISTINCT msg.res_id %s AND msg.date < %s
              AND (v.old_value_char = ANY(%s) OR v.new_value_char = ANY(%s))""",
        _changes(env, model, [name], records, scope),
        scope.end,
        labels,
        labels,
    )


def _keys_of_labels(env: Environment, model: str, name: str) -> dict[str, str]:
    """Label → value of a selection: the chatter keeps what its writer read."""
    keys: dict[str, str] = {}
    for code, _name in env["res.lang"].get_installed():
        env = env(context={**env.context, "lang": code})
        for key, label in env[model]._fields[name]._description_selection(env):
            keys.setdefault(label, key)
    return keys


def labels(env: Environment, model: str, name: str, value: str) -> set[str]:
    """What the chatter may call a value of a selection, in all languages."""
    known = _keys_of_labels(env, model, name)
    return {label for label, key in known.items() if key == value}


def was_active(alias: str, scope: Scope) -> SQL:
    """SQL: the record was not archived yet at the end of the day.

    Odoo does not keep when a project or task was archived: it is taken to be
    the last time that anything of it was written.
    """
    active = SQL.identifier(alias, "active")
    if scope.present:
        return active
    written = SQL.identifier(alias, "write_date")
    return SQL("(%s OR %s >= %s)", active, written, scope.end)


def last_move(alias: str, tracked: str, scope: Scope) -> SQL:
    """SQL: when a task or opportunity last entered a stage, seen from the day.

    What Odoo keeps is the latest move only; where that came after the day,
    ``tracked`` (the alias of such a relation) is asked, and else it has not
    moved since it was made.
    """
    if scope.present:
        return SQL(
            "COALESCE(%s, %s)",
            SQL.identifier(alias, "date_last_stage_update"),
            SQL.identifier(alias, "create_date"),
        )
    return SQL(
        """CASE WHEN COALESCE(%(last)s, '-infinity') < %(end)s
                THEN COALESCE(%(last)s, %(made)s)
                ELSE COALESCE(%(tracked)s, %(made)s) END""",
        last=SQL.identifier(alias, "date_last_stage_update"),
        end=scope.end,
        made=SQL.identifier(alias, "create_date"),
        tracked=SQL.identifier(tracked, "at"),
    )
