"""What people report about a client: incidents, pulses, agreements."""

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from .scope import Fact

_lt = LazyTranslate(__name__)

# Category of an incident → label and meaning of the fact that adds up its points,
# ``<category>_points``.
INCIDENT_POINTS = {
    "rejected": (
        _lt("Advice dismissed"),
        _lt("Points of confirmed incidents in which advice was dismissed."),
    ),
    "unprepared": (
        _lt("Client came unprepared"),
        _lt(
            "Points of confirmed incidents in which the client came unprepared or did "
            "not commit to a plan."
        ),
    ),
    "disrespect": (
        _lt("Disrespect"),
        _lt("Points of confirmed incidents of disrespect."),
    ),
    "pessimism": (
        _lt("Pessimism"),
        _lt("Points of confirmed incidents of constant negativity."),
    ),
    "abuse": (
        _lt("Abuse"),
        _lt("Points of confirmed incidents of verbal abuse."),
    ),
    "unreasonable": (
        _lt("Impossible demands"),
        _lt("Points of confirmed incidents of demands nobody can meet."),
    ),
}
# Categories whose points are added to those of another.
COUNTED_AS = {"unprepared": ("unprepared", "no_plan")}


class ClientHealthFactsFeedback(models.AbstractModel):
    _name = "client.health.facts.feedback"
    _inherit = "client.health.facts"
    _description = "Facts that people stated"

    _requires = ("client.incident", "client.pulse", "client.agreement")
    _evidence = {
        "incident": "client.incident",
        "pulse": "client.pulse",
        "terms": "client.agreement",
    }

    @api.model
    def _facts(self):
        points = [
            Fact(
                f"{category}_points",
                label,
                meaning,
                "points",
                "incident",
                "SUM(e.points) {rows}",
                where=SQL("e.category IN %s", COUNTED_AS.get(category, (category,))),
            )
            for category, (label, meaning) in INCIDENT_POINTS.items()
        ]
        return [
            *points,
            Fact(
                "rejected_incidents",
                _lt("Times advice was dismissed"),
                _lt("Confirmed incidents in which advice was dismissed."),
                "count",
                "incident",
                "COUNT(*) {rows}",
                where=SQL("e.category = 'rejected'"),
            ),
            Fact(
                "respect_pulse",
                _lt("Respect, as the team feels it"),
                _lt("Mean of the valid pulses on respect, 1 to 5."),
                "rating",
                "pulse",
                "AVG(e.respect) {rows}",
                windowed=False,
                default=None,
            ),
            Fact(
                "attitude_pulse",
                _lt("Attitude, as the team feels it"),
                _lt("Mean of the valid pulses on attitude, 1 to 5."),
                "rating",
                "pulse",
                "AVG(e.attitude) {rows}",
                windowed=False,
                default=None,
            ),
            Fact(
                "raters",
                _lt("Colleagues asked"),
                _lt("Colleagues with a valid pulse."),
                "count",
                "pulse",
                "COUNT(DISTINCT e.user_id) {rows}",
                windowed=False,
            ),
            Fact(
                "required_rate",
                _lt("Required rate"),
                _lt("What one hour should earn, by the agreement or the settings."),
                "money",
                "terms",
                "MAX(e.required_rate) {rows}",
                windowed=False,
                default=None,
                money=True,
                cost=True,
            ),
            Fact(
                "not_judged_by_money",
                _lt("Not judged by money"),
                _lt("1 while the agreement says not to judge by money."),
                "count",
                "terms",
                "MAX(e.not_judged_by_money) {rows}",
                windowed=False,
            ),
            Fact(
                "contact_every_days",
                _lt("Agreed contact interval"),
                _lt("Days within which we are in touch, by agreement or settings."),
                "days",
                "terms",
                "MAX(e.contact_every_days) {rows}",
                windowed=False,
                default=None,
            ),
            Fact(
                "agreements_in_force",
                _lt("Agreements in force"),
                _lt("1 while an agreement with the client is in force."),
                "count",
                "terms",
                "COUNT(e.res_id) {rows}",
                windowed=False,
            ),
            Fact(
                "talks_elsewhere",
                _lt("Talks outside Odoo"),
                _lt(
                    "1 for a company that answered under half of its clients' asking "
                    "mails in Odoo: its answer times cannot be told."
                ),
                "count",
                "terms",
                "MAX(e.elsewhere) {rows}",
                windowed=False,
            ),
        ]

    @api.model
    def _relations(self, scope):
        """Confirmed incidents; the latest valid pulse of each colleague; terms.

        An incident counts on its own date, once it was confirmed.
        """
        params = {
            "company": scope.company.id,
            "as_of": scope.as_of,
        }
        incident = SQL(
            """SELECT i.partner_id AS client_id, i.id AS res_id, i.date AS day,
                      i.category, i.points
                 FROM client_incident i
                WHERE %(mine)s AND %(needed)s AND i.company_id = %(company)s
                  AND i.state = 'confirmed' AND i.date <= %(as_of)s
                  AND i.confirmed_on < %(end)s""",
            mine=scope.mine(SQL("i.partner_id")),
            needed=scope.needed(SQL("i.date"), "incident"),
            end=scope.end,
            **params,
        )
        pulse = SQL(
            """SELECT DISTINCT ON (u.partner_id, u.user_id)
                      u.partner_id AS client_id, u.id AS res_id, u.date AS day,
                      u.user_id, u.respect, u.attitude
                 FROM client_pulse u
                WHERE %(mine)s AND u.company_id = %(company)s
                  AND u.date <= %(as_of)s AND u.valid_until >= %(as_of)s
                ORDER BY u.partner_id, u.user_id, u.date DESC, u.id DESC""",
            mine=scope.mine(SQL("u.partner_id")),
            **params,
        )
        return {"incident": incident, "pulse": pulse, "terms": self._terms(scope)}

    @api.model
    def _terms(self, scope):
        """SQL: what is agreed with each client on the date, else the settings.

        Columns: ``client_hours`` and ``our_hours`` (working hours),
        ``contact_every_days``, ``required_rate`` (company currency an hour),
        ``elsewhere`` (1 where the company answers its mail outside Odoo),
        ``not_judged_by_money`` (1 while that is agreed).
        The relation ``client`` must come before.
        """
        company = scope.company
        return SQL(
            """SELECT client.client_id, a.id AS res_id, %(as_of)s::date AS day,
                      COALESCE(NULLIF(a.client_response_hours, 0), %(client)s)
                          AS client_hours,
                      COALESCE(NULLIF(a.our_response_hours, 0), %(ours)s) AS our_hours,
                      COALESCE(NULLIF(a.contact_every_days, 0), %(contact)s)
                          AS contact_every_days,
                      COALESCE(NULLIF(a.required_rate, 0), NULLIF(%(rate)s::numeric, 0))
                          AS required_rate,
                      %(elsewhere)s AS elsewhere,
                      CASE WHEN a.not_judged_by_money_until >= %(as_of)s THEN 1 ELSE 0
                      END AS not_judged_by_money
                 FROM client
                 LEFT JOIN (
                    SELECT DISTINCT ON (ag.partner_id) ag.*
                      FROM client_agreement ag
                     WHERE %(mine)s AND ag.company_id = %(company)s
                       AND ag.state IN ('active', 'ended')
                       AND ag.date_start <= %(as_of)s
                       AND (ag.date_end IS NULL OR ag.date_end >= %(as_of)s
                            OR (ag.state = 'active' AND ag.renewal = 'tacit'))
                     ORDER BY ag.partner_id, ag.date_start DESC, ag.id DESC
                      ) a ON a.partner_id = client.client_id""",
            mine=scope.mine(SQL("ag.partner_id")),
            as_of=scope.as_of,
            client=company.client_health_client_hours,
            ours=company.client_health_our_hours,
            contact=company.client_health_contact_days,
            rate=company.client_health_required_rate,
            elsewhere=int(company.client_health_talks_elsewhere),
            company=company.id,
        )
