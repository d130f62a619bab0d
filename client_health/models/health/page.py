"""What the Relationship page shows, in one mapping."""

from odoo.fields import Domain
from odoo.tools import SQL, date_utils

from ...engine.history import MONTHS
from ..mixins import company_day
from ..mixins.access import is_manager
from .workspace import Workspace


class Relationship:
    """Health, flags and history of one client, for the Relationship page."""

    def __init__(self, health):
        self.health = health
        self.env = health.env

    def told(self):
        """The content of the page as a mapping.

        ``{"explanation", "phase_name", "workspace", "turns", "waiting", "flags",
        "levels", "history", "marks"}``: the explanation as in :meth:`explain`;
        ``workspace`` as in :meth:`.workspace.Workspace.told`; ``turns`` as
        ``{"ours", "client", "beyond"}``, how many questions surely wait for us (so many
        beyond the agreed time) and for them; ``waiting``
        as ``[{"id", "name"}]``, incidents that nobody has judged yet; ``flags`` as
        ``[{"id", "code", "name", "level", "side", "sentence", "driver", "since",
        "state", "snooze_until", "owner", "steps", "done"}]``, red first, then most
        points, ours last, ``steps`` as ``[{"key", "label"}]`` and ``done`` the last one
        that was taken, as text, ``driver`` None where one may not see what drives it;
        ``levels`` as ``[{"code", "name", "from"}]`` with the score at which each
        begins, None for unknown;
        ``history`` of two years as ``[{"date", "score", "uncapped", "cap", "level",
        "coverage", "settings"}]``, the oldest first, the score None where there was
        none, ``cap`` a sentence where a red flag held it down, ``settings`` True when
        they differ from those before; ``marks`` as ``[{"date", "kind", "text"}]``, what
        happened in that time. Dates are text. No money in
        any of it for those who may not see it.
        """
        explanation = self.health.explain()
        history = self._history()
        phases = dict(self.health._fields["phase"]._description_selection(self.env))
        return {
            "explanation": explanation,
            "phase_name": phases[self.health.shown_phase],
            "workspace": Workspace(self.health).told(),
            "turns": self._turns(),
            "waiting": [
                {"id": incident.id, "name": incident.display_name}
                for incident in self._records_of(
                    "client.incident", Domain("state", "=", "reported")
                )
            ],
            "flags": self._open_flag_list(),
            "levels": self._level_list(),
            "history": history,
            "marks": self._marks(history[0]["date"]) if history else [],
        }

    def _turns(self):
        """How many questions wait between us and this client."""
        turns = self.env["client.turn"]
        counts = turns._counts([("health_id", "=", self.health.id)])
        return {name: counts[name] for name in ("ours", "client", "beyond")}

    def _page_day(self):
        """Today where the client's company is."""
        return company_day.today(self.env, self.health.sudo().company_id)

    def _open_flag_list(self):
        private = self.health.open_flag_ids._private()
        manager = is_manager(self.env)
        # what one may do oneself
        steps = {flag.id: flag.next_steps for flag in self.health.open_flag_ids}
        # for users the order must not give the points away
        flags = self.health.open_flag_ids.sudo().sorted(
            lambda flag: (
                flag.side != "client",
                flag.level,
                -flag.points if manager else 0,
                flag.id,
            )
        )
        return [
            {
                "id": flag.id,
                "code": flag.check_id.code,
                "name": flag.check_id.name,
                "level": flag.level,
                "side": flag.side,
                "sentence": flag.sentence,
                "driver": None if flag in private else flag.driver_id.code or None,
                "since": flag.raised_on and flag.raised_on.isoformat(),
                "state": flag.state,
                "snooze_until": flag.snooze_until and flag.snooze_until.isoformat(),
                "owner": flag.user_id.name or None,
                "steps": steps[flag.id],
                "done": flag.last_step or None,
            }
            for flag in flags
        ]

    def _level_list(self):
        names = dict(self.health._fields["level"]._description_selection(self.env))
        settings = self.health.sudo().company_id._client_health_settings()._asdict()
        settings["critical"] = 0
        return [
            {"code": code, "name": name, "from": settings.get(code)}
            for code, name in names.items()
        ]

    def _history(self):
        """Score and level of the last two years, and of today."""
        health = self.health.sudo()
        today = self._page_day()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT date, score, COALESCE(uncapped_score, score), level,
                          level_check, coverage, config_version
                     FROM client_health_snapshot
                    WHERE health_id = %s AND date >= %s AND date < %s
                    ORDER BY date""",
                health.id,
                date_utils.subtract(today, months=MONTHS + 1),
                today,
            )
        )
        # the ORM reads a missing score as 0
        [now] = self.env.execute_query(
            SQL(
                """SELECT %s, score, uncapped_score, level, level_check, coverage,
                          config_version
                     FROM client_health WHERE id = %s""",
                today,
                health.id,
            )
        )
        if rows or now[2] is not None:
            rows.append(now)
        names = self._check_names()
        history, before = [], None
        for date, score, uncapped, level, check, coverage, version in rows:
            held = score is not None and uncapped > score
            history.append(
                {
                    "date": date.isoformat(),
                    "score": score,
                    "uncapped": uncapped,
                    "cap": held and self._cap_text(names.get(check), uncapped) or None,
                    "level": level,
                    "coverage": coverage or 0,
                    "settings": bool(before and version and version != before),
                }
            )
            before = version or before
        return history

    def _check_names(self):
        """Code → name of the checks, also of those that are not used any more."""
        checks = self.env["client.health.check"].sudo().with_context(active_test=False)
        return {check.code: check.name for check in checks.search([])}

    def _cap_text(self, name, score):
        """What held a score down; ``name`` of the check, None where a person set the
        level meanwhile."""
        if name:
            return self.env._(
                "%(score)s without the red flag for “%(check)s”",
                score=score,
                check=name,
            )
        return self.env._("%s without a red flag", score)

    def _marks(self, since):
        """What happened between us and the client from a day on, as far as the
        user may read it: see :meth:`relationship`."""
        marks = (
            self._agreement_marks() + self._recovery_marks() + self._offboarding_marks()
        )
        until = self._page_day().isoformat()
        dated = [
            {**mark, "date": mark["date"].isoformat()} for mark in marks if mark["date"]
        ]
        return sorted(
            (mark for mark in dated if since <= mark["date"] <= until),
            key=lambda mark: mark["date"],
        )

    def _mark(self, kind, date, text):
        return {"kind": kind, "date": date, "text": text}

    def _records_of(self, model, domain=Domain.TRUE):
        """The records of this client in a model, none where that is not there."""
        if model not in self.env or not self.env[model].has_access("read"):
            return ()
        return self.env[model].search(
            Domain("partner_id", "=", self.health.partner_id.id)
            & Domain("company_id", "=", self.health.company_id.id)
            & Domain(domain)
        )

    def _agreement_marks(self):
        lived = Domain("state", "in", self.env["client.agreement"]._lived)
        return [
            self._mark(
                "agreement",
                agreement.date_start,
                self.env._("Agreement, version %s", agreement.version),
            )
            for agreement in self._records_of("client.agreement", lived)
        ]

    def _recovery_marks(self):
        marks = []
        for recovery in self._records_of("client.recovery"):
            results = dict(recovery._fields["state"]._description_selection(self.env))
            text = self.env._("Recovery ended: %s", results[recovery.state])
            marks += [
                self._mark(
                    "recovery", recovery.date_start, self.env._("Recovery started")
                ),
                self._mark("recovery_end", recovery.ended_on, text),
            ]
        return marks

    def _offboarding_marks(self):
        texts = {
            "date_start": self.env._("Offboarding started"),
            "told_on": self.env._("Client told"),
            "ended_on": self.env._("Relationship ended"),
            "cancelled_on": self.env._("Offboarding cancelled"),
            "reactivated_on": self.env._("Client reactivated"),
        }
        return [
            self._mark("offboarding", offboarding[name], text)
            for offboarding in self._records_of("client.offboarding")
            for name, text in texts.items()
        ]
