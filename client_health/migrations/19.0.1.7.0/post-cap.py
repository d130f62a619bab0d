"""A score lies within the level that a red flag allows, also on past days."""

from odoo.tools import SQL

# The highest score of a level, by the limits of company ``o``.
TOP = SQL(
    """CASE %(level)s WHEN 'critical' THEN o.client_health_at_risk
                       WHEN 'at_risk' THEN o.client_health_watch
                       WHEN 'watch' THEN o.client_health_healthy END - 1""",
    level=SQL("t.level"),
)


def migrate(cr, version):
    """Keep what the points of the checks left as the score without cap; hold the
    score down where a red flag decided the level, and take it away where none is
    known."""
    for table in ("client_health", "client_health_snapshot"):
        cr.execute(
            SQL(
                "UPDATE %s SET uncapped_score = score WHERE uncapped_score IS NULL",
                SQL.identifier(table),
            )
        )
        cr.execute(
            SQL(
                "UPDATE %s SET score = NULL WHERE level = 'unknown'",
                SQL.identifier(table),
            )
        )
    cr.execute(
        SQL(
            """UPDATE client_health t SET score = GREATEST(LEAST(t.score, %s), 0)
                 FROM res_company o
                WHERE o.id = t.company_id AND t.level_rule = 'floor'
                  AND t.level <> 'unknown'""",
            TOP,
        )
    )
    # snapshots did not say what decided: a red check that allows this level at best
    cr.execute(
        SQL(
            """WITH decided AS (
                   SELECT s.id, MIN(c.code) AS code
                     FROM client_health_snapshot s
                    CROSS JOIN LATERAL jsonb_each(
                        CASE jsonb_typeof(s.points) WHEN 'object' THEN s.points END) p
                     JOIN client_health_check c
                       ON c.code = p.key AND c.floor_level = s.level
                    WHERE p.value->>'level' = 'red'
                    GROUP BY s.id)
               UPDATE client_health_snapshot t
                  SET score = GREATEST(%(top)s, 0), level_check = decided.code
                 FROM decided, client_health h, res_company o
                WHERE decided.id = t.id AND h.id = t.health_id
                  AND o.id = h.company_id AND t.score > %(top)s""",
            top=TOP,
        )
    )
