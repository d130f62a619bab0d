"""Tools of the demonstration data: dates, external ids, backdating."""

from datetime import date, datetime, time, timedelta

import pytz
from odoo.tools import SQL

# Nothing of this data is mailed, tracked, or makes anybody a follower.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
    "no_reset_password": True,
    "no_mail_to_attendees": True,
    "dont_notify": True,
}
HOURS_A_DAY = 8


class Builder:
    """The environment in which the data is made, and what was made of it.

    ``partners``, ``contacts``, ``projects`` map a client's key to its records;
    ``created`` counts the records that were not there before.
    """

    def __init__(self, env):
        company = env.ref("base.main_company")
        context = {**env.context, **QUIET, "allowed_company_ids": company.ids}
        self.env = env(context=context, su=True)
        self.company = company.with_env(self.env)
        scope = self.env["client.health.facts"]._scope(self.company, [])
        self.today = scope.as_of
        self.zone = pytz.timezone(scope.tz)
        self.created = 0
        self.partners, self.contacts, self.projects = {}, {}, {}
        self.tasks, self.orders, self.staff = {}, {}, {}
        self.users = [self.env.ref("base.user_admin")]
        demo = self.env.ref("base.user_demo", raise_if_not_found=False)
        if demo and demo.active:
            self.users.append(demo)
            demo.group_ids += self.env.ref("client_health.group_user")

    def has(self, model, field=None):
        """True when the app that brings the model (and field) is installed."""
        return model in self.env and (not field or field in self.env[model])

    # -- records ---------------------------------------------------------------

    def make(self, model, values):
        """Create the records of a mapping external id → values that are missing.

        Returns two mappings id → record: all of them, and the new ones.
        """
        records = self.env[model]
        xmlids = {f"client_health.demo_{name}": name for name in values}
        found = {
            xmlids[f"{module}.{name}"]: records.browse(res_id)
            for _id, module, name, _model, res_id, _noupdate, exists in self.env[
                "ir.model.data"
            ]._lookup_xmlids(list(xmlids), records)
            if exists
        }
        missing = [name for name in values if name not in found]
        created = records.create([values[name] for name in missing])
        new = dict(zip(missing, created, strict=True))
        self.adopt(new)
        self.created += len(new)
        return {name: found.get(name) or new[name] for name in values}, new

    def adopt(self, records):
        """Give records (a mapping name → record) an external id: they go with us."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"client_health.demo_{name}",
                    "record": record,
                    "noupdate": True,
                }
                for name, record in records.items()
            ]
        )

    def known(self, model, **values):
        """Of ``values`` those whose field the model has."""
        return {
            name: value for name, value in values.items() if name in self.env[model]
        }

    def backdate(self, records, column, values):
        """Write dates that Odoo sets by itself: one value per record."""
        if not records:
            return
        records.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE %s t SET %s = v.value
                     FROM (SELECT unnest(%s::int[]) AS id,
                                  unnest(%s::timestamp[]) AS value) v
                    WHERE t.id = v.id""",
                SQL.identifier(records._table),
                SQL.identifier(column),
                records.ids,
                list(values),
            )
        )
        records.invalidate_model([column], flush=False)

    # -- dates -----------------------------------------------------------------

    def ago(self, days):
        """The working day on or before the day so many days ago."""
        day = self.today - timedelta(days=days)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def in_month(self, month, day):
        """A day of the month so many months ago (0 is this month)."""
        months = self.today.year * 12 + self.today.month - 1 - month
        return date(months // 12, months % 12 + 1, day)

    def month_end(self, month):
        """The last day of the month so many months ago."""
        return self.in_month(month - 1, 1) - timedelta(days=1)

    def at(self, day, hour=10.0):
        """The moment (UTC) at which it is ``hour`` o'clock where the company is."""
        local = datetime.combine(day, time()) + timedelta(hours=hour)
        moment = self.zone.localize(local).astimezone(pytz.utc)
        return moment.replace(tzinfo=None, microsecond=0)

    def knew(self, client, days):
        """True when we worked for the client already, so many days ago."""
        if not client.months:
            return True
        return self.ago(days) >= self.in_month(max(client.months), 15)

    def moment_ago(self, days, hour=10.0):
        return self.at(self.ago(days), hour)

    def working_moments(self, last_days_ago, gaps):
        """Moments in working time that end so many days ago, oldest first.

        ``gaps`` are the working hours between each moment and the next.
        """
        day, clock = self.ago(last_days_ago), 6.0  # 15 o'clock
        moments = [self._working_moment(day, clock)]
        for gap in reversed(gaps):
            clock -= gap
            while clock < 0:
                clock += HOURS_A_DAY
                day -= timedelta(days=3 if day.weekday() == 0 else 1)
            moments.append(self._working_moment(day, clock))
        return moments[::-1]

    def _working_moment(self, day, clock):
        """``clock``: hours worked that day, from 8 to 12 and from 13 to 17."""
        return self.at(day, clock + (8 if clock < 4 else 9))
