"""Builders of what people say about a client."""

from datetime import timedelta

from .people import PeopleCase


class FeedbackFactsCase(PeopleCase):
    """Builders for meetings, ratings and what people say."""

    @classmethod
    def make_meeting(cls, partners, day, hour=14, answers="accepted", **values):
        """A meeting of an hour; ``answers``: one for all, or one for each."""
        start = cls.at(day, hour)
        meeting = (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "How are we doing",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": partners.ids,
                    **values,
                }
            )
        )
        if isinstance(answers, str):
            answers = [answers] * len(partners)
        for partner, answer in zip(partners, answers, strict=True):
            attendee = meeting.attendee_ids.filtered(
                lambda a, p=partner: a.partner_id == p
            )
            cls.force(attendee, state=answer)
        return meeting

    @classmethod
    def make_rating(cls, partner, day, mark, project=None, consumed=True):
        project = project or cls.project
        task = cls.make_task(project, day=day)
        rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("project.task"),
                "res_id": task.id,
                "partner_id": partner.id,
                "rating": mark,
                "consumed": consumed,
            }
        )
        return cls.force(rating, rated_on=cls.at(day, 12))

    @classmethod
    def make_incident(
        cls, category, day, severity="minor", state="confirmed", confirmed=None,
        client=None, company=None,
    ):  # fmt: skip
        incident = (
            cls.env["client.incident"]
            .sudo()
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": (company or cls.company).id,
                    "category": category,
                    "severity": severity,
                    "date": min(day, cls.today),
                }
            )
        )
        values = {"state": state, "date": day}
        if state == "confirmed":
            values["confirmed_on"] = cls.at(confirmed or day, 12)
        return cls.force(incident, **values)

    @classmethod
    def make_pulse(cls, user, day, respect=3, attitude=3, client=None, company=None):
        return (
            cls.env["client.pulse"]
            .sudo()
            .create(
                {
                    "partner_id": (client or cls.client).id,
                    "company_id": (company or cls.company).id,
                    "user_id": user.id,
                    "date": day,
                    "respect": respect,
                    "attitude": attitude,
                    "note": "So it is.",
                }
            )
        )

    @classmethod
    def make_snapshot(cls, day, level, penalty, client=None, company=None):
        """What was kept of the communication check on a day."""
        client, company = client or cls.client, company or cls.company
        health = cls.env["client.health"].search(
            [("partner_id", "=", client.id), ("company_id", "=", company.id)]
        )
        return cls.env["client.health.snapshot"].create(
            {
                "health_id": (health or cls.refresh(client, company)).id,
                "date": day,
                "score": 50,
                "points": {"communication": {"level": level, "penalty": penalty}},
            }
        )

    @classmethod
    def month_end(cls, months, day=None):
        """The last day of the month, so many months before the month of ``day``."""
        last = day or cls.today
        for _number in range(months):
            last = last.replace(day=1) - timedelta(days=1)
        return last

    def facts(self, *keys, client=None, company=None, as_of=None):
        client = client or self.client
        found = self.read_facts(keys, client, company, as_of)[client.id]
        self.assertPeople(client, company, as_of)
        return [found.get(key) for key in keys]
