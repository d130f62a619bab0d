"""Where only our side answers late, the flag is ours and costs the client nothing."""

from datetime import timedelta

from .people import PeopleCase


class TestOurOwnLateness(PeopleCase):
    def talk(self, contact, our_days, their_days):
        """Seven questions of the contact and our answers, each an hour or so many
        days after the other."""
        record = self.make_record(contact.parent_id)
        day = self.ago(31)
        monday = day - timedelta(days=day.weekday())
        moment = self.at(monday, 9)
        for _number in range(7):
            self.they(moment, record, contact)
            moment += timedelta(days=our_days, hours=not our_days)
            self.we(moment, record, contact)
            moment += timedelta(days=their_days, hours=not their_days)
        self.we(self.at(self.ago(1), 16), self.make_record(contact.parent_id), contact)
        return self.refresh(contact.parent_id)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        neighbour = cls.make_client("Neighbour")
        cls.neighbour = cls.make_contact(neighbour, email="n@neighbour.example")

    def test_our_own_lateness_is_flagged_as_ours_and_costs_the_client_nothing(self):
        served = self.talk(self.neighbour, our_days=0, their_days=0)
        self.assertFalse(served.flag_ids)
        waiting = self.talk(self.contact, our_days=4, their_days=0)
        flag = waiting.flag_ids
        self.assertEqual(flag.side, "ours")
        self.assertEqual(flag.level, "red")
        self.assertEqual(flag.check_id.code, "communication")
        self.assertEqual(flag.driver_id.code, "our_on_time")
        self.assertEqual(flag.points, 0)
        self.assertEqual(
            (waiting.score, waiting.level, waiting.coverage),
            (served.score, served.level, served.coverage),
        )

    def test_the_client_s_lateness_is_flagged_as_the_client_s(self):
        late = self.talk(self.contact, our_days=0, their_days=4)
        flag = late.flag_ids
        self.assertEqual(flag.side, "client")
        self.assertEqual(flag.level, "red")
        self.assertEqual(flag.driver_id.code, "client_on_time")
        self.assertGreater(flag.points, 0)
        self.assertEqual(late.score, 100 - flag.points)
