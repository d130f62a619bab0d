"""Write scored clients: health rows and snapshots, in bulk."""

import json
import zlib
from typing import Any

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ..facts.scope import Scope
from ..scoring.levels import SEVERITY_ORDER
from ..scoring.score import Assessment, CheckResult
from .codec import EncodedFacts, FactCodec
from .flags import Key
from .sql import assignments, recordset

# Columns of client_health that scoring writes, and their database types.
SCORED = {
    "fingerprint": "text",
    "score": "int",
    "uncapped_score": "int",
    "level": "text",
    "level_rule": "text",
    "level_check": "text",
    "service_level": "text",
    "coverage": "int",
    "trend": "int",
    "flag_count": "int",
    "red_flag_count": "int",
    "encoded_facts": "text",
    "judgement": "text",
    "turn_mark": "int",
    "grey_figures": "text",
    "figures": "float8[]",
    "told_level": "text",
    "config_version": "text",
}
# A row is written when one of these differs; the fingerprint stands for the facts.
COMPARED = [name for name in SCORED if name not in ("encoded_facts", "figures")]
JUDGED = ("score", "uncapped_score", "level", "coverage", "judgement", "config_version")
# The level that a person set instead, and until when.
OVERRIDE = ("override_level", "override_until")

Row = dict[str, Any]  # the columns of SCORED, and those of a snapshot


def level_rank(level: SQL) -> SQL:
    """SQL: the rank of a level (SQL of text), 0 for the worst; NULL without one."""
    return SQL("array_position(%s::text[], %s::text) - 1", SEVERITY_ORDER, level)


def snapshot_of(result: Assessment) -> Row:
    """The columns of a snapshot beside those of the row: points, level and penalty of
    each check. The figures follow from the facts."""
    return {
        "points": {
            check.check.code: {
                "points": check.points,
                "level": check.level,
                "penalty": check.penalty,
            }
            for check in result.checks
        }
    }


def new_row(
    result: Assessment,
    wanted: dict[Key, tuple],
    old: Row,
    facts: EncodedFacts,
    version: str,
    scope: Scope,
) -> Row:
    """The columns of SCORED for one assessment.

    ``wanted``: its flags, as of wanted_flags; ``old``: the stored row; ``version``: of
    the settings that judged.
    """
    red = [side for (_code, side), (level, *_rest) in wanted.items() if level == "red"]
    before = old["trend_score"]
    known = before is not None and result.uncapped is not None
    level, (rule, check) = result.level, result.rule
    if old["override_level"] and old["override_until"] >= scope.as_of:
        level, rule, check = old["override_level"], "override", None
    return {
        "id": old["id"],
        "encoded_facts": facts.texts[old["partner_id"]],
        "fingerprint": old["new_fingerprint"],
        "judgement": _judgement(result.checks),
        "config_version": version,
        "score": result.score,
        "uncapped_score": result.uncapped,
        "level": level,
        "level_rule": rule,
        "level_check": check,
        "service_level": result.service,
        "coverage": result.coverage,
        "trend": result.uncapped - before if known else 0,
        "flag_count": len(wanted),
        "red_flag_count": red.count("client"),
    }


def _judgement(checks: list[CheckResult]) -> str:
    """A hash of points, level and driver of the checks."""
    said = "".join([
        f"{c.check.code}{c.points}{c.level}{c.driver and c.driver.indicator.code},"
        for c in checks
    ])  # fmt: skip
    return f"{zlib.crc32(said.encode()):08x}"


class Store:
    """Writes rows for the clients of a scope, scored under some settings."""

    def __init__(self, env: Environment, config: Any, scope: Scope) -> None:
        self.env = env
        self.config = config
        self.scope = scope

    def save(self, rows: list[Row], codec: FactCodec) -> None:
        """Write rows whose ``changed`` is true to ``client_health``, and those whose
        ``history`` is true as snapshots of the day, which replace earlier ones.

        Rows with ``history`` have the columns of :func:`snapshot_of`.
        """
        if not rows:
            return
        self.env["client.health.config"]._remember(self.config)
        self.env["client.health.codec"]._remember(codec)
        self.env.cr.execute(
            SQL(
                """WITH new AS MATERIALIZED (
                       SELECT * FROM json_to_recordset(%(rows)s) AS new(
                           %(columns)s, changed bool, history bool, points jsonb)),
                   written AS (
                       UPDATE client_health h SET %(assignments)s,
                           codec = %(codec)s,
                           computed_on = %(now)s,
                           level_rank = %(rank)s,
                           direction = CASE WHEN new.trend < 0 THEN 'falling'
                               WHEN new.trend > 0 THEN 'rising' ELSE 'steady' END
                         FROM new WHERE h.id = new.id AND new.changed)
                   INSERT INTO client_health_snapshot (
                       health_id, partner_id, company_id, date, score, uncapped_score,
                       level, level_check, coverage,
                       encoded_facts, codec, points, config_version)
                   SELECT new.id, h.partner_id, h.company_id, %(day)s, new.score,
                          new.uncapped_score, new.level, new.level_check,
                          new.coverage, new.encoded_facts, %(codec)s,
                          new.points, new.config_version
                     FROM new JOIN client_health h ON h.id = new.id
                    WHERE new.history
                   ON CONFLICT (health_id, date) DO UPDATE SET
                       score = EXCLUDED.score, level = EXCLUDED.level,
                       uncapped_score = EXCLUDED.uncapped_score,
                       level_check = EXCLUDED.level_check,
                       coverage = EXCLUDED.coverage,
                       encoded_facts = EXCLUDED.encoded_facts,
                       codec = EXCLUDED.codec, points = EXCLUDED.points,
                       config_version = EXCLUDED.config_version""",
                rows=json.dumps(rows),
                columns=recordset(SCORED),
                assignments=assignments(SCORED),
                codec=codec.version,
                now=fields.Datetime.now(),
                day=self.scope.as_of,
                rank=level_rank(SQL("new.level")),
            )
        )
        self.env["client.health.snapshot"].invalidate_model(flush=False)
        names = [*COMPARED, "encoded_facts", "codec", "facts"]
        names += ["computed_on", "level_rank", "direction"]
        changed = [row["id"] for row in rows if row["changed"]]
        healths = self.env["client.health"].browse(changed)
        healths.invalidate_recordset(names, flush=False)
