"""Requirements of the steps of an offboarding."""

from odoo.tools import format_date

from ..mixins import company_day
from ..process.requirement import Requirement, about, missing
from .archiving import portal_users
from .telling import is_undelivered, told_contact


class OffboardingRequirements:
    """The requirements of one offboarding; with sudo. ``open_items``: of its client."""

    def __init__(self, offboarding, open_items):
        self.offboarding = offboarding
        self.open_items = open_items
        self.env = offboarding.env
        self.today = company_day.today(offboarding.env, offboarding.company_id)

    def of(self, step):
        """A list of requirements. ``step``: a code, or ``done`` for the archiving."""
        return getattr(self, f"_{step}")()

    def _missing(self, tab, texts, **more):
        return missing(self.offboarding, tab, texts, **more)

    def _contract(self):
        needs = self._missing(
            "contract",
            {
                "date_end": self.env._("Say on which day the relationship ends."),
                "legal_user_id": self.env._(
                    "Somebody reads the contract and ticks that it may be ended so."
                ),
            },
        )
        if self.offboarding.is_too_early:
            end, agreement = self.offboarding.date_end, self.offboarding.agreement_id
            text = self.env._(
                "The end on %(end)s is before the notice allows: with %(days)s days of "
                "notice it ends on %(earliest)s at the earliest.",
                end=format_date(self.env, end),
                days=self.offboarding.notice_days,
                earliest=format_date(self.env, self.offboarding.earliest_end),
            )
            # another day is another decision
            key = f"notice:{agreement.id}:{end}"
            needs.append(Requirement(key, text, agreement))
        if self.offboarding.at_once:
            needs += self._missing(
                "now",
                {
                    "refuse_user_ids": self.env._(
                        "Say who may refuse contact with the client: people are "
                        "protected first."
                    ),
                    "refuse_since": self.env._("Say since when."),
                },
            )
        return needs + self._roles(blocking=False)

    def _roles(self, **more):
        """What to choose about a client who is more to us than a client."""
        roles = self.offboarding.other_roles
        if not roles or self.offboarding.afterwards:
            return []
        text = self.env._(
            "It is also: %s. Choose whether it is archived, or ends as a client only.",
            roles,
        )
        more |= {"tab": "transition", "field": "afterwards"}
        return [Requirement("no_afterwards", text, **more)]

    # -- projects --------------------------------------------------------------

    def _projects(self):
        """Open projects block the step; other open items are only asked about."""
        lines = map(self._project, self.offboarding.project_ids)
        open_items = self.open_items.requirements()
        return [
            *filter(None, lines),
            *(need._replace(blocking=False) for need in open_items),
        ]

    def _project(self, line):
        """The requirement about a project, or None. Its text is kept where others read
        it, so that it names nothing."""
        more = {"tab": "projects", "by_name": True}
        if line.state == "gone":
            text = self.env._(
                "A project was deleted. Take it off the list when nothing of it is "
                "owed."
            )
            return about("gone", text, line, **more)
        if line.state == "moved" and line._is_elsewhere():
            text = self.env._(
                "A project belongs to another company. Take it off the list."
            )
            return about("moved", text, line, **more)
        if line.state == "moved":
            text = self.env._(
                "A project belongs to somebody else now. Take it off the list, or give "
                "it back to the client."
            )
            return about("moved", text, line, **more)
        if line.state in ("open", "again"):
            return about("project", self._open_text(line), line.project_id, **more)
        return None

    def _open_text(self, line):
        if line.state == "again":
            tasks = len(line._open_tasks())
            if not tasks:
                return self.env._(
                    "A project is open again after it was closed: it left its closing "
                    "stage."
                )
            return self.env._(
                "A project is open again after it was closed. Its open tasks: %s.",
                tasks,
            )
        if line.undecided_count:
            return self.env._(
                "A project is open. Tasks that wait for the client's decision: %s.",
                line.undecided_count,
            )
        if line.asks_whose():
            return self.env._(
                "A project has no company, and another company works with the client "
                "too. Give it its company, or close it for both."
            )
        return self.env._("A project is ready to be closed.")

    # -- conversation and telling ----------------------------------------------

    def _conversation(self):
        needs = self._missing(
            "conversation",
            {
                "reason": self.env._("Choose the reason, for ourselves."),
                "reason_text": self.env._(
                    "Write the reason in one clear sentence for the client."
                ),
                "topics": self.env._("Write down what will be said, in order."),
                "speaker_id": self.env._("Say who tells the client."),
                "talk_on": self.env._("Say on which day the client is told."),
                "rehearsed_on": self.env._("Rehearse the conversation."),
                "reviewed_on": self.env._("Let a second person review it."),
            },
        )
        agreement = self.offboarding.agreement_id
        if agreement.termination_clause and not self.offboarding.clause:
            text = self.env._("Quote the clause of the agreement on how it ends.")
            needs.append(about("no_clause", text, agreement))
        if self.offboarding.partner_id.is_company:
            text = self.env._(
                "No contact is chosen: the mail would go to the client's own address."
            )
            needs += self._missing("conversation", {"contact_id": text}, blocking=False)
        return needs

    def _tell(self):
        needs = self._missing(
            "tell",
            {
                "told_on": self.env._(
                    "The client was not told yet: write the mail, or make an "
                    "appointment, and say when it was done."
                ),
                "told_how": self.env._("Say how the client was told."),
                "reaction": self.env._("Note how the client took it."),
            },
        )
        told = self.offboarding.told_on
        if told and told > self.today:
            text = self.env._(
                "The client is told on %s, not yet.", format_date(self.env, told)
            )
            needs.append(Requirement("told_later", text, tab="tell"))
        if self.offboarding.told_how == "mail" and is_undelivered(self.offboarding):
            text = self.env._(
                "The mail to %s did not arrive. Send it again, or tell it in another "
                "way and say so.",
                told_contact(self.offboarding).display_name,
            )
            needs.append(Requirement("undelivered", text, tab="tell"))
        return needs

    # -- transition and the end ------------------------------------------------

    def _transition(self):
        needs = self._missing(
            "transition",
            {
                "files_handed_over": self.env._("Hand the client's files over."),
                "access_handed_over": self.env._("Hand accounts and access over."),
                "final_invoice": self.env._(
                    "Send the final invoice, or say that there is none."
                ),
                "plan_given_on": self.env._(
                    "Give the client the exit plan: send it, or hand it over and say "
                    "so."
                ),
            },
        )
        promises = self.offboarding.promise_ids.filtered("is_open")
        needs += [
            about("promise", self._promise(p), p, by_name=p.kind == "task")
            for p in promises
        ]
        return needs + [n for n in self.open_items.requirements() if n.blocking]

    def _promise(self, promise):
        day = promise.date_due
        what = promise.own_name if promise.kind == "promise" else self.env._("a task")
        text = (
            self.env._("Overdue since %(day)s: %(what)s (%(who)s)")
            if day and day < self.today
            else self.env._("Promised by %(day)s: %(what)s (%(who)s)")
        )
        return text % {
            "day": format_date(self.env, day) or self.env._("no day"),
            "what": what,
            "who": promise.user_id.name or self.env._("nobody"),
        }

    def _done(self):
        """Requirements for archiving, besides the steps."""
        needs = self._roles() if self.offboarding._is_supplier() else []
        end, portal = self.offboarding.date_end, self.offboarding.portal_until
        if end and end > self.today:
            text = self.env._(
                "The relationship lasts until %s, and the agreement is kept until "
                "then.",
                format_date(self.env, end),
            )
            needs.append(Requirement("not_over", text, tab="contract"))
        has_portal = portal and portal > self.today
        if has_portal and portal_users(self.offboarding.partner_id):
            text = self.env._(
                "Access to the portal was promised until %s.",
                format_date(self.env, portal),
            )
            needs.append(Requirement("portal", text, tab="transition"))
        return needs


def tips(env):
    """Step code → short advice."""
    return {
        "contract": [
            env._("Ending with the agreement is better than half-way."),
            env._("In doubt, ask somebody who knows the law."),
        ],
        "projects": [
            env._("Ask what the client still needs, and finish that well."),
            env._("The last work is what the client will talk about."),
        ],
        "conversation": [
            env._("One clear reason, thought through."),
            env._("Quote the agreement; do not interpret it."),
            env._("Be tactful, and direct: no blame, no list of faults."),
        ],
        "tell": [
            env._("By mail, with the reason, or by appointment."),
            env._("Keep to the plan, whatever the answer is."),
        ],
        "transition": [
            env._("Leave nobody hanging: who delivers what, and when."),
            env._("Every promise is kept before the client is archived."),
        ],
    }
