"""When a client's level dropped: one note on its health, one to-do."""

from datetime import date
from typing import Any

from markupsafe import Markup
from odoo.api import Environment
from odoo.tools import SQL

from ..scoring.levels import AT_RISK_LEVELS, SEVERITY
from .codec import EncodedFacts
from .flags import ABUSE
from .store import Row

ACTIVITY = "client_health.mail_activity_type_drop"


class Alerts:
    """Notes and to-dos about what a run found, for the people of a company."""

    def __init__(self, env: Environment, config: Any, day: date) -> None:
        """``config``: the settings that judged; ``day``: today where the company is."""
        self.env = env
        self.config = config
        self.day = day

    def tell(
        self,
        pairs: list[tuple[Row, Row]],
        facts: EncodedFacts,
        news: dict[int, set[str]],
    ) -> None:
        """Write notes and to-dos about drops in level. ``pairs``: stored and new row;
        ``news``: health id → checks that turned red.

        During a recovery what is new counts instead of the level, and abuse always; in
        an offboarding abuse only. None for a first score, and where only the settings
        changed, or what figures mean, by an upgrade.
        """
        dropped = [
            (old, new)
            for old, new in pairs
            if _is_alarm(old, new, news.get(new["id"], set()))
        ]
        abused = [pair for pair in dropped if ABUSE in news.get(pair[1]["id"], ())]
        dropped = [
            *abused,
            *self._by_the_facts([p for p in dropped if p not in abused], facts),
        ]
        if not dropped:
            return
        healths = self.env["client.health"].browse(new["id"] for _old, new in dropped)
        self._log(healths, {new["id"]: old["level"] for old, new in dropped})
        if healths.company_id.client_health_alert_activity:
            self._schedule(healths)

    def _by_the_facts(
        self, dropped: list[tuple[Row, Row]], facts: EncodedFacts
    ) -> list[tuple[Row, Row]]:
        """The drops that the settings in force before show too."""
        versions = {old["config_version"] for old, _new in dropped}
        anew = self.env["client.health.config"]._superseded(versions)
        before = {
            version: self.env["client.health.config"]._of_version(version)
            for version in versions - {self.config.version}
        }

        def by_settings(old: Row) -> bool:
            if old["config_version"] in anew:
                return True
            then = before.get(old["config_version"])
            if not then or not then.keys <= self.config.keys:
                return False  # those settings cannot be applied to today's facts
            lacked = old["level_rule"] == "coverage"
            known = facts.of(old["partner_id"])
            level = then.assess(known, old["levels"], lacked).level
            return not _falls(old["level"], level)

        return [(old, new) for old, new in dropped if not by_settings(old)]

    def _log(self, healths: Any, before: dict[int, str]) -> None:
        """One internal note on each health, without figures about money: whoever reads
        the contact only, or works in another company, does not read it.

        ``before``: health id → its level before.
        """
        bodies = {}
        for health in healths:
            health = health._in_reader_language()
            levels = dict(health._fields["level"]._description_selection(health.env))
            words = health.env._(
                "Client health dropped from %(old)s to %(new)s.",
                old=levels[before[health.id]],
                new=levels[health.level],
            )
            if not _falls(before[health.id], health.level):
                words = health.env._("Something new went wrong with this client.")
            bodies[health.id] = Markup("<p>%s<br/>%s</p>%s") % (
                words,
                health.level_reason,
                _flag_list(health),
            )
        healths.mapped("display_name")  # one query instead of one per client
        healths._message_log_batch(bodies=bodies)

    def _schedule(self, healths: Any) -> None:
        """One to-do per client for its salesperson, unless one is open already or the
        salesperson may not open the client."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT res_id FROM mail_activity
                    WHERE res_model = %s AND active AND activity_type_id = %s
                      AND res_id = ANY(%s)""",
                healths._name,
                kind.id,
                healths.ids,
            )
        )
        told = {row[0] for row in self.env.cr.fetchall()}
        model = self.env["ir.model"]._get_id(healths._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": health.id,
                    "user_id": health.user_id.id,
                    "summary": health._in_reader_language().level_reason,
                    "date_deadline": self.day,
                }
                for health in healths
                if health.id not in told and health._may_be_told(health.user_id)
            ]
        )


def _flag_list(health: Any) -> Markup:
    """The open flags by the name of their check, as a list."""
    names = dict.fromkeys(health.open_flag_ids.check_id.mapped("name"))
    if not names:
        return Markup()
    items = Markup().join(Markup("<li>%s</li>") % name for name in names)
    return Markup("<ul>%s</ul>") % items


def _is_alarm(old: Row, new: Row, news: set[str]) -> bool:
    """True when a level fell, or a client first measured is at risk. ``news``: checks
    that turned red, which count while the client is in recovery or leaving.

    >>> quiet = {"phase": "recovery", "computed_on": 1, "level": "red"}
    >>> _is_alarm(quiet, {"level": "critical"}, set())
    False
    >>> _is_alarm(quiet, {"level": "red"}, {"margin"})
    True
    >>> _is_alarm(quiet | {"phase": "offboarding"}, {"level": "red"}, {"abuse"})
    True
    """
    if old["computed_on"] is None:
        return False
    if old["phase"] == "recovery":
        return bool(news)
    if old["phase"] == "offboarding":
        return ABUSE in news
    return old["phase"] == "active" and _falls(old["level"], new["level"])


def _falls(before: str, after: str) -> bool:
    if before == after or after not in SEVERITY:
        return False
    if before not in SEVERITY:
        return after in AT_RISK_LEVELS
    return SEVERITY[after] < SEVERITY[before]
