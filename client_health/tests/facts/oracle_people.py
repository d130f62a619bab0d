"""What the facts about people should be, found the slow way.

Messages, meetings, ratings, what people said, and history: reads records through
the ORM, one after the other, and counts in Python what the definitions say.
Shares nothing with the module but the names of the facts.
"""

from datetime import date, datetime, time, timedelta
from statistics import mean, median

import pytz

from .oracle import MONTHS, WINDOWS
from .oracle_answers import AnswersOracle

POINTS = {
    "rejected": "rejected_points",
    "no_plan": "unprepared_points",
    "unprepared": "unprepared_points",
    "disrespect": "disrespect_points",
    "pessimism": "pessimism_points",
    "abuse": "abuse_points",
    "unreasonable": "unreasonable_points",
}


def working_hours(company, start, end):
    """Hours between two UTC moments in which the company works.

    Walks from day to day through the attendances of its calendar and takes
    the days off out of each. Without a calendar every hour is one.
    """
    calendar = company.resource_calendar_id
    if not calendar:
        return (end - start).total_seconds() / 3600
    zone = pytz.timezone(calendar.tz)
    start, end = pytz.utc.localize(start), pytz.utc.localize(end)
    off = [
        (pytz.utc.localize(leave.date_from), pytz.utc.localize(leave.date_to))
        for leave in company.env["resource.calendar.leaves"].search([])
        if not leave.resource_id
        and leave.time_type == "leave"
        and leave.calendar_id in (calendar, calendar.browse())
        and leave.company_id in (company, company.browse())
    ]
    seconds = 0
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        for attendance in calendar.attendance_ids:
            if attendance.day_period == "lunch":
                continue
            if int(attendance.dayofweek) != day.weekday():
                continue
            shift = [
                (
                    max(start, clock(zone, day, attendance.hour_from)),
                    min(end, clock(zone, day, attendance.hour_to)),
                )
            ]
            for from_, to in off:
                shift = [
                    piece
                    for begin, finish in shift
                    for piece in (
                        (begin, min(finish, from_)),
                        (max(begin, to), finish),
                    )
                ]
            seconds += sum(
                max((finish - begin).total_seconds(), 0) for begin, finish in shift
            )
        day += timedelta(days=1)
    return seconds / 3600


def usual(turns):
    """Median working hours of the turns (hours, in time, answered, way) that were
    answered; None without any."""
    answered = [turn[0] for turn in turns if turn[2]]
    return median(answered) if answered else None


