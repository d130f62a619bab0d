"""Facts compared with the oracle."""

from datetime import timedelta

from ..common import HealthCase
from .oracle import Oracle, keys_of

SOURCES = (
    "invoices",
    "movement",
    "opportunities",
    "projects",
    "receivables",
    "sales",
    "timesheets",
)


def every_key(env):
    """Keys of all facts of the sources the oracle knows, for every window."""
    return keys_of(env, SOURCES)


class OracleCase(HealthCase):
    books = True

    def assertFacts(self, clients, company=None, days=(0,)):
        """Every fact of every client equals the oracle, on each of the days."""
        company = company or self.company
        self.env.flush_all()
        oracle = Oracle(self.env)
        for back in days:
            as_of = self.today_in(company) - timedelta(days=back)
            found = self.read_facts(every_key(self.env), clients, company, as_of)
            for client in clients:
                expected = oracle.facts(client, company, as_of)
                self.assertSameFacts(
                    found[client.id], expected, f"{client.name} {as_of}"
                )

    def assertSameFacts(self, found, expected, label):
        def rounded(value):
            if isinstance(value, list):
                return [round(item, 3) + 0.0 for item in value]
            return round(value, 3) + 0.0

        keys = sorted(found.keys() | expected.keys())
        differences = [
            f"{key}: {found.get(key)} instead of {expected.get(key)}"
            for key in keys
            if key not in found
            or key not in expected
            or rounded(found[key]) != rounded(expected[key])
        ]
        self.assertFalse(differences, f"{label}: " + "; ".join(differences))
