"""How many clients are beyond a limit of an indicator now, from the stored facts."""

from collections import Counter

from odoo.tools import SQL

from ...scoring.levels import NOT_JUDGED
from ...scoring.thresholds import check_level


class Counts:
    """Counts the current clients of a company, indicator by indicator."""

    def __init__(self, env, company):
        self.env = env
        self.company = company

    def config(self):
        return self.env["client.health.config"].sudo()._current(self.company)

    def stamp(self):
        """A key that changes after each run and each change of settings."""
        names = ["encoded_facts", "computed_on", "company_id", "phase"]
        self.env["client.health"].flush_model(names)
        [state] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), MAX(computed_on) FROM client_health
                    WHERE company_id = %s AND phase NOT IN %s""",
                self.company.id,
                NOT_JUDGED,
            )
        )
        return self.config().version, state

    def by_level(self):
        """Indicator code → number of clients by level: ok, watch and red."""
        counts = {}
        for indicator, _client, level in self.readings():
            counts.setdefault(indicator, Counter())[level] += 1
        return counts

    def readings(self, codes=None):
        """Yield (indicator code, client id, level) of the figures measured now.

        ``codes``: of these indicators only.
        """
        indicators = [
            indicator
            for check in self.config().checks
            for indicator in check.indicators
            if codes is None or indicator.code in codes
        ]
        for client, facts in self.env["client.health.codec"]._facts_of(self.company):
            for indicator in indicators:
                penalty = indicator.measure(facts).penalty
                if penalty is not None:
                    yield indicator.code, client, check_level(penalty)
