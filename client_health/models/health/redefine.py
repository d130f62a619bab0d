"""What upgrades share that define figures anew: what is new of an indicator, whether
people left it alone, and its words in other languages."""

from lxml import etree
from odoo.tools import SQL, file_open

DATA = "client_health/data/client_health_check_data.xml"


def as_new(env):
    """Code → field → value of the indicators, as a new database gets them."""
    fields = env["client.health.indicator"]._fields
    with file_open(DATA, "rb") as data:
        records = {
            record.get("id"): {f.get("name"): f.text for f in record.iter("field")}
            for record in etree.parse(data).iter("record")
        }
    return {
        name.removeprefix("indicator_"): {
            key: float(text) if fields[key].type == "float" else text
            for key, text in values.items()
            if key in fields and key != "check_id"
        }
        for name, values in records.items()
        if name.startswith("indicator_")
    }


def is_as_it_was(indicator, before, names):
    """True where those of these fields that ``before`` names say what they said."""
    return all(
        (indicator[name] or False) == (before[name] or False)
        for name in names
        if name in before
    )


def forget_translations(indicator, names):
    """Leave the English words of these fields alone: those of other languages told the
    old figure, and the new ones are loaded where there are none."""
    indicator.flush_recordset()
    for name in names:
        indicator.env.cr.execute(
            SQL(
                """UPDATE client_health_indicator SET %(column)s =
                          jsonb_build_object('en_US', %(column)s -> 'en_US')
                    WHERE id = %(id)s AND %(column)s IS NOT NULL""",
                column=SQL.identifier(name),
                id=indicator.id,
            )
        )
    indicator.invalidate_recordset()
