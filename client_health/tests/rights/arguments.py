"""What the methods of the rights matrix are called with."""

# What methods are called with in the test.
ARGUMENTS = {
    "client.health.figure.action_open_figure": ("rate",),
    "client.health.figure.month.action_open_figure": ("hours",),
    "client.health.receivable.action_open_figure": ("overdue",),
    "client.health.action_show_records": ("open_figure",),
    "client.health.flag.action_step": ("meet",),
    "client.health.flag.snooze": ("2000-01-01", "Known"),
    "client.health.what_changed": (False,),
    "client.offboarding.action_ask": ("no_legal_user_id",),
    "client.recovery.action_ask": ("no_answers",),
    "client.offboarding.action_do_first": ("projects",),
    "client.offboarding.action_open_source": ("invoices",),
    "client.offboarding.action_pass": ("no_reason",),
    "client.offboarding.action_reopen_step": ("contract",),
    "client.offboarding.action_settle": ("invoices",),
    "client.people.dismissal.dismiss": (0, "silent", 0, "Known"),
    "client.people.dismissal.people_of": (0,),
    "client.recovery.action_do_first": ("channel",),
    "client.recovery.action_reopen_step": ("channel",),
    "client.sheet.action_open_figure": ("hours",),
    "client.sheet.action_use": ("price",),
}
