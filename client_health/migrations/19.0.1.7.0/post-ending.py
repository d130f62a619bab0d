"""What was passed in open offboardings holds for the records that are open today; and
the farewell writes its day out, in the language of the client."""

from odoo import SUPERUSER_ID, api

from odoo.addons.client_health.models.process.requirement import about_all


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _name_what_was_passed(env)
    _write_days_out(env)


def _name_what_was_passed(env):
    """The key of a waiver named the kind of records only: it passed later ones too."""
    waivers = env["client.offboarding.waiver"].search(
        [
            ("key", "=like", "open\\_%"),
            ("key", "not like", ":"),
            ("offboarding_id.state", "not in", ("done", "cancelled")),
        ]
    )
    for offboarding, passed in waivers.grouped("offboarding_id").items():
        needs = offboarding._open_items().requirements()
        for need in needs:
            same = passed.filtered(lambda w, n=need: w.key == n.code)
            same.key = about_all(need.code, "", need.record).key


def _write_days_out(env):
    """The template is people's to change: only what nobody changed is written."""
    template = env.ref("client_health.mail_template_offboarding", False)
    if not template:
        return
    template.flush_recordset()
    env.cr.execute(
        """UPDATE mail_template
              SET body_html = replace(
                      body_html::text,
                      'format_date(object.date_end)',
                      'format_date(object.date_end, date_format=''long'')'
                  )::jsonb,
                  lang = CASE lang
                      WHEN '{{ (object.contact_id or object.partner_id).lang }}'
                      THEN '{{ object.letter_lang }}' ELSE lang END
            WHERE id = %s""",
        [template.id],
    )
    template.invalidate_recordset()