def clock(zone, day, hour):
    """The moment at which the clock there shows ``hour`` (a float) on the day."""
    minutes = round(hour * 60)
    return zone.localize(datetime.combine(day, time(minutes // 60, minutes % 60)))


class PeopleOracle(AnswersOracle):
    """Facts of any client, company and day; reads every record once."""

    def __init__(self, env):
        self.env = env(su=True, context={"active_test": False})
        self.cache = {}

    def all(self, model):
        if model not in self.cache:
            self.cache[model] = self.env[model].search([])
        return self.cache[model]

    def facts(self, client, company, as_of):
        """{key: number or list} of the five sources, for every window."""
        self.client, self.as_of = client, as_of
        self.company = self.env["res.company"].browse(company.id)
        tz = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        self.zone = pytz.timezone(tz)
        self.end = self.midnight(as_of + timedelta(days=1))
        self.until = min(self.end, datetime.now(pytz.utc).replace(tzinfo=None))
        self.terms = self.agreed_on(as_of)
        result = {
            "required_rate": self.terms["required_rate"] or None,
            "contact_every_days": self.terms["contact_every_days"],
            "agreements_in_force": 1 if self.in_force(as_of) else 0,
            "talks_elsewhere": int(company.client_health_talks_elsewhere),
            "not_judged_by_money": self.terms["not_judged_by_money"],
            **self.messages(),
            **self.silence(),
            **self.meetings(),
            **self.moved_meetings(),
            **self.ratings(),
            **self.incidents(),
            **self.requests(),
            **self.pulses(),
            "communication_months": self.communication(),
        }
        return {key: value for key, value in result.items() if value is not None}

    # -- helpers ---------------------------------------------------------------

    def day(self, moment):
        """The calendar day of a UTC moment where the company is."""
        return pytz.utc.localize(moment).astimezone(self.zone).date()

    def midnight(self, day):
        """The UTC moment at which a day begins where the company is."""
        local = self.zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def mine(self, partner):
        return partner.commercial_partner_id.id == self.client.id

    def once(self, key, find):
        """What ``find()`` gives, found once for each key."""
        if key not in self.cache:
            self.cache[key] = find()
        return self.cache[key]

    def one_of_us(self, partner):
        return partner.id in self.once(
            "our people",
            lambda: {u.partner_id.id for u in self.all("res.users") if not u.share},
        )

    def windows(self, name, rows, value):
        """{name_30: …, …} of the rows [(day, thing)] that lie in each window."""
        result = {}
        for days in WINDOWS:
            start = self.as_of - timedelta(days=days)
            inside = [thing for day, thing in rows if start < day <= self.as_of]
            result[f"{name}_{days}"] = value(inside)
        return result

    def since(self, days):
        """Days since the latest of these days, None without any."""
        days = [day for day in days if day <= self.as_of]
        return (self.as_of - max(days)).days if days else None

    # -- what was agreed -------------------------------------------------------

    def agreed_on(self, day):
        """The agreement in force on a day; what it leaves open: the settings."""
        company = self.company
        terms = {
            "client_hours": company.client_health_client_hours,
            "our_hours": company.client_health_our_hours,
            "contact_every_days": company.client_health_contact_days,
            "required_rate": company.client_health_required_rate,
            "not_judged_by_money": 0,
        }
        in_force = self.in_force(day)
        if in_force:
            last = max(in_force, key=lambda a: (a.date_start, a.id))
            promised = {
                "client_hours": last.client_response_hours,
                "our_hours": last.our_response_hours,
                "contact_every_days": last.contact_every_days,
                "required_rate": last.required_rate,
            }
            terms.update({key: value for key, value in promised.items() if value})
            until = last.not_judged_by_money_until
            terms["not_judged_by_money"] = int(bool(until and until >= self.as_of))
        return terms

    def in_force(self, day):
        return [
            agreement
            for agreement in self.all("client.agreement")
            if agreement.partner_id.id == self.client.id
            and agreement.company_id == self.company
            and agreement.state in ("active", "ended")
            and agreement.date_start <= day
            and (
                not agreement.date_end
                or agreement.date_end >= day
                or (agreement.state == "active" and agreement.renewal == "tacit")
            )
        ]

    def within(self, asked, answered, hours):
        """Whether so many working hours were enough, to the second."""
        took = working_hours(self.company, asked, answered)
        return round(took * 3600) <= round(hours * 3600)

    # -- messages --------------------------------------------------------------

    def messages(self):
        said = [
            (self.day(one.at), one.way) for one in self.all_said() if self.counted(one)
        ]
        turns = {"client": [], "ours": []}
        for waits_for, way, asked, answer, agreed in self.turns():
            hours = working_hours(self.company, asked, answer or self.until)
            on_time = bool(answer) and self.within(asked, answer, agreed)
            turn = (hours, on_time, bool(answer), way)
            turns[waits_for].append((self.day(asked), turn))
        return {
            **self.answered("client", turns["client"]),
            **self.answered("our", turns["ours"]),
            **self.windows("our_answer_hours", turns["ours"], usual),
            **self.windows(
                "our_unanswered",
                turns["ours"],
                lambda rows: len([row for row in rows if not row[2]]),
            ),
            **self.ways(said, turns["client"]),
            "days_since_message": self.since([day for day, _way in said]),
        }

    @staticmethod
    def counted(one):
        """What was said, rather than an answer at most."""
        return one.direct or one.side == "client"

    def answered(self, name, turns):
        """How many there were, and how many in time."""
        return {
            **self.windows(f"{name}_turns", turns, len),
            **self.windows(
                f"{name}_turns_on_time", turns, lambda rows: sum(r[1] for r in rows)
            ),
        }

    def ways(self, said, turns):
        """What was written in each way, and how the client answered."""
        result = {}
        for name in ("mail", "message"):
            there = [(day, way) for day, way in said if way == name]
            asked = [(day, turn) for day, turn in turns if turn[3] == name]
            result.update(self.windows(f"{name}_count", there, len))
            result.update(self.answered(name, asked))
            result.update(self.windows(f"{name}_hours", asked, usual))
        return result

    # -- meetings, ratings -----------------------------------------------------

    def meeting_people(self):
        """(meeting, contact of the client, whether it was held) of what began."""
        for event in self.all("calendar.event"):
            if not event.active or event.start >= self.until:
                continue
            for attendee in event.attendee_ids:
                partner = attendee.partner_id
                if not self.mine(partner) or self.one_of_us(partner):
                    continue
                if attendee.state != "declined":
                    late = event.create_date >= event.start
                    yield event, partner, attendee.state == "accepted" or late

    def meetings(self):
        there, held = [], []
        for event, _partner, was_held in self.meeting_people():
            day = event.start_date if event.allday else self.day(event.start)
            there.append((day, event))
            if was_held:
                held.append(day)
        return {
            "days_since_meeting": self.since([day for day, _event in there]),
            "days_since_held": self.since(held),
            **self.windows("meetings", there, lambda events: len(set(events))),
        }

    def moved_meetings(self):
        """Meetings of which the chatter tells that one of us changed the start."""
        moved = []
        for event in self.all("calendar.event"):
            people = event.attendee_ids.partner_id
            if not any(self.mine(p) and not self.one_of_us(p) for p in people):
                continue
            for message in event.message_ids:
                changed = message.tracking_value_ids.mapped("field_id.name")
                if "start" in changed and self.one_of_us(message.author_id):
                    moved.append((self.day(message.date), event))
        return self.windows("moved_meetings", moved, lambda events: len(set(events)))

    def ratings(self):
        if "rating.rating" not in self.env:
            return {}
        given = []
        for rating in self.all("rating.rating"):
            if not self.mine(rating.partner_id) or not rating.consumed:
                continue
            if rating.rating < 1:
                continue
            if rating.parent_res_model == "project.project":
                project = self.env["project.project"].browse(rating.parent_res_id)
                company = project.exists().company_id
                if company and company != self.company:
                    continue
            given.append((self.day(rating.rated_on), rating.rating))
        return {
            **self.windows("ratings", given, len),
            **self.windows("rating", given, lambda r: mean(r) if r else None),
        }

    # -- what people said ------------------------------------------------------

    def said(self, model):
        return [
            record
            for record in self.all(model)
            if record.partner_id.id == self.client.id
            and record.company_id == self.company
            and record.date <= self.as_of
        ]

    def incidents(self):
        points, rejected = {name: [] for name in POINTS.values()}, []
        severity = {"minor": 1, "moderate": 2, "severe": 3}
        for incident in self.said("client.incident"):
            if incident.state != "confirmed" or incident.confirmed_on >= self.end:
                continue
            name = POINTS[incident.category]
            points[name].append((incident.date, severity[incident.severity]))
            if incident.category == "rejected":
                rejected.append((incident.date, incident))
        result = self.windows("rejected_incidents", rejected, len)
        for name, rows in points.items():
            result.update(self.windows(name, rows, sum))
        return result

    def requests(self):
        """What was asked and was due, and what of it came late or not."""
        due, late = [], []
        for request in self.env["client.request"].sudo().search([]):
            if request.partner_id != self.client or request.asked_in == "not_yet":
                continue
            if request.company_id != self.company or request.create_date >= self.end:
                continue
            if request.cancelled_on and request.cancelled_on <= self.as_of:
                continue
            came = request.delivered_on
            if came and came > self.as_of:
                came = False
            if request.due_on > self.as_of:
                continue
            if not came and (
                request.due_on == self.as_of or self.may_have_come(request)
            ):
                continue
            due.append((request.due_on, request))
            if not came or came > request.due_on:
                late.append((request.due_on, request))
        return {
            **self.windows("requests_due", due, len),
            **self.windows("requests_late", late, len),
        }

    def may_have_come(self, request):
        """The client sent a file since, on the request or on its task."""
        since = min(request.asked_on, request.due_on)
        return any(
            message.attachment_ids
            and message.author_id.commercial_partner_id == self.client
            and self.day(message.date) >= since
            and message.date < self.end
            for message in request.message_ids | request.task_id.message_ids
        )

    def pulses(self):
        latest = {}
        for pulse in sorted(self.said("client.pulse"), key=lambda p: (p.date, p.id)):
            if pulse.valid_until >= self.as_of:
                latest[pulse.user_id] = pulse
        valid = list(latest.values())
        return {
            "respect_pulse": mean(p.respect for p in valid) if valid else None,
            "attitude_pulse": mean(p.attitude for p in valid) if valid else None,
            "raters": len(valid),
        }

    # -- history ---------------------------------------------------------------

    def communication(self):
        """Penalties at the last month-ends, -1 where all was well or unknown."""
        there = {
            snapshot.date: snapshot.points or {}
            for snapshot in self.all("client.health.snapshot")
            if snapshot.health_id.partner_id.id == self.client.id
            and snapshot.health_id.company_id == self.company
            and snapshot.date < self.as_of
        }
        row, known = [], False
        year, month = self.as_of.year, self.as_of.month
        for _number in range(MONTHS):
            last = date(year, month, 1) - timedelta(days=1)
            year, month = last.year, last.month
            known = known or last in there
            check = there.get(last, {}).get("communication") or {}
            bad = check.get("level") in ("watch", "red")
            row.append(check["penalty"] if bad else -1)
        return row if known else None
