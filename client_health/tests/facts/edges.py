"""Facts just at, before and beyond each limit of each indicator."""


class Edge:
    """One indicator: its limits, and facts that give it a value.

    ``facts(value)`` are facts with that value and cases enough; ``step`` is the
    least difference that a value can have; ``cases`` names the fact that tells
    how many cases there are, of which ``least`` are needed.
    """

    def __init__(
        self, check, window, limits, step, facts, cases=None, least=0, side="client"
    ):
        self.check, self.window, self.limits, self.step = check, window, limits, step
        self.facts, self.cases, self.least, self.side = facts, cases, least, side


def points(category, days):
    return lambda value: {f"{category}_points_{days}": value}


def share(name, days, enough=100):
    """So many turns of a hundred were answered in time."""
    return lambda value: {
        f"{name}_on_time_{days}": round(enough * value, 6),
        f"{name}_{days}": enough,
        "talks_elsewhere": 0,
    }


def felt(name):
    return lambda value: {name: value, "raters": 2}


def profit(value):
    """What was earned, and a cost that leaves this margin."""
    return {
        "earned_invoiced_365": 1000.0,
        "timesheet_cost_365": round(700 * (1 - value), 6),
        "other_cost_365": round(300 * (1 - value), 6),
        "hours_365": 10.0,
        "hours_without_cost_365": 0.0,
        "hours_unvalued_365": 0.0,
    }


def bad_months(number):
    """So many months in a row at whose end three months had lost money."""
    number = int(number)
    return {
        "earned_work_months": [0.0] * 24,
        "earned_invoiced_months": [100.0] * 24,
        "timesheet_cost_months": [50.0] * 24,
        "other_cost_months": [150.0] * number + [49.0] * (24 - number),
        "usual_gap_365": 30.0,
        **profit(0.5),
    }


EDGES = {
    "effective_rate": Edge(
        "time_cost", 365, (1, 0.85, 0.6), 0.001,
        lambda value: {
            "earned_invoiced_365": round(value * 800, 6) + 40,
            "other_cost_365": 40,
            "hours_365": 10,
            "hours_unvalued_365": 2,
            "required_rate": 80,
        },
        "hours_365", 10,
    ),
    "hours_over_budget": Edge(
        "time_cost", 365, (1, 1.25, 1.6), 0.001,
        lambda value: {
            "budget_spent_365": round(value * 100, 6), "budget_allocated_365": 100
        },
        "budget_spent_365", 20,
    ),
    "client_late_deliveries": Edge(
        "time_cost", 180, (0.1, 0.25, 0.5), 0.01,
        lambda value: {
            "requests_late_180": round(value * 1000), "requests_due_180": 1000
        },
        "requests_due_180", 3,
    ),
    "unprepared": Edge("time_cost", 90, (0, 2, 4), 1, points("unprepared", 90)),
    "rejection_rate": Edge(
        "rejection", 365, (0.25, 0.4, 0.6), 0.001,
        lambda value: {
            "quotes_lost_365": round(value * 1000) - 1,
            "leads_lost_365": 1,
            "reviews_turned_down_365": 2,
            "quotes_won_365": 1000 - round(value * 1000) - 1,
            "leads_won_365": 1,
            "reviews_accepted_365": 1,
        },
    ),
    "advice_dismissed": Edge(
        "rejection", 365, (0, 3, 6), 1,
        lambda value: {"rejected_points_365": value, "rejected_incidents_365": 1},
        "rejected_incidents_365", 1,
    ),
    "disrespect": Edge("respect", 365, (0, 2, 4), 1, points("disrespect", 365)),
    "respect_pulse": Edge(
        "respect", 90, (4, 3, 2), 0.1, felt("respect_pulse"), "raters", 2
    ),
    "client_on_time": Edge(
        "communication", 90, (0.9, 0.8, 0.6), 0.01, share("client_turns", 90),
        "client_turns_90", 5,
    ),
    "our_on_time": Edge(
        "communication", 90, (0.9, 0.8, 0.6), 0.01, share("our_turns", 90),
        "our_turns_90", 5, "ours",
    ),
    "silence": Edge(
        "communication", 365, (1, 1.5, 3), 0.05,
        lambda value: {
            "days_since_heard": round(value * 20),
            "days_since_call": round(value * 20) + 5,
            "days_since_held": round(value * 20) + 9,
            "contact_every_days": 20,
            "open_tasks": 1,
            "heard_months": 3,
            "written_since_heard": 1,
        },
    ),
    "our_silence": Edge(
        "communication", 365, (1, 1.5, 3), 0.05,
        lambda value: {
            "days_since_heard": round(value * 20),
            "days_since_call": round(value * 20) + 5,
            "days_since_held": round(value * 20) + 9,
            "contact_every_days": 20,
            "open_tasks": 1,
            "heard_months": 3,
            "written_since_heard": 0,
        },
        side="ours",
    ),
    "standstill": Edge(
        "progress", 365, (30, 60, 120), 1,
        lambda value: {
            "days_since_order": value + 1,
            "days_since_lead_move": value,
            "days_since_task_move": value + 2,
            "days_since_milestone": value + 3,
            "days_since_hours": value + 4,
            "open_leads": 1,
        },
    ),
    "stalled_tasks": Edge(
        "progress", 30, (0.2, 0.5, 0.8), 0.01,
        lambda value: {"stalled_tasks_30": round(value * 100), "due_tasks": 100},
        "due_tasks", 3,
    ),
    "no_improvement": Edge(
        "progress", 365, (0, 2, 4), 1,
        lambda value: {
            "communication_months": [0.7] * int(value) + [-1.0] * (12 - int(value))
        },
    ),
    "buying_gap": Edge(
        "progress", 730, (1.25, 1.75, 2.5), 0.05,
        lambda value: {
            "days_since_invoice": round(value * 80),
            "longest_gap": 80,
            "invoice_dates": 4,
        },
        "invoice_dates", 4,
    ),
    "revenue_trend": Edge(
        "progress", 182, (0.9, 0.7, 0.4), 0.001,
        lambda value: {
            "trend_latest": round(value * 1000, 6),
            "trend_earlier": 1000,
            "client_months": 18,
        },
    ),
    "rating": Edge(
        "attitude", 180, (4, 3, 2), 0.1,
        lambda value: {"rating_180": value, "ratings_180": 3},
        "ratings_180", 3,
    ),
    "attitude_pulse": Edge(
        "attitude", 90, (4, 3, 2), 0.1, felt("attitude_pulse"), "raters", 2
    ),
    "pessimism": Edge("attitude", 365, (0, 2, 4), 1, points("pessimism", 365)),
    "margin": Edge("profit", 365, (0.35, 0.2, 0), 0.001, profit, "hours_365", 10),
    "loss_months": Edge(
        "profit", 365, (0, 2, 4), 1, bad_months, "hours_365", 10
    ),
    "overdue": Edge(
        "profit", 365, (0.05, 0.15, 0.3), 0.001,
        lambda value: {
            "overdue": round(value * 1000, 6),
            "overdue_days": 30,
            "billed_365": 1000,
            "billed_invoices_730": 1,
        },
        "billed_invoices_730", 1,
    ),
    "days_late": Edge(
        "profit", 365, (5, 15, 45), 1,
        lambda value: {"days_late_365": value, "paid_invoices_365": 3},
        "paid_invoices_365", 3,
    ),
    "abuse": Edge("abuse", 365, (0, 1, 3), 1, points("abuse", 365)),
    "unreasonable": Edge("abuse", 365, (0, 2, 5), 1, points("unreasonable", 365)),
}  # fmt: skip
