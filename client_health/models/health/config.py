import hashlib
import json
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...scoring.formula import UnknownFact
from ...scoring.score import Settings, assess, build_check


class Config(NamedTuple):
    """Settings of the checks, compiled to judge clients.

    ``keys`` are the facts that the checks read, ``check_ids`` and
    ``indicator_ids`` the records in force by their code (empty for settings of
    the past), ``assess(facts, held=None, lacked_evidence=False)`` judges a client.
    """

    version: str
    content: str
    checks: list
    settings: Settings
    keys: frozenset
    check_ids: dict
    indicator_ids: dict

    @property
    def assess(self):
        return partial(_assess, self)


def _assess(config, facts, held=None, lacked_evidence=False):
    settings = config.settings.for_client(lacked_evidence)
    return assess(config.checks, facts, held, settings)


class ClientHealthConfig(models.Model):
    """Limits and weights that were in force, so that a change of a past score can be
    attributed to settings or to figures."""

    _name = "client.health.config"
    _description = "Past settings of the checks"
    _order = "id desc"
    _rec_name = "version"

    version = fields.Char(required=True, readonly=True)
    content = fields.Json(readonly=True)
    superseded = fields.Boolean(
        readonly=True,
        help="An upgrade gave its figures another meaning since: a level that differs "
        "under the settings of today is no news about the client.",
    )

    _version_unique = models.UniqueIndex("(version)")

    @api.model
    def _current(self, company):
        """The settings in force in a company: a :class:`Config`.

        Cached until a check, an indicator or the company changes.
        """
        return self._cached(company.id, self._stamp(company))

    @api.model
    def _stamp(self, company):
        """A text that changes with every change of the settings that this transaction
        sees; the key of the cache.

        Clearing the cache would not be enough: a transaction that began before the
        change could fill it with the old settings again, for all that follow.
        """
        tables = ("client.health.check", "client.health.indicator", "res.company")
        for name in tables:
            self.env[name].flush_model()
        versions = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS place, id, xmin::text || ctid::text AS row FROM %s %s",
                place,
                SQL.identifier(self.env[name]._table),
                SQL("WHERE id = %s", company.id) if name == "res.company" else SQL(),
            )
            for place, name in enumerate(tables)
        )
        self.env.cr.execute(
            SQL("SELECT STRING_AGG(row, '' ORDER BY place, id) FROM (%s) v", versions)
        )
        return self.env.cr.fetchone()[0]

    @api.model
    @tools.ormcache("company_id", "stamp")
    def _cached(self, company_id, stamp):
        company = self.env["res.company"].sudo().browse(company_id)
        records = self.env["client.health.check"]._active_checks()
        content = {
            "checks": [check._as_mapping() for check in records],
            "settings": list(company._client_health_settings()),
        }
        return self._build(
            content,
            check_ids={check.code: check.id for check in records},
            indicator_ids={i.code: i.id for i in records.indicator_ids},
        )

    @api.model
    def _remember(self, config):
        """Store these settings, so that later comparisons can use them."""
        self.env.cr.execute(
            """INSERT INTO client_health_config (version, content)
               VALUES (%s, %s) ON CONFLICT (version) DO NOTHING""",
            (config.version, config.content),
            log_exceptions=False,  # of two transactions one tries again
        )

    @api.model
    def _supersede(self):
        """After figures got another meaning: whatever was scored until now, the next
        score raises no alarm for what differs."""
        self.sudo().search([]).superseded = True

    @api.model
    def _superseded(self, versions):
        """Those of the versions before figures got another meaning."""
        domain = [("version", "in", list(versions)), ("superseded", "=", True)]
        return set(self.sudo().search(domain).mapped("version"))

    @api.model
    def _of_version(self, version, facts=()):
        """The settings of a version, or None when they cannot be compiled any more.

        ``facts``: the keys of facts of that time; they tell whether a fact that the
        settings name and that was removed since had a window.
        """
        past = self.sudo().search([("version", "=", version)])
        if not past:
            return None
        gone = {}
        while True:
            try:
                return self._build(past.content, gone=gone)
            except UnknownFact as error:
                if error.name in gone:
                    return None
                # without a window its key is its name
                gone[error.name] = error.name not in facts

    @api.model
    def _build(self, content, check_ids=None, indicator_ids=None, gone=None):
        text = json.dumps(content, sort_keys=True)
        known = self.env["client.health.indicator"]._known_facts()
        known = {**known, **(gone or {})}
        checks = [build_check(check, known) for check in content["checks"]]
        kept = self.env["client.health.facts"]._kept()
        keys = kept.union(*(i.keys for c in checks for i in c.indicators))
        return Config(
            hashlib.sha256(text.encode()).hexdigest()[:12],
            text,
            checks,
            Settings(*content["settings"]),
            keys,
            check_ids or {},
            indicator_ids or {},
        )
