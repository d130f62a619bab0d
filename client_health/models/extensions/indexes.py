"""Indexes on Odoo's own tables, for reading the facts of one client.

The nightly run reads whole tables and needs none of them. The button *Recompute*, a
confirmed incident and *Show records* read one client. Measured on 10,000 clients
(480,000 hours), PostgreSQL 18: the query of the source for one client. Odoo drops the
indexes when the module is uninstalled.
"""

from odoo import models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    # hours of one client: Seq Scan of all lines 210 ms → Index Scan 2.3 ms (3.4 MB)
    _client_health_partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    # meetings of one client: Seq Scan 9.6 ms → Index Scan 0.5 ms (0.8 MB)
    _client_health_partner = models.Index("(partner_id)")


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # ratings of one client: Seq Scan 5.2 ms → Index Scan 0.4 ms (0.5 MB)
    _client_health_partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
