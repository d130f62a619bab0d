"""Contacts do not keep their health any more: it is found by what is unique of it."""


def migrate(cr, version):
    cr.execute("ALTER TABLE res_partner DROP COLUMN IF EXISTS own_health_id")
