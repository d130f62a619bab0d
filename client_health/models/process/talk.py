from babel.dates import get_day_names
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate
from odoo.tools.misc import babel_locale_parse

from ...facts.answered_at import answered_at
from ...scoring.best_moment import ENOUGH, best_moment
from ..mixins import company_day

_lt = LazyTranslate(__name__)

PARTS = {
    "morning": _lt("in the morning"),
    "afternoon": _lt("in the afternoon"),
    "evening": _lt("in the evening"),
}


class ClientProcessTalk(models.AbstractModel):
    """The part of a process that prepares a talk with the client: what is said, by whom
    and when; rehearsed, and reviewed by a second person. It is for us only."""

    _name = "client.process.talk"
    _inherit = ["client.process"]
    _description = "Preparation of a talk with a client"

    # When one of these changes, the talk is rehearsed and reviewed again.
    _rehearsed = ("topics", "speaker_id")

    topics = fields.Text(help="What is said, in order.")
    speaker_id = fields.Many2one(
        "res.users",
        string="Who tells",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        domain="['|', ('id', '=', partner_id), "
        "('commercial_partner_id', '=', partner_id)]",
    )
    talk_on = fields.Date(string="Planned on")
    rehearsed_user_id = fields.Many2one(
        "res.users", string="Rehearsed by", readonly=True, copy=False
    )
    rehearsed_on = fields.Date(string="Rehearsed on", readonly=True, copy=False)
    reviewed_user_id = fields.Many2one(
        "res.users", string="Reviewed by", readonly=True, copy=False
    )
    reviewed_on = fields.Date(string="Reviewed on", readonly=True, copy=False)
    may_review = fields.Boolean(compute="_compute_may_review")
    best_moment = fields.Char(
        string="Answers best",
        compute="_compute_best_moment",
        help="When the client's written answers of the last year came, in your own "
        "time zone.",
    )
    best_moment_known = fields.Boolean(compute="_compute_best_moment")

    @api.depends("speaker_id", "rehearsed_user_id")
    @api.depends_context("uid")
    def _compute_may_review(self):
        """Nobody who tells the client, or rehearsed it, may review it."""
        for talk in self:
            tellers = talk.speaker_id | talk.rehearsed_user_id
            talk.may_review = self.env.user not in tellers

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for talk in self.sudo():
            client = talk.contact_id.commercial_partner_id
            if client and client != talk.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(client)s. Choose one of its "
                        "contacts, or leave it empty.",
                        contact=talk.contact_id.display_name,
                        client=talk.partner_id.display_name,
                    )
                )

    # -- when the client answers best ------------------------------------------

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_best_moment(self):
        """When most answers came, with their number, else why nothing can be said."""
        source = self.env["client.health.facts.messages"].sudo()
        own = self.env.context.get("tz") or self.env.user.tz
        self.best_moment = self.best_moment_known = False
        for company, talks in self.filtered("partner_id").grouped("company_id").items():
            clients = talks.partner_id.ids
            company = company.sudo()  # its hours are measured with a rate of managers
            known = company and source._available()
            tz = own or source._zone(company)
            found = answered_at(source, company, clients, tz) if known else {}
            for talk in talks:
                best = best_moment(found.get(talk.partner_id.id, ()))
                talk.best_moment_known = bool(best.day or best.part)
                talk.best_moment = self._best_words(best)

    @api.model
    def _best_words(self, best):
        """A :class:`BestMoment` as a sentence."""
        if not best.enough:
            return self.env._(
                "not known: %(count)s written answers in a year, of at least %(least)s",
                count=best.answers,
                least=ENOUGH,
            )
        words = []
        if best.day:
            names = get_day_names(locale=babel_locale_parse(self.env.lang or "en_US"))
            day, number = best.day
            words.append(
                self.env._("on %(day)s (%(count)s)", day=names[day - 1], count=number)
            )
        if best.part:
            part, number = best.part
            words.append(
                self.env._(
                    "%(part)s (%(count)s)", part=self.env._(PARTS[part]), count=number
                )
            )
        if not words:
            return self.env._(
                "at any time: of %s answers no day stands out", best.answers
            )
        return self.env._(
            "%(when)s, of %(count)s answers",
            when=", ".join(words),
            count=best.answers,
        )

    # -- rehearsed and reviewed ------------------------------------------------

    def write(self, vals):
        """Other words need a new rehearsal."""
        before = {talk: talk._rehearsed_words() for talk in self}
        result = super().write(vals)
        for talk, words in before.items():
            talk = talk.sudo()
            done = talk.rehearsed_on or talk.reviewed_on
            if done and words != talk._rehearsed_words():
                talk._forget_rehearsal()
        return result

    def _rehearsed_words(self):
        return [self[name] for name in self._rehearsed]

    def _forget_rehearsal(self):
        for name in ("rehearsed", "reviewed"):
            self.write({f"{name}_user_id": False, f"{name}_on": False})
        words = self.env._(
            "What was rehearsed or reviewed has changed: it asks for both again."
        )
        self._message_log(body=words)

    def _vouch(self, what):
        """Store user and day for a prefix of fields, such as ``legal``."""
        self._only_one()
        today = company_day.today(self.env, self.company_id)
        self.sudo().write({f"{what}_user_id": self.env.uid, f"{what}_on": today})

    def _talk_deadline(self):
        """The day before which the talk is to be prepared."""
        return self.talk_on

    def action_ask_rehearsal(self):
        """Ask a colleague to rehearse the talk, as an activity."""
        return self._open_ask(
            self.env._("Rehearse the talk with %s", self.partner_id.display_name),
            self._some_manager(self.company_id, self.env.user),
            self._talk_deadline(),
        )

    def action_rehearse(self):
        """Note that the user rehearsed the conversation; the user cannot review it."""
        self._vouch("rehearsed")
        if self.reviewed_user_id == self.env.user:
            self.sudo().write({"reviewed_user_id": False, "reviewed_on": False})

    def action_ask_review(self):
        """Ask a colleague to review the conversation, as an activity."""
        return self._open_ask(
            self.env._("Review the conversation, as a second person"),
            self._some_manager(self.company_id, self.env.user),
            self._talk_deadline(),
        )

    def action_review(self):
        """Note that the user reviewed the conversation."""
        self.ensure_one()
        if not self.may_review:
            raise UserError(
                self.env._(
                    "Somebody else than %s reviews the conversation: four eyes see "
                    "more than two.",
                    self.env.user.name,
                )
            )
        self._vouch("reviewed")
