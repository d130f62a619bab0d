"""Notes of ours leave the contacts, where everybody read them, for the healths; and who
defined a custom indicator is whoever changed it last."""

import re

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.translate import code_translations

# As the night wrote it on the contact, in the language of its reader.
DROP = "Client health dropped from %(old)s to %(new)s."


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """UPDATE client_health_indicator
              SET defined_by_id = COALESCE(write_uid, create_uid)
            WHERE kind = 'custom' AND defined_by_id IS NULL"""
    )
    for table, model in (
        ("client_recovery", "client.recovery"),
        ("client_offboarding", "client.offboarding"),
    ):
        move_process_notes(cr, table, model)
    languages = env["res.lang"].get_installed()
    move_drop_notes(cr, [sentence(code) for code, _name in languages])
    env.invalidate_all()


def sentence(lang):
    """The beginning of a note about a drop, as a pattern of LIKE."""
    translated = code_translations.get_python_translations("client_health", lang)
    words = translated.get(DROP, DROP)
    words = words.replace("\\", "\\\\").replace("_", "\\_")
    return "<p>" + re.sub(r"%\((old|new)\)s", "%", words) + "%"


def move_process_notes(cr, table, model):
    """A note on a process was written on the contact too, in the same moment."""
    cr.execute(
        SQL(
            """UPDATE mail_message m SET model = 'client.health', res_id = h.id
                 FROM mail_message own
                 JOIN %(table)s p ON p.id = own.res_id
                 JOIN client_health h ON h.partner_id = p.partner_id
                      AND h.company_id = p.company_id
                WHERE own.model = %(model)s AND own.message_type = 'notification'
                  AND m.model = 'res.partner' AND m.res_id = p.partner_id
                  AND m.message_type = 'notification' AND m.body = own.body
                  AND COALESCE(own.body, '') NOT IN ('', '<p></p>')
                  AND m.create_date = own.create_date""",
            table=SQL.identifier(table),
            model=model,
        )
    )


def move_drop_notes(cr, patterns):
    """Only clients of one company got them: their oldest health is the one."""
    cr.execute(
        """UPDATE mail_message m SET model = 'client.health', res_id = h.id
             FROM (SELECT partner_id, MIN(id) AS id FROM client_health
                    GROUP BY partner_id) h
            WHERE m.model = 'res.partner' AND m.res_id = h.partner_id
              AND m.message_type = 'notification' AND m.body LIKE ANY(%s)""",
        [patterns],
    )
