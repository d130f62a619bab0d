"""Other time zones, nights of 23 and 25 hours, another currency: the same facts."""

from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from ..common import HealthCase

# (zone, a day whose end lies in a change of the clock, hours of that day)
CHANGES = (
    ("Europe/Amsterdam", date(2026, 3, 29), 23),
    ("Europe/Amsterdam", date(2026, 10, 25), 25),
    ("America/Havana", date(2026, 3, 8), 23),  # there is no midnight
    ("Africa/Cairo", date(2026, 4, 24), 23),
    ("Pacific/Kiritimati", date(2026, 10, 25), 24),
)


class TestTime(HealthCase):
    def move_to(self, zone):
        self.company.resource_calendar_id.tz = zone

    def test_days_follow_each_other_where_the_clock_changes(self):
        for zone, day, hours in CHANGES:
            self.move_to(zone)
            ends = [
                self.Facts._scope(self.company, [], day + timedelta(days=n)).end
                for n in (-2, -1, 0, 1)
            ]
            lengths = [b - a for a, b in zip(ends, ends[1:], strict=False)]
            self.assertIn(timedelta(hours=hours), lengths, (zone, day))
            self.assertEqual(
                sum(lengths, timedelta()), timedelta(hours=48 + hours), (zone, day)
            )

    def test_a_night_in_the_hour_that_comes_twice_or_never_is_scored(self):
        client = self.make_client()
        self.make_deal(client, day=date(2026, 1, 15))
        for zone, day, _hours in CHANGES:
            self.move_to(zone)
            before = self.Facts._scope(self.company, [], day - timedelta(days=1)).end
            for minutes in (-1, 0, 30, 90, 150):
                moment = before + timedelta(minutes=minutes)
                with freeze_time(moment):
                    scope = self.Facts._scope(self.company, [])
                    self.assertEqual(scope.as_of, day - timedelta(days=minutes < 0))
                    health = self.refresh(client)
                self.assertEqual(len(health), 1)
        days = health.snapshot_ids.mapped("date")
        self.assertEqual(len(days), len(set(days)))

    def test_whoever_asks_from_wherever_gets_the_same_figures(self):
        client = self.make_client()
        self.make_deal(client)
        found = {}
        for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", False):
            healths = self.Health.with_context(
                tz=zone, allowed_company_ids=self.company.ids
            )
            health = healths._refresh(client)
            found[zone] = (health.facts, health.score, health.level)
        self.assertEqual(len({str(value) for value in found.values()}), 1, found)
        self.assertEqual(len(health.snapshot_ids), 1)

    def test_another_time_zone_of_the_firm_moves_days_and_breaks_nothing(self):
        client = self.make_client()
        self.make_deal(client, day=date(2026, 1, 15))
        self.move_to("Pacific/Honolulu")
        with freeze_time(datetime(2026, 6, 10, 9)):  # the 9th in Honolulu
            first = self.refresh(client)
            facts = first.facts
            self.move_to("Pacific/Kiritimati")
            second = self.refresh(client)
        self.assertEqual(first, second)
        days = first.snapshot_ids.mapped("date")
        self.assertIn(date(2026, 6, 9), days)
        self.assertEqual(len(days), len(set(days)))
        self.assertEqual(set(facts), set(second.facts))


class TestCurrency(HealthCase):
    books = True

    def test_with_entries_the_currency_stays_and_so_does_everything_else(self):
        self.app("account.move")
        client = self.make_client()
        self.make_invoice(client, self.ago(40), 1000)
        health = self.refresh(client)
        before = health.facts
        other = self.env.ref("base.USD")
        other.active = True
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.company.currency_id = other
        self.assertIn("currency", str(caught.exception))
        self.env.invalidate_all()
        self.refresh(client)
        self.assertEqual(health.facts, before)

    def test_before_there_are_entries_amounts_keep_their_number(self):
        client = self.make_client()
        self.make_deal(client)
        self.company.client_health_required_rate = 77
        agreement = self.env["client.agreement"].create(
            {"partner_id": client.id, "company_id": self.company.id,
             "required_rate": 90}
        )  # fmt: skip
        health = self.refresh(client)
        other = self.env.ref("base.USD")
        other.active = True
        self.company.currency_id = other
        self.assertEqual(self.company.client_health_required_rate, 77)
        self.assertEqual((agreement.required_rate, agreement.currency_id), (90, other))
        self.assertEqual(self.refresh(client), health)
        self.assertEqual(health.facts["required_rate"], 77)
