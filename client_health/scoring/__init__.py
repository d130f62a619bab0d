"""From numbers to a judgement, in plain Python: nothing here knows Odoo.

``thresholds`` turns one value into a penalty, ``formula`` turns facts into a
value, ``score`` turns penalties into checks, a score and a level, ``explain``
says the result in plain data.

``mail_text`` finds what somebody wrote themselves, ``asks`` whether it asks.
"""
